import assert from 'node:assert/strict';
import { specs } from '../../../src/store/repositories/specs';
import { agentSpec } from '../../support/agent-specs';
import { plan, withPlan } from '../../support/carried-out-plan';
import { person, type RunsWorld } from '../../support/runs-world';

async function promptUnder(world: RunsWorld, context: Record<string, string>): Promise<string> {
  const spec = agentSpec({ name: 'careful', context });
  await world.store.command(specs.put, { spec }, { actor: person });
  await world.carryOut();
  return world.agent.tasks[0]?.prompt ?? '';
}

describe('the context of a spec', () => {
  const text = plan({ T01: ['spec: careful'] });

  it('is told to the agent', () =>
    withPlan(text, async (world) => {
      const prompt = await promptUnder(world, { ticket: 'ABC-17' });
      assert.match(prompt, /## Context\n```json\n[^`]*"ticket": "ABC-17"/);
    }));

  it('is not told where it says nothing new', () =>
    withPlan(text, async (world) => {
      const prompt = await promptUnder(world, { path: 'demo.plan.md' });
      assert.doesNotMatch(prompt, /## Context/);
    }));
});
