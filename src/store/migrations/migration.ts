import type { Connection } from '../connection';

/** What a migration's `seed` may use; it runs in the migration's transaction. */
export interface Seeding {
  readonly connection: Connection;
  readonly now: string;
  readonly newId: () => string;
}

/**
 * One step of the schema. Never edited once released: the checksum of `sql` is recorded in every
 * database that took it. Rows move by named columns only.
 */
export interface Migration {
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** Rows that need the time or ids. */
  readonly seed?: (seeding: Seeding) => void;
}
