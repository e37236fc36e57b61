import type { Database, SqlJsStatic, Statement } from 'sql.js';
import type { z } from 'zod';
import { messageOf } from '../../model/errors';
import { type Connection, DamagedRow, type SqlValue } from '../connection';
import { SqliteError } from './sqlite-error';

type Row = Record<string, SqlValue>;

interface Prepared {
  readonly statement: Statement;
  columns: readonly string[] | null;
}

/** Enough for every statement of the repositories; text made at run time may not fill the memory. */
const keptStatements = 500;

/** Opens a database whose errors carry SQLite's result code; sql.js throws bare messages. */
export function openDatabase(
  sql: SqlJsStatic,
  takeFailure: () => unknown,
  image?: Uint8Array,
): Database {
  class CheckedDatabase extends sql.Database {
    override handleError(code = 1): null {
      if (code === 0) return null;
      try {
        return super.handleError(); // without a code it always throws, with SQLite's message
      } catch (error) {
        throw new SqliteError(code, messageOf(error), takeFailure());
      }
    }
  }
  return new CheckedDatabase(image);
}

/**
 * A connection over sql.js. Every statement is reset right after its use: one that is left in the
 * middle of a SELECT would keep the WAL from being checkpointed.
 */
export class SqliteConnection implements Connection {
  private readonly statements = new Map<string, Prepared>();

  constructor(private readonly database: Database) {}

  run(sql: string, ...params: SqlValue[]): number {
    const { statement } = this.prepare(sql);
    try {
      if (params.length > 0) statement.bind(params);
      statement.step();
      return this.database.getRowsModified();
    } finally {
      statement.reset();
    }
  }

  get<T>(schema: z.ZodType<T>, sql: string, ...params: SqlValue[]): T | null {
    const row = this.rows(sql, params, 1)[0];
    return row === undefined ? null : parsed(schema, sql, row);
  }

  all<T>(schema: z.ZodType<T>, sql: string, ...params: SqlValue[]): T[] {
    return this.rows(sql, params, Infinity).map((row) => parsed(schema, sql, row));
  }

  /** Runs any number of statements without parameters, for schemas and pragmas. */
  exec(sql: string): void {
    this.database.run(sql);
  }

  /** The first value that a pragma answers; `null` when it answers nothing. */
  pragma(text: string): SqlValue {
    return this.database.exec(`PRAGMA ${text}`)[0]?.values[0]?.[0] ?? null;
  }

  hasTables(): boolean {
    return this.rows('SELECT 1 FROM sqlite_schema LIMIT 1', [], 1).length > 0;
  }

  /** Runs `work` in a transaction of its own, which is rolled back when it throws. */
  transaction<T>(work: () => T): T {
    this.run('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.run('COMMIT');
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  /** Frees what was prepared; the next use prepares again. */
  freeStatements(): void {
    for (const { statement } of this.statements.values()) statement.free();
    this.statements.clear();
  }

  close(): void {
    this.freeStatements();
    this.database.close();
  }

  private rollBack(): void {
    try {
      this.run('ROLLBACK');
    } catch {
      // After a disk error SQLite has already rolled back; the first error is the one to report.
    }
  }

  private rows(sql: string, params: SqlValue[], limit: number): Row[] {
    const prepared = this.prepare(sql);
    const { statement } = prepared;
    const rows: Row[] = [];
    try {
      if (params.length > 0) statement.bind(params);
      while (rows.length < limit && statement.step()) {
        const columns = (prepared.columns ??= statement.getColumnNames());
        const values = statement.get();
        const row: Row = {};
        columns.forEach((column, index) => (row[column] = values[index] ?? null));
        rows.push(row);
      }
      return rows;
    } finally {
      statement.reset();
    }
  }

  private prepare(sql: string): Prepared {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const [oldest] = this.statements;
    if (oldest !== undefined && this.statements.size >= keptStatements) {
      oldest[1].statement.free();
      this.statements.delete(oldest[0]);
    }
    const prepared = { statement: this.database.prepare(sql), columns: null };
    this.statements.set(sql, prepared);
    return prepared;
  }
}

function parsed<T>(schema: z.ZodType<T>, sql: string, row: Row): T {
  const result = schema.safeParse(row);
  if (!result.success) throw new DamagedRow(sql, row, result.error);
  return result.data;
}
