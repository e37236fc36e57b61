import type { Clock } from '../platform/clock';

export interface Limits {
  timeoutMs: number;
  signal: AbortSignal;
}

export type Limited<T> = { kind: 'done'; value: T } | { kind: 'timed_out' } | { kind: 'cancelled' };

/** What `work` resolves to, unless the time is up or the signal comes first. */
export async function withinLimits<T>(
  clock: Clock,
  limits: Limits,
  work: Promise<T>,
): Promise<Limited<T>> {
  if (limits.signal.aborted) return { kind: 'cancelled' };
  let leave: (reason: Limited<T>) => void = () => undefined;
  const left = new Promise<Limited<T>>((resolve) => (leave = resolve));
  const cancel = (): void => leave({ kind: 'cancelled' });
  const timer = clock.after(limits.timeoutMs, () => leave({ kind: 'timed_out' }));
  limits.signal.addEventListener('abort', cancel);
  try {
    return await Promise.race([left, work.then((value) => ({ kind: 'done', value }) as const)]);
  } finally {
    timer[Symbol.dispose]();
    limits.signal.removeEventListener('abort', cancel);
  }
}
