import assert from 'node:assert/strict';
import { plan, withPlan } from '../../support/carried-out-plan';
import { person, type RunsWorld } from '../../support/runs-world';
import { until } from '../../support/until';

const failing = (world: RunsWorld) => world.checks.byCommand({ 'npm test': 'failed' });
const begun = (world: RunsWorld) => world.agent.begun.length;

async function reject(world: RunsWorld): Promise<void> {
  const { planId } = world.plan().entry;
  const words = { type: 'style', reason: 'Not so.' };
  await world.room.desks.rejections.reject(planId, 'T01', words, person);
}

describe('a person who wants it once more', () => {
  it('gets it by name where the plan allows a single attempt', () =>
    withPlan(plan({ T01: [] }, '---\nattempts: 1\n---\n\n'), async (world) => {
      failing(world);
      await world.carryOut();
      assert.deepEqual(world.statuses(), ['T01 failed']);
      world.checks.byCommand({});
      assert.equal((await world.carryOut({ subtasks: ['T01'] })).state, 'completed');
      assert.equal(begun(world), 2);
    }));

  for (const way of ['by name', 'after a reset'] as const) {
    it(`gets it ${way} where runsheet.yml allows a single attempt`, () =>
      withPlan(plan({ T01: [] }), async (world) => {
        await world.write('runsheet.yml', 'attempts: 1\n');
        failing(world);
        await world.carryOut();
        assert.deepEqual(world.statuses(), ['T01 failed']);
        world.checks.byCommand({});
        if (way === 'after a reset') await world.decide('T01', 'reset');
        await world.carryOut({ subtasks: way === 'by name' ? ['T01'] : null });
        assert.equal(begun(world), 2);
        assert.deepEqual(world.statuses(), ['T01 proven']);
      }));
  }

  it('gets it by sending back what was proven in the only attempt', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      await world.write('runsheet.yml', 'attempts: 1\n');
      await world.carryOut();
      await reject(world);
      await until(() => begun(world) === 2, 'the rework');
      await world.settled(() => world.subtask('T01').status === 'done');
    }));

  it('leaves a limit of runsheet.yml as it is while it is not reached', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      await world.write('runsheet.yml', 'attempts: 5\n');
      failing(world);
      for (let attempt = 1; attempt <= 3; attempt += 1) await world.carryOut({ subtasks: ['T01'] });
      await world.decide('T01', 'reset');
      await world.room.state.settled();
      assert.equal(world.subtask('T01').attempt_limit, null);
    }));
});
