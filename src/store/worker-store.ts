import { messageOf, RunsheetError } from '../model/errors';
import { type Clock, timestamp } from '../platform/clock';
import type { Log } from '../platform/log';
import type { Change, Command, Query } from './command';
import {
  type Answer,
  type CommandRequest,
  type QueryRequest,
  received,
  type WorkerSettings,
} from './messages';
import type { Recovery } from './recovery';
import type { Diagnosis } from './sqlite/sqlite-error';
import type { CommandOptions, Store } from './store';
import { WorkerConnection, type WorkerProgram } from './worker-connection';

export interface WorkerStoreOptions {
  settings: Omit<WorkerSettings, 'selfCheck' | 'thorough'>;
  program: WorkerProgram;
  clock: Clock;
  log: Log;
  /** The database was damaged or gone: a person must be told what was lost. */
  onRecovered: (recovery: Recovery) => void;
  /** Another engine owns the database: this one can only end. */
  onOwnershipLost: () => void;
}

type Request = CommandRequest | QueryRequest;

/** A request without an answer yet. */
interface Pending {
  readonly request: Request;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** It was with a thread that failed; a second failure ends it. */
  resent: boolean;
}

/** After the database could not be opened, requests fail at once for this long. */
const restartPause = 1000;

/**
 * The database in a thread of its own, so that a slow disk never stalls the engine's loop.
 *
 * When the disk fails, the thread is dropped and a new one opens the file. Queries and commands
 * with a key are then sent once more. Whether another command was saved cannot be known: it
 * rejects with `unavailable`.
 */
export class WorkerStore implements Store {
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Set<(changes: readonly Change[]) => void>();
  private lastId = 0;
  /** The thread, from its start; `isOpen` once it serves. */
  private worker: WorkerConnection | null = null;
  private isOpen = false;
  private readOnly = false;
  /** Why there is no thread, and until when none is started. */
  private down: { error: unknown; until: number } | null = null;
  /** Why there will never be one again. */
  private end: RunsheetError | null = null;

  private constructor(private readonly options: WorkerStoreOptions) {}

  /** Rejects with what kept the database from being opened. */
  static async open(options: WorkerStoreOptions): Promise<WorkerStore> {
    const store = new WorkerStore(options);
    await store.start({ selfCheck: true, thorough: false });
    return store;
  }

  /** True when the file or its folder cannot be written: every command rejects with `read_only`. */
  get isReadOnly(): boolean {
    return this.readOnly;
  }

  async command<I, O>(command: Command<I, O>, input: I, options: CommandOptions): Promise<O> {
    if (this.readOnly) {
      const path = this.options.settings.databasePath;
      throw new RunsheetError('read_only', `${path} cannot be written.`, { path });
    }
    const { actor, key = null, patience = 0 } = options;
    const now = timestamp(this.options.clock);
    const { name } = command;
    return this.send<O>((id) => ({ kind: 'command', id, name, input, actor, now, key, patience }));
  }

  async query<I, O>(query: Query<I, O>, input: I): Promise<O> {
    return this.send<O>((id) => ({ kind: 'query', id, name: query.name, input }));
  }

  onChanges(listener: (changes: readonly Change[]) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }

  /** Answers what was asked, then leaves a plain SQLite file. */
  async close(): Promise<void> {
    this.end ??= new RunsheetError('unavailable', 'The database is closed.');
    await this.worker?.close();
    this.worker = null;
    this.rejectAll(this.end);
  }

  private send<O>(makeRequest: (id: number) => Request): Promise<O> {
    const refusal = this.refusal();
    if (refusal !== null) return Promise.reject(refusal);
    return new Promise<O>((resolve, reject) => {
      const request = makeRequest(++this.lastId);
      // The command or query by this name answers with an O; only its name travels.
      const settle = (value: unknown): void => resolve(value as O);
      this.pending.set(request.id, { request, resolve: settle, reject, resent: false });
      if (this.isOpen) this.post(request);
      else if (this.worker === null) void this.restart(false);
    });
  }

  private refusal(): Error | null {
    if (this.end !== null) return this.end;
    if (this.down === null || this.options.clock.now() >= this.down.until) return null;
    return asRunsheetError(this.down.error);
  }

  private post(request: Request): void {
    try {
      this.worker?.post(request);
    } catch (error) {
      this.take(request.id)?.reject(error); // an input that cannot be cloned
    }
  }

  private start(how: Pick<WorkerSettings, 'selfCheck' | 'thorough'>): Promise<void> {
    const { program, settings, log, onRecovered } = this.options;
    return new Promise((resolve, reject) => {
      this.worker = new WorkerConnection(
        program,
        { ...settings, ...how },
        {
          onOpened: ({ recovery, readOnly }) => {
            this.opened(readOnly);
            if (recovery !== null) onRecovered(recovery);
            resolve();
          },
          onAnswers: ({ answers, changes }) => this.answered(answers, changes),
          onWarning: (message, error) => log.error(message, error),
          onEnded: (diagnosis, error) => {
            const wasOpen = this.isOpen;
            this.worker = null;
            this.isOpen = false;
            if (wasOpen) this.failed(diagnosis, error);
            else reject(error);
          },
        },
      );
    });
  }

  private opened(readOnly: boolean): void {
    this.isOpen = true;
    this.readOnly = readOnly;
    this.down = null;
    for (const { request } of this.pending.values()) this.post(request);
  }

  private async restart(thorough: boolean): Promise<void> {
    try {
      await this.start({ selfCheck: false, thorough });
    } catch (error) {
      if (RunsheetError.is(error, 'ownership_lost')) this.lose();
      this.down = { error, until: this.options.clock.now() + restartPause };
      this.rejectAll(asRunsheetError(error));
    }
  }

  private answered(answers: readonly Answer[], changes: readonly Change[]): void {
    for (const answer of answers) {
      const pending = this.take(answer.id);
      if (answer.ok) pending?.resolve(answer.value);
      else {
        const error = received(answer.error);
        if (error.code === 'internal') this.options.log.error('A request failed.', error);
        pending?.reject(error);
      }
    }
    if (changes.length > 0) for (const listener of this.listeners) listener(changes);
  }

  private failed(diagnosis: Diagnosis, error: Error): void {
    if (diagnosis === 'lost') {
      this.lose();
      return;
    }
    this.options.log.error('The database failed and is opened again.', error);
    for (const pending of [...this.pending.values()]) {
      const { request } = pending;
      const repeatable = request.kind === 'query' || request.key !== null;
      if (repeatable && !pending.resent) pending.resent = true;
      else this.take(request.id)?.reject(asRunsheetError(error));
    }
    if (this.end === null) void this.restart(diagnosis === 'corrupt');
  }

  private lose(): void {
    const path = this.options.settings.databasePath;
    this.end = new RunsheetError('ownership_lost', `Another engine has taken over ${path}.`);
    this.rejectAll(this.end);
    this.options.onOwnershipLost();
  }

  private take(id: number): Pending | undefined {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    return pending;
  }

  private rejectAll(error: RunsheetError): void {
    for (const { request } of [...this.pending.values()]) this.take(request.id)?.reject(error);
  }
}

/** What the disk said, with the way out; other errors for people stay as they are. */
function asRunsheetError(error: unknown): RunsheetError {
  if (RunsheetError.is(error) && error.code !== 'internal') return error;
  return new RunsheetError(
    'unavailable',
    `The database failed: ${messageOf(error)}. Look at the disk (is it full?) and try again; ` +
      'Runsheet opens the database again by itself.',
  );
}
