import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { messageOf } from '../model/errors';
import { SystemClock } from '../platform/clock';
import { TimeOrderedIds } from '../platform/ids';
import type { AnyCommand, AnyQuery } from './command';
import { CommandQueue } from './command-queue';
import type { WorkspaceDatabase } from './database';
import { isWritable, prepareDatabaseFolder } from './database-folder';
import type { Commit, Settled } from './group-commit';
import {
  type Answer,
  type CommandRequest,
  type FromWorker,
  type QueryRequest,
  sendable,
  type ToWorker,
  type WorkerSettings,
} from './messages';
import { migrations } from './migrations/all';
import { openOrRecover, type Recovery } from './recovery';
import { SqliteRuntime } from './sqlite/runtime';
import { checkVfs } from './sqlite/self-check';
import { diagnose } from './sqlite/sqlite-error';
import { NodeVfs } from './sqlite/vfs';
import { Upkeep } from './upkeep';

export interface Registry {
  readonly commands: readonly AnyCommand[];
  readonly queries: readonly AnyQuery[];
}

const clock = new SystemClock();
const ids = new TimeOrderedIds();

/** The database's side of the messages: opens it, commits, answers, and ends when it fails. */
export class StoreThread {
  private readonly commands: ReadonlyMap<string, AnyCommand>;
  private readonly queries: ReadonlyMap<string, AnyQuery>;
  private readonly queue: CommandQueue;
  private readonly upkeep: Upkeep;

  private constructor(
    private readonly port: MessagePort,
    private readonly database: WorkspaceDatabase,
    registry: Registry,
  ) {
    this.commands = byName(registry.commands);
    this.queries = byName(registry.queries);
    const onFailed = (error: unknown): void => this.fail(error);
    this.queue = new CommandQueue({
      connection: database.connection,
      clock,
      newId: () => ids.next(),
      onCommitted: (commit) => this.committed(commit),
      onFailed,
    });
    const onWarning = (message: string, error: unknown): void =>
      this.send({ kind: 'warning', message, error: sendable(error) });
    this.upkeep = new Upkeep({ database, clock, onWarning, onFailed });
    port.on('message', (message: ToWorker) => this.receive(message));
  }

  /** Opens the database and serves it until it is closed or fails; says so on the port. */
  static async start(
    port: MessagePort,
    settings: WorkerSettings,
    registry: Registry,
  ): Promise<void> {
    const send = (message: FromWorker): void => port.postMessage(message);
    try {
      const { database, recovery } = await open(settings);
      new StoreThread(port, database, registry);
      send({ kind: 'opened', recovery, readOnly: database.readOnly });
    } catch (error) {
      send({ kind: 'refused', error: sendable(error) });
      port.close();
    }
  }

  private receive(message: ToWorker): void {
    if (message.kind === 'command') this.command(message);
    else if (message.kind === 'query') this.query(message);
    else this.close();
  }

  private command({ id, name, input, actor, now, key, patience }: CommandRequest): void {
    const command = this.commands.get(name);
    if (command === undefined) {
      this.answer([{ id, outcome: unknownName(name) }]);
      return;
    }
    this.queue.submit({ id, command, input, actor, now, key }, patience);
  }

  private query({ id, name, input }: QueryRequest): void {
    const query = this.queries.get(name);
    if (query === undefined) {
      this.answer([{ id, outcome: unknownName(name) }]);
      return;
    }
    try {
      // The types met where the query was sent (`Store.query`); only its name travels.
      const value = query.read(this.database.connection, input as never);
      this.answer([{ id, outcome: { ok: true, value } }]);
    } catch (error) {
      if (diagnose(error) === 'statement') this.answer([{ id, outcome: { ok: false, error } }]);
      else this.fail(error);
    }
  }

  private committed({ settled, changes }: Commit): void {
    this.answer(settled, changes);
    this.upkeep.committed();
  }

  private answer(settled: readonly Settled[], changes: Commit['changes'] = []): void {
    const answers = settled.map(toAnswer);
    try {
      this.send({ kind: 'answers', answers, changes });
    } catch (error) {
      // An answer that cannot be cloned, which is a bug of its command; the others must go out.
      this.send({
        kind: 'answers',
        answers: answers.map((some) => clonable(some, error)),
        changes,
      });
    }
  }

  private close(): void {
    this.queue.flush();
    this.upkeep[Symbol.dispose]();
    try {
      this.database.close();
    } catch (error) {
      this.send({
        kind: 'warning',
        message: 'The database was not closed cleanly.',
        error: sendable(error),
      });
    }
    this.port.close();
  }

  private fail(error: unknown): void {
    this.queue.stop();
    this.upkeep[Symbol.dispose]();
    this.database.abandon();
    this.send({ kind: 'failed', diagnosis: diagnose(error), error: sendable(error) });
    this.port.close();
  }

  private send(message: FromWorker): void {
    this.port.postMessage(message);
  }
}

async function open(
  settings: WorkerSettings,
): Promise<{ database: WorkspaceDatabase; recovery: Recovery | null }> {
  const { databasePath: path, wasmFile, appVersion, fence, selfCheck, thorough } = settings;
  const vfs = NodeVfs.of(await SqliteRuntime.load(await readFile(wasmFile)));
  if (!existsSync(path) || isWritable(path)) prepareDatabaseFolder(path);
  if (selfCheck && isWritable(path)) checkVfs(vfs, join(dirname(path), 'self-check.db'));
  const options = { path, migrations, appVersion, clock, ids, thorough };
  return openOrRecover(vfs, { ...options, fence: fence ?? undefined });
}

function byName<T extends { readonly name: string }>(entries: readonly T[]): Map<string, T> {
  return new Map(entries.map((entry) => [entry.name, entry]));
}

function unknownName(name: string): Settled['outcome'] {
  return { ok: false, error: new Error(`"${name}" is missing in the store's registry`) };
}

function toAnswer({ id, outcome }: Settled): Answer {
  return outcome.ok
    ? { id, ok: true, value: outcome.value }
    : { id, ok: false, error: sendable(outcome.error) };
}

function clonable(answer: Answer, cause: unknown): Answer {
  try {
    structuredClone(answer);
    return answer;
  } catch {
    const error = new Error(`The answer cannot be sent: ${messageOf(cause)}`);
    return { id: answer.id, ok: false, error: sendable(error) };
  }
}
