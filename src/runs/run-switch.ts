import type { PauseSwitch } from '../agents/agent';

/** Who threw a switch, and why. */
export interface Thrown {
  actor: string;
  reason: string | null;
}

/** A pause that somebody can throw. */
export class RunSwitch implements PauseSwitch {
  private paused = false;
  private thrown: Thrown = { actor: 'engine', reason: null };
  private readonly listeners = new Set<(isPaused: boolean) => void>();

  get isPaused(): boolean {
    return this.paused;
  }

  /** Who threw it last. */
  get by(): Thrown {
    return this.thrown;
  }

  onChange(listener: (isPaused: boolean) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }

  /** Returns whether that changed anything. */
  set(isPaused: boolean, by: Thrown): boolean {
    if (this.paused === isPaused) return false;
    this.paused = isPaused;
    this.thrown = by;
    for (const listener of [...this.listeners]) listener(isPaused);
    return true;
  }

  /** Resolves as soon as nothing is paused, or `signal` is aborted. */
  whenGoing(signal: AbortSignal): Promise<void> {
    if (!this.paused || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        subscription[Symbol.dispose]();
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const subscription = this.onChange(finish);
      signal.addEventListener('abort', finish);
    });
  }
}
