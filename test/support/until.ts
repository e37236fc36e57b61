import { setImmediate } from 'node:timers/promises';

const longest = 5000;

/** Resolves as soon as the condition holds; fails when it does not come true. */
export async function until(condition: () => boolean, what = 'the condition'): Promise<void> {
  const end = Date.now() + longest;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`${what} did not come true`);
    await setImmediate();
  }
}
