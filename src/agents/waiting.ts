import type { Clock } from '../platform/clock';

/** Resolves after `ms` of the clock. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}

/** What `work` resolves to, or `null` when that takes longer than `ms`. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | null> {
  let timer: Disposable | undefined;
  const expired = new Promise<null>((resolve) => {
    timer = clock.after(ms, () => resolve(null));
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    timer?.[Symbol.dispose]();
  }
}

/** Looks every `everyMs` until the condition holds; `false` when it does not within `ms`. */
export async function until(
  clock: Clock,
  ms: number,
  everyMs: number,
  condition: () => Promise<boolean>,
): Promise<boolean> {
  const deadline = clock.now() + ms;
  while (!(await condition())) {
    if (clock.now() >= deadline) return false;
    await pause(clock, everyMs);
  }
  return true;
}
