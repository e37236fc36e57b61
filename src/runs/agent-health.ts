import type { Clock } from '../platform/clock';
import type { Log } from '../platform/log';
import { agentStates, type AgentStateRow } from '../store/repositories/agent-states';
import type { Store } from '../store/store';
import type { AgentTrouble } from './run-end';

const minute = 60_000;
const firstPauseMs = minute;
const longestPauseMs = 30 * minute;
/** Signing in again is a person's work; it is looked at more seldom whether it was done. */
const authenticationPauseMs = 5 * minute;

/** Which agents take work now. One that could not work is left alone for a while, then tried with one run. */
export class AgentHealth implements Disposable {
  private states: ReadonlyMap<string, AgentStateRow> = new Map();
  private readonly listeners = new Set<() => void>();
  private readonly subscription: Disposable;
  private timer: Disposable | null = null;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.subscription = store.onChanges((changes) => {
      if (changes.some(({ entity }) => entity === 'agent_state')) this.follow();
    });
  }

  [Symbol.dispose](): void {
    this.subscription[Symbol.dispose]();
    this.timer?.[Symbol.dispose]();
  }

  async load(): Promise<void> {
    const rows = await this.store.query(agentStates.list, undefined);
    this.states = new Map(rows.map((row) => [row.agent_key, row]));
    this.wait();
    for (const listener of this.listeners) listener();
  }

  /** Calls back whenever an agent may take work again, or takes none any more. */
  onChange(listener: () => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }

  /** Why the agent takes no work now, as a sentence; `null` when it does. */
  problemOf(agentKey: string): string | null {
    const row = this.states.get(agentKey);
    if (row === undefined || row.state === 'ok') return null;
    const until = row.retry_at === null ? '' : ` It is tried again at ${row.retry_at}.`;
    return `${sentence(row.reason ?? 'It could not work')}${until}`;
  }

  /** The agents that take no work now. */
  get inTrouble(): AgentStateRow[] {
    return [...this.states.values()].filter(({ state }) => state !== 'ok');
  }

  /** Whether one run is to show that it works again before more are started. */
  isOnTrial(agentKey: string): boolean {
    const row = this.states.get(agentKey);
    return row?.state === 'ok' && row.failures > 0;
  }

  /** Whether it will be tried again without a person. */
  get isWaiting(): boolean {
    return this.timer !== null;
  }

  async troubled(agentKey: string, trouble: AgentTrouble, reason: string): Promise<void> {
    if (trouble.kind === 'launch') {
      await this.store.command(agentStates.failed, { agentKey, reason }, { actor: 'engine' });
    } else {
      const before = this.states.get(agentKey);
      // Several runs tell of the same trouble.
      const failures = (before?.failures ?? 0) - (before?.state === 'paused' ? 1 : 0);
      const retryAt = new Date(this.clock.now() + pauseFor(trouble, failures)).toISOString();
      const input = { agentKey, reason, retryAt };
      await this.store.command(agentStates.pause, input, { actor: 'engine' });
    }
    await this.load();
  }

  async worked(agentKey: string): Promise<void> {
    if (!this.states.has(agentKey)) return;
    await this.store.command(agentStates.succeeded, { agentKey }, { actor: 'engine' });
    await this.load();
  }

  /** A person says that it may work again. */
  async resume(agentKey: string, actor: string): Promise<void> {
    await this.store.command(agentStates.resume, { agentKey }, { actor });
    await this.load();
  }

  private follow(): void {
    this.load().catch((error: unknown) => {
      this.log.error('the states of the agents could not be read', error);
    });
  }

  /** Sets the clock for the agent that is to be tried next. */
  private wait(): void {
    this.timer?.[Symbol.dispose]();
    this.timer = null;
    const paused = [...this.states.values()].filter(
      ({ state, retry_at: at }) => state === 'paused' && at !== null,
    );
    if (paused.length === 0) return;
    const next = Math.min(...paused.map(({ retry_at: at }) => Date.parse(at ?? '')));
    const inMs = Math.max(0, next - this.clock.now());
    this.timer = this.clock.after(inMs, () => {
      this.timer = null;
      void this.tryAgain();
    });
  }

  private async tryAgain(): Promise<void> {
    const now = this.clock.now();
    try {
      for (const { agent_key: agentKey, state, retry_at: at } of this.states.values()) {
        if (state !== 'paused' || at === null || Date.parse(at) > now) continue;
        await this.store.command(agentStates.resume, { agentKey }, { actor: 'engine' });
      }
      await this.load();
    } catch (error) {
      this.log.error('an agent could not be tried again', error);
    }
  }
}

/** What programs say does not always end. */
function sentence(text: string): string {
  return /[.!?…]$/u.test(text) ? text : `${text}.`;
}

/** Longer after each failure in a row; what the provider says wins when it is longer. */
function pauseFor({ kind, retryAfterMs }: AgentTrouble, failures: number): number {
  const first = kind === 'authentication' ? authenticationPauseMs : firstPauseMs;
  const own = Math.min(longestPauseMs, first * 2 ** Math.min(failures, 10));
  return Math.max(own, retryAfterMs ?? 0);
}
