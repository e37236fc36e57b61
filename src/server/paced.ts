import type { Clock } from '../platform/clock';

/** Milliseconds: what takes no longer is done at every call. */
const quick = 30;
/** Milliseconds: nobody is kept waiting longer after the last call. */
const longest = 1000;

/**
 * Work on things that change with every keystroke. What is quick is done at once; what took long
 * the last time waits until no more calls come for as long as that was, and is done once for all.
 */
export class Paced implements Disposable {
  private readonly waiting = new Map<string, Disposable>();
  private readonly took = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly work: (name: string) => void,
  ) {}

  call(name: string): void {
    this.drop(name);
    const took = this.took.get(name) ?? 0;
    if (took <= quick) this.run(name);
    else {
      const pause = Math.min(took, longest);
      this.waiting.set(
        name,
        this.clock.after(pause, () => this.run(name)),
      );
    }
  }

  /** The thing is gone. */
  forget(name: string): void {
    this.drop(name);
    this.took.delete(name);
  }

  [Symbol.dispose](): void {
    for (const timer of this.waiting.values()) timer[Symbol.dispose]();
    this.waiting.clear();
  }

  private drop(name: string): void {
    this.waiting.get(name)?.[Symbol.dispose]();
    this.waiting.delete(name);
  }

  private run(name: string): void {
    this.waiting.delete(name);
    const started = this.clock.now();
    this.work(name);
    this.took.set(name, this.clock.now() - started);
  }
}
