import { z } from 'zod';

export const errorCodeSchema = z.enum([
  'validation',
  'not_found',
  'version_conflict',
  'invalid_transition',
  'gate_closed',
  'not_ready',
  'limit',
  'forbidden',
  'not_approved',
  'not_trusted',
  'not_a_repository',
  'dirty_tree',
  'agent_missing',
  'read_only',
  'newer_database',
  'corrupt_database',
  'ownership_lost',
  'protocol_mismatch',
  'unavailable',
  'internal',
]);
export type ErrorCode = z.infer<typeof errorCodeSchema>;

/**
 * An error that a person or a client can act on: its message says what happened, where (file and
 * line when there is one) and the way out. Everything else that is thrown is a bug.
 */
export class RunsheetError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'RunsheetError';
  }

  static is(error: unknown, code?: ErrorCode): error is RunsheetError {
    return error instanceof RunsheetError && (code === undefined || error.code === code);
  }
}

/** The message of anything that can be thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
