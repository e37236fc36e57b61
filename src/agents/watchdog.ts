import type { Clock } from '../platform/clock';

export type Expiry = 'silence' | 'total';

/** Node's timers run at once when they are asked for a longer time. */
const longestTimer = 2 ** 31 - 1;

/**
 * Ends a run that gives no sign of life for too long or takes too long altogether. Stands still
 * until it is started and while a person is asked.
 */
export class Watchdog implements Disposable {
  private silence: Disposable | null = null;
  private total: Disposable | null = null;
  private totalLeft: number;
  private resumedAt = 0;
  private holds = 0;
  private state: 'new' | 'running' | 'ended' = 'new';
  private expire: (which: Expiry) => void = () => undefined;
  /** Resolves to the limit that was reached first. */
  readonly expired = new Promise<Expiry>((resolve) => {
    this.expire = resolve;
  });

  constructor(
    private readonly clock: Clock,
    private readonly limits: { silenceMs: number; totalMs: number },
  ) {
    this.totalLeft = limits.totalMs;
  }

  start(): void {
    if (this.state !== 'new') return;
    this.state = 'running';
    this.resume();
  }

  /** A sign of life. */
  touch(): void {
    if (this.silence === null) return;
    this.silence[Symbol.dispose]();
    this.silence = this.timer('silence', this.limits.silenceMs);
  }

  /** Until the returned value is disposed, no time passes. */
  hold(): Disposable {
    if (this.holds === 0) this.suspend();
    this.holds += 1;
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (!held) return;
        held = false;
        this.holds -= 1;
        if (this.holds === 0) this.resume();
      },
    };
  }

  [Symbol.dispose](): void {
    this.suspend();
    this.state = 'ended';
  }

  private resume(): void {
    if (this.state !== 'running') return;
    this.resumedAt = this.clock.now();
    this.silence = this.timer('silence', this.limits.silenceMs);
    this.total = this.timer('total', this.totalLeft);
  }

  private suspend(): void {
    if (this.state !== 'running' || this.total === null) return;
    this.totalLeft = Math.max(0, this.totalLeft - (this.clock.now() - this.resumedAt));
    this.silence?.[Symbol.dispose]();
    this.total[Symbol.dispose]();
    this.silence = null;
    this.total = null;
  }

  private timer(which: Expiry, ms: number): Disposable {
    return this.clock.after(Math.min(ms, longestTimer), () => this.expire(which));
  }
}
