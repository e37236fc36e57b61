import assert from 'node:assert/strict';
import { IdleWatch } from '../../../src/server/idle';
import { FakeClock } from '../../support/fake-clock';

describe('an engine that nobody needs', () => {
  function watch() {
    const clock = new FakeClock();
    const world = { needed: false, ended: 0 };
    const idle = new IdleWatch(
      clock,
      30_000,
      () => world.needed,
      () => (world.ended += 1),
    );
    return { clock, world, idle };
  }

  it('ends after a while', async () => {
    const { clock, world, idle } = watch();
    idle.look();
    await clock.pass(29_999);
    assert.equal(world.ended, 0);
    await clock.pass(1);
    assert.equal(world.ended, 1);
  });

  it('stays while a client is there, and starts to count anew when it has left', async () => {
    const { clock, world, idle } = watch();
    idle.look();
    await clock.pass(20_000);
    world.needed = true;
    idle.look();
    await clock.pass(100_000);
    assert.equal(world.ended, 0);
    world.needed = false;
    idle.look();
    await clock.pass(29_999);
    assert.equal(world.ended, 0);
    await clock.pass(1);
    assert.equal(world.ended, 1);
  });

  it('does not count anew for every look', async () => {
    const { clock, world, idle } = watch();
    for (let at = 0; at < 3; at += 1) {
      idle.look();
      await clock.pass(10_000);
    }
    assert.equal(world.ended, 1);
  });

  it('stays when something was begun at the last moment', async () => {
    const { clock, world, idle } = watch();
    idle.look();
    await clock.pass(29_999);
    world.needed = true;
    await clock.pass(1);
    assert.equal(world.ended, 0);
  });

  it('is not ended twice, or after it was told to end', async () => {
    const { clock, world, idle } = watch();
    idle.look();
    idle[Symbol.dispose]();
    await clock.pass(60_000);
    assert.equal(world.ended, 0);
    assert.equal(clock.waiting, 0);
  });
});
