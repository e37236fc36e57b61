import { setTimeout as delay } from 'node:timers/promises';

/** Asks again and again until the answer is one; the test's own time limit ends the asking. */
export async function eventually<T>(ask: () => Promise<T | null> | T | null): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    await delay(50);
  }
}
