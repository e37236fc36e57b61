import type { PauseSwitch } from '../agents/agent';

/** A pause that somebody can throw. */
export class RunSwitch implements PauseSwitch {
  private paused = false;
  private readonly listeners = new Set<(isPaused: boolean) => void>();

  get isPaused(): boolean {
    return this.paused;
  }

  onChange(listener: (isPaused: boolean) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }

  /** Returns whether that changed anything. */
  set(isPaused: boolean): boolean {
    if (this.paused === isPaused) return false;
    this.paused = isPaused;
    for (const listener of this.listeners) listener(isPaused);
    return true;
  }
}
