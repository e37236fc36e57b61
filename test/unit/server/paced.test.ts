import assert from 'node:assert/strict';
import { Paced } from '../../../src/server/paced';
import { FakeClock } from '../../support/fake-clock';

/** Work that takes `ms` each time, and a record of what it was done for. */
function setUp(ms: number) {
  const time = new FakeClock();
  let worked = 0;
  const done: string[] = [];
  const clock = {
    now: () => time.now() + worked,
    after: (pause: number, fn: () => void) => time.after(pause, fn),
  };
  const paced = new Paced(clock, (name) => {
    worked += ms;
    done.push(name);
  });
  return { time, done, paced };
}

describe('work at every keystroke', () => {
  it('is done at once while it is quick', () => {
    const { done, paced } = setUp(5);
    for (let key = 0; key < 3; key += 1) paced.call('a');
    assert.deepEqual(done, ['a', 'a', 'a']);
  });

  it('waits for a pause when it took long, and is done once for all', async () => {
    const { time, done, paced } = setUp(400);
    paced.call('a');
    for (let key = 0; key < 10; key += 1) {
      paced.call('a');
      await time.pass(100);
    }
    assert.deepEqual(done, ['a']);
    await time.pass(300);
    assert.deepEqual(done, ['a', 'a']);
    assert.equal(time.waiting, 0);
  });

  it('keeps no file waiting for another', () => {
    const { done, paced } = setUp(400);
    paced.call('a');
    paced.call('b');
    assert.deepEqual(done, ['a', 'b']);
  });

  it('waits no longer than a second', async () => {
    const { time, done, paced } = setUp(30_000);
    paced.call('a');
    paced.call('a');
    await time.pass(1000);
    assert.deepEqual(done, ['a', 'a']);
  });

  it('is not done for what is gone', async () => {
    const { time, done, paced } = setUp(400);
    paced.call('a');
    paced.call('a');
    paced.forget('a');
    await time.pass(1000);
    assert.deepEqual(done, ['a']);
    paced.call('a');
    paced.call('a');
    paced[Symbol.dispose]();
    await time.pass(1000);
    assert.deepEqual(done, ['a', 'a']);
  });
});
