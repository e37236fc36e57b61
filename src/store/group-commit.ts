import { z } from 'zod';
import type { AnyCommand, Change, Entity, Transaction } from './command';
import type { SqlValue } from './connection';
import type { SqliteConnection } from './sqlite/sqlite-connection';
import { diagnose } from './sqlite/sqlite-error';

/** One command on its way into a transaction. */
export interface Submission {
  /** The sender's, to match the outcome. */
  readonly id: number;
  readonly command: AnyCommand;
  readonly input: unknown;
  readonly actor: string;
  /** As stored. */
  readonly now: string;
  readonly key: string | null;
}

/** What became of a command or query. */
export type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown };

export interface Settled {
  id: number;
  outcome: Outcome;
}

export interface Commit {
  /** One for each submission, in order. */
  readonly settled: readonly Settled[];
  /** What the commands that succeeded changed, in order, each named once. */
  readonly changes: readonly Change[];
}

/**
 * Applies the submissions in one transaction and returns when it is on the disk. One that throws
 * leaves no trace and does not disturb its neighbours; its key is not recorded, so it can be tried
 * again.
 *
 * Throws only when the connection itself failed: then it must not be used again, and whether the
 * transaction is in the file is not known.
 */
export function commitTogether(
  connection: SqliteConnection,
  submissions: readonly Submission[],
  newId: () => string,
): Commit {
  const changes = new Map<string, Change>();
  const apply = (submission: Submission): unknown => {
    const transaction = new CommandTransaction(connection, submission, newId);
    const value = applyOnce(transaction, submission);
    for (const change of transaction.changes) changes.set(`${change.entity} ${change.id}`, change);
    return value;
  };
  const [first, ...others] = submissions;
  let settled: Settled[] = [];
  if (first !== undefined && others.length === 0) {
    // Its transaction is all the savepoint that it needs.
    const outcome = outcomeOf(() => connection.transaction(() => apply(first)));
    if (!outcome.ok) changes.clear();
    settled = [{ id: first.id, outcome }];
  } else {
    connection.transaction(() => {
      settled = submissions.map((submission) => {
        const outcome = outcomeOf(() => inSavepoint(connection, () => apply(submission)));
        return { id: submission.id, outcome };
      });
    });
  }
  return { settled, changes: [...changes.values()] };
}

/** Throws only when the connection failed. */
function outcomeOf(work: () => unknown): Outcome {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (diagnose(error) !== 'statement') throw error;
    return { ok: false, error };
  }
}

class CommandTransaction implements Transaction {
  readonly changes: Change[] = [];
  readonly now: string;
  readonly actor: string;

  constructor(
    private readonly connection: SqliteConnection,
    submission: Submission,
    readonly newId: () => string,
  ) {
    this.now = submission.now;
    this.actor = submission.actor;
  }

  run(sql: string, ...params: SqlValue[]): number {
    return this.connection.run(sql, ...params);
  }

  get<T>(schema: z.ZodType<T>, sql: string, ...params: SqlValue[]): T | null {
    return this.connection.get(schema, sql, ...params);
  }

  all<T>(schema: z.ZodType<T>, sql: string, ...params: SqlValue[]): T[] {
    return this.connection.all(schema, sql, ...params);
  }

  changed(entity: Entity, id: string): void {
    this.changes.push({ entity, id });
  }
}

function inSavepoint(connection: SqliteConnection, work: () => unknown): unknown {
  connection.run('SAVEPOINT command');
  try {
    const value = work();
    connection.run('RELEASE command');
    return value;
  } catch (error) {
    // After a disk error SQLite may have rolled everything back, and no savepoint is left.
    if (diagnose(error) === 'statement') {
      connection.run('ROLLBACK TO command');
      connection.run('RELEASE command');
    }
    throw error;
  }
}

const recordedSchema = z.object({ answer: z.string() });
const answerSchema = z.object({ value: z.unknown() });

function applyOnce(transaction: CommandTransaction, { command, input, key }: Submission): unknown {
  // The types met where the command was sent (`Store.command`); only its name travels.
  const apply = (): unknown => command.apply(transaction, input as never);
  if (key === null) return apply();

  const recordedKey = `${command.name} ${key}`;
  const recorded = transaction.get(
    recordedSchema,
    'SELECT answer FROM applied_commands WHERE key = ?',
    recordedKey,
  );
  if (recorded !== null) return answerSchema.parse(JSON.parse(recorded.answer)).value;

  const value = apply();
  transaction.run(
    'INSERT INTO applied_commands (key, answer, applied_at) VALUES (?, ?, ?)',
    recordedKey,
    JSON.stringify({ value }),
    transaction.now,
  );
  return value;
}
