import assert from 'node:assert/strict';
import { Watchdog, type Expiry } from '../../../src/agents/watchdog';
import { FakeClock } from '../../support/fake-clock';

function watch(limits: { silenceMs: number; totalMs: number }): {
  clock: FakeClock;
  watchdog: Watchdog;
  expired: Expiry[];
} {
  const clock = new FakeClock();
  const watchdog = new Watchdog(clock, limits);
  const expired: Expiry[] = [];
  void watchdog.expired.then((which) => expired.push(which));
  return { clock, watchdog, expired };
}

describe('the watchdog of a run', () => {
  it('ends a run without a sign of life', async () => {
    const { clock, watchdog, expired } = watch({ silenceMs: 100, totalMs: 1_000 });
    watchdog.start();
    await clock.pass(99);
    assert.deepEqual(expired, []);
    await clock.pass(1);
    assert.deepEqual(expired, ['silence']);
  });

  it('counts silence from the last sign of life', async () => {
    const { clock, watchdog, expired } = watch({ silenceMs: 100, totalMs: 10_000 });
    watchdog.start();
    for (let sign = 0; sign < 20; sign++) {
      await clock.pass(90);
      watchdog.touch();
    }
    assert.deepEqual(expired, []);
  });

  it('ends a talkative run at its total time', async () => {
    const { clock, watchdog, expired } = watch({ silenceMs: 100, totalMs: 250 });
    watchdog.start();
    for (let sign = 0; sign < 5; sign++) {
      await clock.pass(50);
      watchdog.touch();
    }
    assert.deepEqual(expired, ['total']);
  });

  it('lets no time pass while a person is asked, however many questions are open', async () => {
    const { clock, watchdog, expired } = watch({ silenceMs: 100, totalMs: 250 });
    watchdog.start();
    await clock.pass(90);
    const first = watchdog.hold();
    const second = watchdog.hold();
    await clock.pass(5_000);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    await clock.pass(5_000);
    second[Symbol.dispose]();
    await clock.pass(90);
    assert.deepEqual(expired, []);
    watchdog.touch();
    await clock.pass(69);
    assert.deepEqual(expired, []);
    await clock.pass(1);
    assert.deepEqual(expired, ['total']);
  });

  it('does nothing before it is started and leaves no timer behind', async () => {
    const { clock, watchdog, expired } = watch({ silenceMs: 100, totalMs: 250 });
    await clock.pass(1_000);
    assert.deepEqual(expired, []);
    watchdog.start();
    const hold = watchdog.hold();
    watchdog[Symbol.dispose]();
    hold[Symbol.dispose]();
    assert.equal(clock.waiting, 0);
  });

  it('takes a limit that is longer than a timer can be', () => {
    const { clock, watchdog } = watch({ silenceMs: 1, totalMs: Number.MAX_SAFE_INTEGER });
    watchdog.start();
    assert.equal(clock.waiting, 2);
  });
});
