import assert from 'node:assert/strict';
import { RunClock } from '../../../src/agents/run-clock';
import { RunSwitch } from '../../../src/runs/run-switch';
import { FakeClock } from '../../support/fake-clock';

const by = { actor: 'person:Ada', reason: null };

function run(): { clock: FakeClock; pause: RunSwitch; time: RunClock; rung: number[] } {
  const clock = new FakeClock(0);
  const pause = new RunSwitch();
  return { clock, pause, time: new RunClock(clock, pause), rung: [] };
}

describe("a run's own time", () => {
  it('is that of the clock while nothing is paused', async () => {
    const { clock, time, rung } = run();
    time.after(100, () => rung.push(time.now()));
    await clock.pass(100);
    assert.deepEqual(rung, [100]);
  });

  it('stands still in a pause, with all its timers, and goes on where it was', async () => {
    const { clock, pause, time, rung } = run();
    time.after(100, () => rung.push(clock.now()));
    await clock.pass(60);
    pause.set(true, by);
    await clock.pass(1_000);
    assert.equal(time.now(), 60);
    time.after(10, () => rung.push(clock.now()));
    await clock.pass(1_000);
    assert.deepEqual(rung, []);
    pause.set(false, by);
    await clock.pass(1_000);
    assert.deepEqual(rung, [2_070, 2_100]);
  });

  it('begins to pass with the end of a pause that it was born in', async () => {
    const clock = new FakeClock(0);
    const pause = new RunSwitch();
    pause.set(true, by);
    const time = new RunClock(clock, pause);
    await clock.pass(500);
    assert.equal(time.now(), 0);
    pause.set(false, by);
    await clock.pass(5);
    assert.equal(time.now(), 5);
  });

  it('forgets a timer that was taken back, also in a pause', async () => {
    const { clock, pause, time, rung } = run();
    const timer = time.after(100, () => rung.push(1));
    pause.set(true, by);
    timer[Symbol.dispose]();
    pause.set(false, by);
    await clock.pass(1_000);
    assert.deepEqual(rung, []);
  });

  it('leaves no timer behind', () => {
    const { clock, pause, time } = run();
    time.after(100, () => undefined);
    time[Symbol.dispose]();
    pause.set(true, by);
    pause.set(false, by);
    assert.equal(clock.waiting, 0);
  });
});
