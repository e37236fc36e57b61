import { z } from 'zod';
import { type ErrorCode, messageOf, RunsheetError } from '../model/errors';
import type { Change } from './command';
import type { Recovery } from './recovery';
import { type Diagnosis, SqliteError } from './sqlite/sqlite-error';

// What the engine's thread and the store's thread say to each other. Everything survives a
// structured clone.

export const workerSettingsSchema = z.object({
  databasePath: z.string(),
  /** `sql-wasm.wasm` of sql.js. */
  wasmFile: z.string(),
  appVersion: z.string(),
  fence: z.object({ mine: z.string(), next: z.string() }).nullable(),
  /** Prove first that what SQLite commits reaches the disk: once in an engine's life. */
  selfCheck: z.boolean(),
  /** Look at every page of the file. */
  thorough: z.boolean(),
});
export type WorkerSettings = z.infer<typeof workerSettingsSchema>;

export interface CommandRequest {
  kind: 'command';
  id: number;
  name: string;
  input: unknown;
  actor: string;
  now: string;
  key: string | null;
  patience: number;
}

export interface QueryRequest {
  kind: 'query';
  id: number;
  name: string;
  input: unknown;
}

export type ToWorker = CommandRequest | QueryRequest | { kind: 'close' };

/** An error as a plain object; `stack` is for the log. */
export interface SentError {
  code: ErrorCode;
  message: string;
  details: Readonly<Record<string, unknown>>;
  stack: string;
}

export type Answer =
  { id: number; ok: true; value: unknown } | { id: number; ok: false; error: SentError };

export type FromWorker =
  | { kind: 'opened'; recovery: Recovery | null; readOnly: boolean }
  /** The database could not be opened; the thread ends. */
  | { kind: 'refused'; error: SentError }
  | { kind: 'answers'; answers: readonly Answer[]; changes: readonly Change[] }
  /** The connection is of no more use; the thread ends and what is unanswered stays so. */
  | { kind: 'failed'; diagnosis: Diagnosis; error: SentError }
  | { kind: 'warning'; message: string; error: SentError };

export function sendable(error: unknown): SentError {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const known = error instanceof SqliteError ? error.cause : error;
  if (RunsheetError.is(known)) {
    return { code: known.code, message: known.message, details: known.details, stack };
  }
  return { code: 'internal', message: messageOf(error), details: {}, stack };
}

export function received(error: SentError): RunsheetError {
  const rebuilt = new RunsheetError(error.code, error.message, error.details);
  if (error.stack !== '') rebuilt.stack = error.stack;
  return rebuilt;
}
