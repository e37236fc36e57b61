/** Time as an effect, so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fn` once after `ms`; disposing the returned timer before then prevents it. */
  after(ms: number, fn: () => void): Disposable;
}

export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  after(ms: number, fn: () => void): Disposable {
    const timer = setTimeout(fn, ms);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  }
}

/** The stored form of a time: UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
export function timestamp(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
