import assert from 'node:assert/strict';
import { agentSpecSchema } from '../../../src/model/agent-spec';
import { specs } from '../../../src/store/repositories/specs';
import { plan, withPlan } from '../../support/carried-out-plan';
import { person } from '../../support/runs-world';

const careful = agentSpecSchema.parse({
  name: 'urgent',
  display_name: 'Urgent',
  objective: 'Do this before anything else.',
  task_type: 'coding',
  max_turns: 10,
  timeout_seconds: 600,
  priority: 1,
});

describe('a subtask’s priority', () => {
  it('decides which of those that are ready starts first', () =>
    withPlan(plan({ T01: [], T02: ['priority: 10'], T03: ['priority: 5'] }), async (world) => {
      await world.carryOut({ workers: 1 });
      assert.deepEqual(world.agent.begun, ['T03', 'T02', 'T01']);
    }));

  it('is that of the spec it names, as soon as somebody has set that', () =>
    withPlan(plan({ T01: ['priority: 5'], T02: ['spec: urgent'] }), async (world) => {
      await world.store.command(specs.put, { spec: careful }, { actor: person });
      await world.room.state.settled();
      await world.carryOut({ workers: 1 });
      assert.deepEqual(world.agent.begun, ['T02', 'T01']);
      assert.match(world.agent.tasks[0]?.prompt ?? '', /Do this before anything else\./);
    }));
});
