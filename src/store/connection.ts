import type { z } from 'zod';

export type SqlValue = string | number | null | Uint8Array;

/**
 * One open database, used from one thread. Statements are prepared once and kept. Rows come back
 * parsed by the caller's schema; a row that does not parse throws `DamagedRow`.
 */
export interface Connection {
  /** Runs a statement and returns the number of rows it changed. */
  run(sql: string, ...params: SqlValue[]): number;
  /** The first row, or `null`. */
  get<T>(schema: z.ZodType<T>, sql: string, ...params: SqlValue[]): T | null;
  all<T>(schema: z.ZodType<T>, sql: string, ...params: SqlValue[]): T[];
}

/** A stored row that its schema refuses: shown as damaged, never dropped. */
export class DamagedRow extends Error {
  constructor(
    readonly sql: string,
    readonly row: unknown,
    override readonly cause: Error,
  ) {
    super(`A stored row could not be read: ${cause.message}`);
    this.name = 'DamagedRow';
  }
}
