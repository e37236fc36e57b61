import assert from 'node:assert/strict';
import { plan, withPlan } from '../../support/carried-out-plan';
import { person } from '../../support/runs-world';

describe('work that a person sends back', () => {
  it('goes on in its last conversation with the reason, also after its execution has ended', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      world.agent.session = 'session-1';
      assert.equal((await world.carryOut()).state, 'completed');
      const { planId } = world.plan().entry;
      const words = { type: 'style', reason: 'Use fewer words.' };
      await world.room.desks.rejections.reject(planId, 'T01', words, person);
      await world.settled(() => world.subtask('T01').proof === 'proven');
      const [, second] = world.agent.tasks;
      assert.equal(second?.session, 'session-1');
      assert.match(second.followUp ?? '', /A person has looked at your work[^]*Use fewer words\./);
      assert.equal(world.run('T01').started_because, 'route');
    }));
});
