import type { Clock } from '../platform/clock';
import type { PauseSwitch } from './agent';

interface Timer {
  at: number;
  fn: () => void;
  running: Disposable | null;
}

/** The time of one run, which stands still while the run is paused: what its limits count. */
export class RunClock implements Clock, Disposable {
  private lost = 0;
  private pausedAt: number | null = null;
  private readonly timers = new Set<Timer>();
  private readonly subscription: Disposable;

  constructor(
    private readonly clock: Clock,
    pause: PauseSwitch,
  ) {
    if (pause.isPaused) this.pausedAt = clock.now();
    this.subscription = pause.onChange((isPaused) => (isPaused ? this.stand() : this.goOn()));
  }

  now(): number {
    return (this.pausedAt ?? this.clock.now()) - this.lost;
  }

  after(ms: number, fn: () => void): Disposable {
    const timer: Timer = { at: this.now() + ms, fn, running: null };
    this.timers.add(timer);
    if (this.pausedAt === null) this.run(timer);
    return {
      [Symbol.dispose]: () => {
        this.timers.delete(timer);
        timer.running?.[Symbol.dispose]();
      },
    };
  }

  [Symbol.dispose](): void {
    this.subscription[Symbol.dispose]();
    this.stopTimers();
    this.timers.clear();
  }

  private stand(): void {
    this.pausedAt ??= this.clock.now();
    this.stopTimers();
  }

  private goOn(): void {
    if (this.pausedAt === null) return;
    this.lost += this.clock.now() - this.pausedAt;
    this.pausedAt = null;
    for (const timer of this.timers) this.run(timer);
  }

  private run(timer: Timer): void {
    timer.running = this.clock.after(Math.max(0, timer.at - this.now()), () => {
      this.timers.delete(timer);
      timer.fn();
    });
  }

  private stopTimers(): void {
    for (const timer of this.timers) timer.running?.[Symbol.dispose]();
  }
}
