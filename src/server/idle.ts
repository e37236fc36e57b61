import type { Clock } from '../platform/clock';

/** Calls back once nobody has needed the engine for a while. */
export class IdleWatch implements Disposable {
  private timer: Disposable | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly afterMs: number,
    private readonly isNeeded: () => boolean,
    private readonly onIdle: () => void,
  ) {}

  /** To be called whenever a client has come or gone, or a run has ended. */
  look(): void {
    if (this.isNeeded()) {
      this.timer?.[Symbol.dispose]();
      this.timer = null;
      return;
    }
    this.timer ??= this.clock.after(this.afterMs, () => {
      this.timer = null;
      if (this.isNeeded()) return;
      this.onIdle();
    });
  }

  [Symbol.dispose](): void {
    this.timer?.[Symbol.dispose]();
  }
}
