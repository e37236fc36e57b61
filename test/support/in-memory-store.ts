import { readFile } from 'node:fs/promises';
import { type Clock, SystemClock, timestamp } from '../../src/platform/clock';
import { type Ids, TimeOrderedIds } from '../../src/platform/ids';
import type { Change, Command, Query } from '../../src/store/command';
import { commitTogether } from '../../src/store/group-commit';
import { migrations } from '../../src/store/migrations/all';
import { migrate } from '../../src/store/migrations/migrate';
import { SqliteRuntime } from '../../src/store/sqlite/runtime';
import { openDatabase, SqliteConnection } from '../../src/store/sqlite/sqlite-connection';
import type { CommandOptions, Store } from '../../src/store/store';

/** Where npm puts the SQLite that the product ships. */
export const wasmFile = require.resolve('sql.js/dist/sql-wasm.wasm');

/**
 * The SQLite of this thread. Every test takes it from here: sql.js keeps one instance for each
 * thread, and one that was made in another way has no door for a VFS.
 */
export async function sqlite(): Promise<SqliteRuntime> {
  return SqliteRuntime.load(await readFile(wasmFile));
}

/** A connection to an empty database in memory: fast, and gone with the test. */
export async function connectInMemory(): Promise<SqliteConnection> {
  const runtime = await sqlite();
  const connection = new SqliteConnection(openDatabase(runtime.sql, () => null));
  connection.exec('PRAGMA foreign_keys = ON');
  return connection;
}

/**
 * A `Store` in the test's own thread, with the whole schema, that commits at once. Inputs and
 * outputs are cloned as they are on the way to the real store's thread.
 */
export class InMemoryStore implements Store {
  private readonly listeners = new Set<(changes: readonly Change[]) => void>();

  private constructor(
    /** For looking at rows and for setting up what no command can. */
    readonly connection: SqliteConnection,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  static async open(effects: { clock?: Clock; ids?: Ids } = {}): Promise<InMemoryStore> {
    const { clock = new SystemClock(), ids = new TimeOrderedIds() } = effects;
    const connection = await connectInMemory();
    migrate(connection, migrations, { clock, ids, appVersion: 'test' });
    return new InMemoryStore(connection, clock, ids);
  }

  async command<I, O>(command: Command<I, O>, input: I, options: CommandOptions): Promise<O> {
    const submission = {
      id: 0,
      command,
      input: structuredClone(input),
      actor: options.actor,
      now: timestamp(this.clock),
      key: options.key ?? null,
    };
    const { settled, changes } = commitTogether(this.connection, [submission], () =>
      this.ids.next(),
    );
    const outcome = settled[0]?.outcome;
    if (outcome === undefined) throw new Error('the command was not applied');
    if (!outcome.ok) throw outcome.error;
    if (changes.length > 0) for (const listener of this.listeners) listener(changes);
    return structuredClone(outcome.value as O);
  }

  async query<I, O>(query: Query<I, O>, input: I): Promise<O> {
    return structuredClone(query.read(this.connection, structuredClone(input)));
  }

  onChanges(listener: (changes: readonly Change[]) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }

  async close(): Promise<void> {
    this.connection.close();
  }
}
