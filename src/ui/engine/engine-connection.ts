import { t } from '@vscode/l10n';
import { RunsheetError, messageOf } from '../../model/errors';
import { changed, subscribe, trustChanged } from '../../protocol/messages';
import type { RequestDefinition } from '../../protocol/request';
import type { Delta } from '../../protocol/views';
import { Signal } from '../lifetime';
import type { EngineSession } from './engine-session';
import type { EngineState } from './engine-state';

export type ConnectionStatus =
  | { name: 'idle' | 'connecting' | 'connected' | 'reconnecting' }
  | { name: 'failed'; error: RunsheetError };

/** What the connection needs from outside, so that a test can hold the time still. */
export interface ConnectionEffects {
  open(): Promise<EngineSession>;
  now(): number;
  wait(ms: number): Promise<void>;
}

export interface WatchedRun {
  runId: string;
  after: number;
}

const endedRunsAtStart = 200;
const retryDelays: readonly number[] = [0, 500, 2000, 5000];
/** A connection that lives as long as this makes earlier failures forgotten. */
const steadyMs = 30_000;
/** Trying again does not help. */
const finalCodes: ReadonlySet<string> = new Set([
  'protocol_mismatch',
  'newer_database',
  'corrupt_database',
  'read_only',
  'forbidden',
]);

/** Keeps the window connected: starts or finds the engine, and again whenever it is lost. */
export class EngineConnection {
  private session: EngineSession | null = null;
  private attempt: Promise<EngineSession> | null = null;
  private failures = 0;
  private disposed = false;
  private trustGranted = false;
  private current: ConnectionStatus = { name: 'idle' };
  private readonly statuses = new Signal<ConnectionStatus>();
  private readonly events = new Signal<Delta['events']>();
  readonly onDidChangeStatus = this.statuses.on;
  readonly onDidReceiveEvents = this.events.on;
  /** Which runs' events are wanted; asked again with every subscription. */
  watchedRuns: () => WatchedRun[] = () => [];

  constructor(
    private readonly effects: ConnectionEffects,
    private readonly state: EngineState,
  ) {}

  get status(): ConnectionStatus {
    return this.current;
  }

  /** Connects when there is no connection; a failure is told by the status, never thrown. */
  start(): void {
    this.connected().catch(() => undefined);
  }

  /** @throws RunsheetError as the engine answered, or `unavailable`. */
  async request<P, R>(definition: RequestDefinition<P, R>, params: P): Promise<R> {
    const session = await this.connected();
    return session.request(definition, params);
  }

  /** Trust was granted after a connection may have begun without it. */
  async grantTrust(): Promise<void> {
    this.trustGranted = true;
    await this.session?.notify(trustChanged, { trusted: true });
  }

  /** Asks again for what is shown, after `watchedRuns` changed. */
  async renewSubscription(): Promise<void> {
    if (this.session !== null) this.show(await this.subscribeOn(this.session));
  }

  /** Ends this connection; the engine lives on. */
  async restart(): Promise<void> {
    this.failures = 0;
    await this.session?.dispose();
    this.start();
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.session?.dispose();
  }

  private connected(): Promise<EngineSession> {
    if (this.session !== null) return Promise.resolve(this.session);
    this.attempt ??= this.connect();
    return this.attempt;
  }

  private async connect(): Promise<EngineSession> {
    const again = this.current.name === 'connected' || this.current.name === 'reconnecting';
    if (this.current.name === 'failed') this.failures = 0;
    this.setStatus({ name: again ? 'reconnecting' : 'connecting' });
    for (;;) {
      try {
        await this.effects.wait(retryDelays[this.failures] ?? 0);
        return await this.openSession();
      } catch (error) {
        this.failures += 1;
        const failure = RunsheetError.is(error)
          ? error
          : new RunsheetError('unavailable', messageOf(error));
        const final = finalCodes.has(failure.code) || this.failures >= retryDelays.length;
        if (!final && !this.disposed) continue;
        this.attempt = null;
        this.setStatus({ name: 'failed', error: failure });
        throw failure;
      }
    }
  }

  private async openSession(): Promise<EngineSession> {
    const session = await this.effects.open();
    const since = this.effects.now();
    session.on(changed, (delta) => this.receive(delta));
    try {
      if (this.trustGranted) await session.notify(trustChanged, { trusted: true });
      this.show(await this.subscribeOn(session));
    } catch (error) {
      await session.dispose();
      throw error;
    }
    this.session = session;
    // At once: when this session is lost, the next attempt must not be taken for this one.
    this.attempt = null;
    this.setStatus({ name: 'connected' });
    void session.closed.then(() => this.lost(session, since));
    return session;
  }

  private lost(session: EngineSession, since: number): void {
    if (this.session !== session) return;
    this.session = null;
    void session.dispose();
    if (this.disposed) return;
    // An engine that dies soon after each start must not be started for ever.
    this.failures = this.effects.now() - since > steadyMs ? 0 : this.failures + 1;
    if (this.failures < retryDelays.length) this.start();
    else {
      const message = t('The Runsheet engine ended several times in a row.');
      this.setStatus({ name: 'failed', error: new RunsheetError('unavailable', message) });
    }
  }

  private subscribeOn(session: EngineSession): Promise<Delta> {
    return session.request(subscribe, {
      plans: true,
      needs: true,
      runs: endedRunsAtStart,
      events: this.watchedRuns(),
    });
  }

  private show(snapshot: Delta): void {
    this.state.show(snapshot);
    if (snapshot.events.length > 0) this.events.fire(snapshot.events);
  }

  private receive(delta: Delta): void {
    this.state.apply(delta);
    if (delta.events.length > 0) this.events.fire(delta.events);
  }

  private setStatus(status: ConnectionStatus): void {
    this.current = status;
    this.statuses.fire(status);
  }
}
