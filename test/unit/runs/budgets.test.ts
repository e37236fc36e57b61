import assert from 'node:assert/strict';
import { budgets } from '../../../src/store/repositories/budgets';
import type { BudgetLimits } from '../../../src/model/budget';
import { plan, withPlan } from '../../support/carried-out-plan';
import { aborted, completed, held, question, type Script } from '../../support/fake-agent';
import { until } from '../../support/until';
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

  /** A turn with a tool, and one in which it speaks. */
  const twoTurns: Script = async (_task, host) => {
    const call = { toolCallId: 'c1', title: 'Look', status: 'completed' };
    const what = { toolKind: 'read', locations: [], input: null };
    await host.onEvent({ type: 'tool_call', ...call, ...what });
    await host.onEvent({ type: 'tool_result', ...call, output: null });
    await host.onEvent({ type: 'message', role: 'assistant', text: 'Done.' });
    return completed;
  };

  it('lets the last turn that it allows come to its end', () =>
    withPlan(plan({ T01: ['turns: 2'] }), async (world) => {
      world.agent.script('T01', twoTurns);
      assert.equal((await world.carryOut()).state, 'completed');
      assert.equal(world.run('T01').turns_used, 2);
    }));

  it('counts turns, and ends it with the first that is too many', () =>
    withPlan(plan({ T01: ['turns: 1'] }), async (world) => {
      world.agent.script('T01', async (task, host, signal) => {
        await twoTurns(task, host, signal);
        await aborted(signal);
        return { kind: 'cancelled' };
      });
      await world.carryOut();
      assert.match(world.run('T01').error ?? '', /1 of 1 turns/);
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

  it('of a day is whole again with the next day, also while nothing is run', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      await limit(world, 'workspace_day', { runs: 1 });
      assert.equal((await world.carryOut()).state, 'failed');
      assert.match((await world.carryOut()).message ?? '', /is used up: 1 of 1 runs/);
      await world.clock.pass(24 * 3_600_000);
      assert.equal((await world.carryOut()).state, 'completed');
    }));
});

async function workedMs(world: RunsWorld): Promise<number> {
  const { planId } = world.plan().entry;
  const now = new Date(world.clock.now()).toISOString();
  const input = { scope: 'plan' as const, scopeRef: planId, since: null, now };
  return (await world.store.query(budgets.used, input)).wallMs;
}

describe('time that is no work', () => {
  const whole = (world: RunsWorld) => {
    return { planId: world.plan().entry.planId, subtasks: null, phases: null };
  };

  it('is that in which a person is asked', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      const options = [{ id: 'yes', name: 'Allow', kind: 'allow_once' as const }];
      world.agent.script('T01', async (_task, host, signal) => {
        await Promise.all([
          host.onPermission(question({ options }), signal),
          host.onPermission(question({ options }), signal),
        ]);
        return completed;
      });
      const row = await world.start();
      await world.settled(() => world.room.state.permissions.length === 2);
      await world.clock.pass(60_000);
      const [one, two] = world.room.state.permissions;
      await world.room.desk.answer(one?.id ?? '', 'yes', person);
      await world.clock.pass(60_000);
      await world.room.desk.answer(two?.id ?? '', 'yes', person);
      await world.ended(row);
      assert.equal(world.run('T01').paused_ms, 120_000);
      assert.equal(await workedMs(world), 0);
    }));

  it('counts once where a run is paused and asks', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      const options = [{ id: 'yes', name: 'Allow', kind: 'allow_once' as const }];
      world.agent.script('T01', async (_task, host, signal) => {
        await host.onPermission(question({ options }), signal);
        return completed;
      });
      const row = await world.start();
      await world.untilBegun('T01');
      await world.settled(() => world.run('T01').state === 'waiting');
      await world.clock.pass(10_000);
      await world.room.pauses.pause(whole(world), '', person);
      await world.settled(() => world.run('T01').state === 'paused');
      await world.clock.pass(10_000);
      await world.room.pauses.resume(whole(world), '', person);
      await world.settled(() => world.run('T01').state === 'waiting');
      await world.clock.pass(10_000);
      await world.room.desk.answer(world.room.state.permissions[0]?.id ?? '', 'yes', person);
      await world.ended(row);
      assert.equal(world.run('T01').paused_ms, 30_000);
      assert.equal(await workedMs(world), 0);
    }));

  it('is the pause in which a run is stopped', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      world.agent.hold('T01');
      const row = await world.start();
      await world.untilBegun('T01');
      await world.settled(() => world.run('T01').state === 'running');
      await world.clock.pass(1_000);
      await world.room.pauses.pause(whole(world), '', person);
      await world.settled(() => world.run('T01').state === 'paused');
      await world.clock.pass(3_600_000);
      await world.room.service.stop({ executionId: row.id }, person);
      assert.equal(await workedMs(world), 1_000);
    }));

  it('is the pause between its agent and its merge, which is told', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      const [checking, reached] = [held(), held()];
      const { answer } = world.checks;
      world.checks.answer = async (...args) => {
        reached.open();
        await checking.opened;
        return answer(...args);
      };
      const row = await world.start();
      await reached.opened;
      await world.room.pauses.pause(whole(world), 'Lunch.', person);
      checking.open();
      await until(() => storyOf(world).includes('"paused"'), 'the pause');
      await world.clock.pass(3_600_000);
      await world.room.pauses.resume(whole(world), '', person);
      await world.ended(row);
      assert.equal(world.run('T01').paused_ms, 3_600_000);
      assert.equal(await workedMs(world), 0);
    }));
});
