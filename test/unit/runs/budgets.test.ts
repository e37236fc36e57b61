import assert from 'node:assert/strict';
import { budgets } from '../../../src/store/repositories/budgets';
import type { BudgetLimits } from '../../../src/model/budget';
import { plan, withPlan } from '../../support/carried-out-plan';
import { aborted, completed, type Script } from '../../support/fake-agent';
import { valuesOf } from '../../support/plan-rows';
import { person, type RunsWorld } from '../../support/runs-world';

/** An agent that tells what it has used and then waits until it is stopped. */
const uses =
  (tokensIn: number, costMicros: number | null = null): Script =>
  async (_task, host, signal) => {
    await host.onEvent({ type: 'usage', usage: { tokensIn, tokensOut: 0, costMicros } });
    await aborted(signal);
    return { kind: 'cancelled' };
  };

/** The same, but it is done when it has told. */
const usesAndEnds =
  (tokensIn: number): Script =>
  async (_task, host) => {
    await host.onEvent({ type: 'usage', usage: { tokensIn, tokensOut: 0, costMicros: null } });
    return completed;
  };

async function limit(
  world: RunsWorld,
  scope: 'workspace_day' | 'plan' | 'subtask',
  limits: Partial<BudgetLimits>,
): Promise<void> {
  const { planId } = world.plan().entry;
  const refs = { workspace_day: null, plan: planId, subtask: world.subtask('T01').id };
  const input = { scope, scopeRef: refs[scope], limits };
  await world.store.command(budgets.set, input, { actor: person });
}

function storyOf(world: RunsWorld): string {
  const sql = 'SELECT event_type, payload FROM events ORDER BY id';
  return valuesOf(world.store, sql)
    .map((row) => JSON.stringify(row))
    .join('\n');
}

describe('a budget of a run', () => {
  it('ends it gracefully: what is there is checked, and is partial at best', () =>
    withPlan(plan({ T01: ['tokens: 1000'] }), async (world) => {
      world.agent.script('T01', uses(1200));
      const { state } = await world.carryOut();
      assert.equal(state, 'failed');
      const run = world.run('T01');
      assert.deepEqual([run.outcome, run.verdict], ['over_budget', 'partial']);
      assert.match(run.error ?? '', /The budget of the run is used up: 1,200 of 1,000 tokens\./);
      assert.equal(world.checks.ran.length, 1, 'checked once, and never merged');
      assert.deepEqual(world.statuses(), ['T01 needs_attention']);
      assert.ok(world.plan().escalated.has(world.subtask('T01').id));
    }));

  it('warns at four fifths, once', () =>
    withPlan(plan({ T01: ['tokens: 1000'] }), async (world) => {
      world.agent.script('T01', async (task, host, signal) => {
        await usesAndEnds(800)(task, host, signal);
        return usesAndEnds(900)(task, host, signal);
      });
      assert.equal((await world.carryOut()).state, 'completed');
      assert.equal(storyOf(world).match(/budget_warning/g)?.length, 1);
    }));

  it('counts money only as far as the agent tells it', () =>
    withPlan(plan({ T01: ['cost: 0.50'] }), async (world) => {
      world.agent.script('T01', uses(999_999, 500_000));
      await world.carryOut();
      assert.match(world.run('T01').error ?? '', /\$0\.50 of \$0\.50/);
    }));

  it('counts turns', () =>
    withPlan(plan({ T01: ['turns: 2'] }), async (world) => {
      world.agent.script('T01', async (_task, host, signal) => {
        const call = { toolCallId: 'c1', title: 'Look', status: 'completed' };
        const what = { toolKind: 'read', locations: [], input: null };
        await host.onEvent({ type: 'tool_call', ...call, ...what });
        await host.onEvent({ type: 'tool_result', ...call, output: null });
        await host.onEvent({ type: 'message', role: 'assistant', text: 'Done.' });
        await aborted(signal);
        return { kind: 'cancelled' };
      });
      await world.carryOut();
      assert.match(world.run('T01').error ?? '', /2 of 2 turns/);
    }));
});

describe('a budget of a day, a plan or a subtask', () => {
  for (const scope of ['workspace_day', 'plan', 'subtask'] as const) {
    it(`starts nothing more and ends what draws on it: ${scope}`, () =>
      withPlan(plan({ T01: [] }), async (world) => {
        await limit(world, scope, { tokens: 1000 });
        world.agent.script('T01', uses(1000));
        assert.equal((await world.carryOut()).state, 'failed');
        assert.equal(world.run('T01').outcome, 'over_budget');
        world.agent.script('T01', async () => completed);
        const again = await world.carryOut({ subtasks: ['T01'] });
        assert.equal(again.state, 'failed');
        assert.match(again.message ?? '', /The budget of .* is used up: 1,000 of 1,000 tokens\./);
        assert.equal(world.agent.tasks.length, 1);
        await limit(world, scope, { tokens: 2000 });
        assert.equal((await world.carryOut({ subtasks: ['T01'] })).state, 'completed');
      }));
  }

  it('allows no more runs than it names, also when several could start at once', () =>
    withPlan(plan({ T01: [], T02: [], T03: [] }), async (world) => {
      await limit(world, 'plan', { runs: 2 });
      const { state, message } = await world.carryOut({ workers: 3 });
      assert.equal(state, 'failed');
      assert.match(message ?? '', /is used up: 2 of 2 runs/);
      assert.equal(world.agent.tasks.length, 2);
    }));

  it('ends what works longer than it allows', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      await limit(world, 'plan', { wallMs: 60_000 });
      world.agent.hold('T01');
      const row = await world.start();
      await world.untilBegun('T01');
      await world.settled(() => world.run('T01').state === 'running');
      await world.clock.pass(59_000);
      assert.equal(world.run('T01').state, 'running');
      await world.clock.pass(2_000);
      await world.ended(row);
      assert.equal(world.run('T01').outcome, 'over_budget');
    }));
});
