import assert from 'node:assert/strict';
import type { AgentOutcome } from '../../../src/agents/agent';
import { checkResult, completed } from '../../support/fake-agent';
import { RunsWorld } from '../../support/runs-world';

function planWith(settings: string, fields = '', check = '  - check: npm test\n'): string {
  return `---\nrunsheet: 1\ntitle: Demo\n${settings}---\n\n## Work\n\n- [ ] T01 Build it\n${fields}${check}`;
}

const withPlan = (text: string, work: (world: RunsWorld) => Promise<void>) =>
  RunsWorld.with({ 'demo.plan.md': text }, work);

/** The check fails the first `times` and passes from then on. Each subtask's checks run twice. */
function failFirst(world: RunsWorld, times: number): void {
  let ran = 0;
  world.checks.answer = async () => {
    ran += 1;
    return ran <= times ? checkResult('failed', `No, says run ${ran}.`) : checkResult('passed');
  };
}

async function runsOf(world: RunsWorld): Promise<string[]> {
  const rows = [...world.room.state.runs.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return rows.map((run) => `${run.started_because} ${run.outcome} ${run.verdict}`);
}

const failing: AgentOutcome = {
  ...{ kind: 'failed', code: 'exit_code', message: 'It fell over.', exitCode: 1 },
};

describe('a subtask that may be retried', () => {
  it('goes on in the same worktree, with what failed as its prompt', () =>
    withPlan(planWith('retry: fixed 2 0s\n'), async (world) => {
      failFirst(world, 1);
      world.agent.session = 'session-1';
      const { state } = await world.carryOut();
      assert.equal(state, 'completed');
      assert.deepEqual(await runsOf(world), ['first completed failed', 'retry completed passed']);
      const [first, second] = world.agent.tasks;
      assert.equal(second?.worktree, first?.worktree);
      assert.equal(second?.session, 'session-1');
      assert.match(second.followUp ?? '', /No, says run 1\./);
      assert.match(second.prompt, /No, says run 1\./);
      assert.equal(world.run('T01').previous_run_id, first?.runId);
    }));

  it('waits the delay that its plan names, not a millisecond less', () =>
    withPlan(planWith('retry: fixed 1 30s\n'), async (world) => {
      failFirst(world, 1);
      const row = await world.start();
      assert.match(
        await world.waits(row),
        /T01: Its next attempt is due at 2026-01-01T00:00:30\.000Z\./,
      );
      assert.ok(world.room.executor.isBusy(), 'the engine stays for it');
      await world.clock.pass(29_999);
      await world.room.state.settled();
      assert.equal(world.agent.tasks.length, 1);
      await world.clock.pass(1);
      assert.equal((await world.ended(row)).state, 'completed');
      assert.equal(world.agent.tasks.length, 2);
    }));

  it('doubles the delay when that is asked for', () =>
    withPlan(planWith('retry: exponential 2 10s\n'), async (world) => {
      failFirst(world, 2);
      const row = await world.start();
      assert.match(await world.waits(row), /due at 2026-01-01T00:00:10/);
      await world.clock.pass(10_000);
      await world.settled(() => world.agent.tasks.length === 2);
      await world.settled(() => world.subtask('T01').status === 'pending');
      assert.match(await world.waits(row), /due at 2026-01-01T00:00:30/);
      await world.clock.pass(20_000);
      assert.equal((await world.ended(row)).state, 'completed');
    }));

  it('is failed and escalated when its retries are used up', () =>
    withPlan(planWith('retry: fixed 1 0s\n'), async (world) => {
      failFirst(world, 99);
      const { state, message } = await world.carryOut();
      assert.equal(state, 'failed');
      assert.match(message ?? '', /T01 \(failed\)/);
      assert.deepEqual(await runsOf(world), ['first completed failed', 'retry completed failed']);
      assert.ok(world.plan().escalated.has(world.subtask('T01').id));
    }));

  it('uses no more attempts than its plan allows, however many retries there are', () =>
    withPlan(planWith('retry: fixed 9 0s\nattempts: 2\n'), async (world) => {
      failFirst(world, 99);
      await world.carryOut();
      assert.equal((await runsOf(world)).length, 2);
    }));

  it('is retried when its agent fails', () =>
    withPlan(planWith('retry: fixed 1 0s\n'), async (world) => {
      let ran = 0;
      world.agent.script('T01', async () => (++ran === 1 ? failing : completed));
      assert.equal((await world.carryOut()).state, 'completed');
      assert.deepEqual(await runsOf(world), ['first failed null', 'retry completed passed']);
    }));

  it('begins on the branch as it is now when it failed on the merged tree', () =>
    withPlan(planWith('retry: fixed 1 0s\n'), async (world) => {
      let ran = 0;
      world.checks.answer = async () => checkResult(++ran === 2 ? 'failed' : 'passed', 'Merged.');
      assert.equal((await world.carryOut()).state, 'completed');
      const [first, second] = world.agent.tasks;
      assert.notEqual(second?.worktree, first?.worktree);
      assert.match(second?.prompt ?? '', /Merged\./);
    }));

  it('is not retried when nothing could prove it, or when a person stopped it', () =>
    withPlan(planWith('retry: fixed 3 0s\n', '', ''), async (world) => {
      await world.carryOut();
      assert.deepEqual(await runsOf(world), ['first completed unverified']);
    }));

  it('goes on with its retries under a new engine', () =>
    withPlan(planWith('retry: fixed 1 60s\n'), async (world) => {
      failFirst(world, 1);
      const row = await world.start();
      await world.waits(row);
      await world.startEngine();
      await world.room.service.resume();
      await world.clock.pass(59_000);
      assert.equal(world.agent.tasks.length, 1);
      await world.clock.pass(1_000);
      assert.equal((await world.ended(row)).state, 'completed');
      assert.equal(world.run('T01').started_because, 'retry');
    }));
});
