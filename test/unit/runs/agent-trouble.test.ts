import assert from 'node:assert/strict';
import type { AgentOutcome } from '../../../src/agents/agent';
import { plan, withPlan } from '../../support/carried-out-plan';
import { completed } from '../../support/fake-agent';
import { person, type RunsWorld } from '../../support/runs-world';
import { until } from '../../support/until';

function failed(code: 'rate_limit' | 'network' | 'launch', retryAfterMs?: number): AgentOutcome {
  return { kind: 'failed', code, message: `It says ${code}.`, exitCode: null, retryAfterMs };
}

/** The agent's runs of T01 end so, one after another; then they are completed. */
function ends(world: RunsWorld, ...outcomes: AgentOutcome[]): void {
  world.agent.script('T01', async () => {
    return outcomes.shift() ?? completed;
  });
}

const minute = 60_000;

function attempts(world: RunsWorld): string[] {
  return [...world.room.state.runs.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((run) => `${run.outcome} ${run.error_code} ${run.counts_as_attempt}`);
}

describe('an agent whose provider has trouble', () => {
  it('is left alone with a reason and a time, uses no attempt, and goes on by itself', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      ends(world, failed('rate_limit'));
      const row = await world.start();
      assert.match(
        await world.waits(row),
        /T01: Its agent is not available: It says rate_limit\. It is tried again at 2026-01-01T00:01:00/,
      );
      assert.ok(world.room.executor.isBusy(), 'the engine stays for it');
      await world.clock.pass(minute - 1);
      assert.equal(world.agent.tasks.length, 1);
      await world.clock.pass(1);
      assert.equal((await world.ended(row)).state, 'completed');
      assert.deepEqual(attempts(world), ['failed rate_limit false', 'completed null true']);
      assert.equal(world.room.health.problemOf('fake'), null);
    }));

  it('is left alone as long as the provider says', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      ends(world, failed('rate_limit', 10 * minute));
      const row = await world.start();
      await world.waits(row);
      await world.clock.pass(10 * minute - 1);
      assert.equal(world.agent.tasks.length, 1);
      await world.clock.pass(1);
      await world.ended(row);
      assert.equal(world.agent.tasks.length, 2);
    }));

  it('goes on at once when a person says so', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      ends(world, failed('network'));
      const row = await world.start();
      await world.waits(row);
      await world.room.health.resume('fake', person);
      assert.equal((await world.ended(row)).state, 'completed');
    }));

  it('is tried with one run before it gets more', () =>
    withPlan(plan({ T01: [], T02: [], T03: [] }), async (world) => {
      const ids = ['T01', 'T02', 'T03'];
      for (const id of ids) world.agent.script(id, async () => failed('network'));
      const row = await world.start({ workers: 3 });
      await world.waits(row);
      assert.equal(world.agent.tasks.length, 3);
      const [first] = ids.map((id) => world.agent.hold(id));
      await world.clock.pass(minute);
      await world.settled(() => world.agent.tasks.length > 3);
      assert.deepEqual(world.agent.begun.slice(3), ['T01']);
      first?.release();
      await world.settled(() => world.agent.tasks.length === 6);
      assert.equal(world.agent.working, 2);
    }));

  it('whose trouble does not end stops the subtask after as many tries as it has attempts', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      ends(world, failed('network'), failed('network'), failed('network'), failed('network'));
      const row = await world.start();
      for (let tries = 1; tries < 3; tries++) {
        await world.waits(row);
        await world.clock.pass(30 * minute);
        await world.settled(() => world.agent.tasks.length === tries + 1);
        await world.settled(() => world.subtask('T01').status !== 'in_progress');
      }
      assert.equal((await world.ended(row)).state, 'failed');
      assert.equal(world.agent.tasks.length, 3);
      assert.deepEqual(world.statuses(), ['T01 needs_attention']);
      assert.ok(world.plan().escalated.has(world.subtask('T01').id));
    }));
});

describe('an agent that hands on its provider’s error as if it had succeeded', () => {
  const words = 'Failed to authenticate. API Error: 401 Invalid API key · Please run /login';

  /** As the agent of a night in which one item was attempted 3,340 times. */
  function answersWithTrouble(world: RunsWorld): void {
    world.agent.script('T01', async (_task, host) => {
      for (const worktree of world.repository.branch.worktrees) worktree.changed = [];
      await host.onEvent({ type: 'message', role: 'assistant', text: words });
      return completed;
    });
  }

  it('is paused, uses no attempt, and ends after as many tries as there are attempts', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      answersWithTrouble(world);
      const row = await world.start();
      await world.waits(row);
      // A night of it, if nothing stopped it.
      for (let tries = 1; tries < 3340 && world.execution(row).ended_at === null; tries++) {
        await world.clock.pass(60 * minute);
        await until(
          () => world.agent.tasks.length > tries || world.execution(row).ended_at !== null,
          'the next try, or the end',
        );
        await world.settled(() => world.subtask('T01').status !== 'in_progress');
      }
      assert.equal((await world.ended(row)).state, 'failed');
      assert.equal(world.agent.tasks.length, 3);
      const trouble = 'failed authentication false';
      assert.deepEqual(attempts(world), [trouble, trouble, trouble]);
      assert.deepEqual(world.statuses(), ['T01 needs_attention']);
      assert.match(world.subtask('T01').status_reason ?? '', /3 times in a row.*Invalid API key/);
      assert.equal(world.checks.ran.length, 0);
    }));

  it('goes on as soon as it can work again', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      answersWithTrouble(world);
      const row = await world.start();
      assert.match(await world.waits(row), /not available: .*401 Invalid API key/);
      world.agent.script('T01', async () => completed);
      await world.clock.pass(5 * minute);
      assert.equal((await world.ended(row)).state, 'completed');
    }));
});

describe('an agent that cannot be started', () => {
  it('is broken after three launches in a row, until a person has looked', () =>
    withPlan(plan({ T01: [], T02: [], T03: [], T04: [] }), async (world) => {
      const launch = async () => failed('launch');
      for (const id of ['T01', 'T02', 'T03', 'T04']) world.agent.script(id, launch);
      const row = await world.start({ workers: 1 });
      assert.match(await world.waits(row), /not available: It says launch\./);
      assert.equal(world.agent.tasks.length, 3);
      await world.clock.pass(60 * minute);
      assert.equal(world.agent.tasks.length, 3);
      for (const id of ['T01', 'T02', 'T03', 'T04']) world.agent.script(id, async () => completed);
      await world.room.health.resume('fake', person);
      assert.equal((await world.ended(row)).state, 'completed');
    }));
});
