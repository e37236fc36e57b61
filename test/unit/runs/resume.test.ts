import assert from 'node:assert/strict';
import { plan, withPlan } from '../../support/carried-out-plan';
import { aborted, checkResult, completed, held } from '../../support/fake-agent';
import type { RunsWorld } from '../../support/runs-world';

/** Kills the engine while T01's agent works, and starts the next one. */
async function killWhileWorking(world: RunsWorld) {
  world.agent.session = 'session-1';
  world.agent.hold('T01');
  const row = await world.start();
  await world.untilBegun('T01');
  await world.settled(() => world.run('T01').state === 'running');
  await world.startEngine();
  return row;
}

describe('a run that was interrupted', () => {
  it('waits for a person when its agent had the prompt, and goes on in its conversation', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      await killWhileWorking(world);
      assert.deepEqual(world.statuses(), ['T01 needs_attention']);
      assert.match(world.subtask('T01').status_reason ?? '', /Resume it/);
      world.agent.script('T01', async () => completed);
      await world.room.service.resume();
      await world.decide('T01', 'resume');
      await world.settled(() => world.subtask('T01').status === 'done');
      const [first, second] = world.agent.tasks;
      assert.equal(second?.session, 'session-1');
      assert.equal(second.worktree, first?.worktree);
      assert.match(second.followUp ?? '', /You were interrupted/);
      assert.equal(world.run('T01').started_because, 'resume');
      assert.equal(world.run('T01').attempt, 2);
    }));

  it('can be started anew instead', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      await killWhileWorking(world);
      world.agent.script('T01', async () => completed);
      await world.room.service.resume();
      assert.equal((await world.carryOut({ subtasks: ['T01'] })).state, 'completed');
      const [first, second] = world.agent.tasks;
      assert.equal(second?.session, null);
      assert.notEqual(second.worktree, first?.worktree);
    }));

  it('has its work checked without its agent when that had finished', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      const checking = held();
      const { answer } = world.checks;
      let isFirst = true;
      world.checks.answer = async (...args) => {
        if (!isFirst) return answer(...args);
        isFirst = false;
        checking.open();
        return new Promise(() => undefined);
      };
      const row = await world.start();
      await checking.opened;
      await world.startEngine();
      assert.deepEqual(world.statuses(), ['T01 pending']);
      await world.room.service.resume();
      assert.equal((await world.ended(row)).state, 'completed');
      assert.equal(world.agent.tasks.length, 1);
      assert.equal(world.run('T01').started_because, 'resume');
      assert.deepEqual(world.statuses(), ['T01 proven']);
    }));

  it('keeps the worktree in which the next run goes on', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      const checking = held();
      world.checks.answer = async () => {
        checking.open();
        return new Promise(() => undefined);
      };
      await world.start();
      await checking.opened;
      await world.startEngine();
      const [again, released] = [held(), held()];
      world.checks.answer = async () => {
        again.open();
        await released.opened;
        return checkResult('passed');
      };
      await world.room.service.resume();
      await again.opened;
      const [worktree] = world.repository.branch.worktrees;
      const isKept = worktree?.removed === false;
      released.open();
      await world.settled(() => world.subtask('T01').proof === 'proven');
      assert.equal(world.run('T01').worktree_path, worktree?.path);
      assert.ok(isKept, 'while the next run goes on in it');
    }));

  it('keeps what its retry was told when the engine dies once more', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      await killWhileWorking(world);
      await world.room.service.resume();
      const [branch] = world.repository.branches.values();
      assert(branch !== undefined);
      branch.beforeFinding = () => new Promise(() => undefined);
      await world.decide('T01', 'resume');
      await world.settled(() => world.subtask('T01').status === 'in_progress');
      await world.startEngine();
      branch.beforeFinding = () => Promise.resolve();
      world.agent.script('T01', async () => completed);
      assert.equal(world.subtask('T01').next_run?.because, 'resume');
      await world.room.service.resume();
      await world.settled(() => world.subtask('T01').status === 'done');
      assert.equal(world.agent.tasks.at(-1)?.session, 'session-1');
    }));

  it('does not pass when it is closed out, if its agent was denied something', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      const checking = held();
      const { answer } = world.checks;
      world.agent.script('T01', async () => ({ ...completed, permissionDenials: 1 }));
      world.checks.answer = async () => {
        checking.open();
        return new Promise(() => undefined);
      };
      const row = await world.start();
      await checking.opened;
      await world.startEngine();
      world.checks.answer = answer;
      await world.room.service.resume();
      await world.ended(row);
      assert.equal(world.run('T01').verdict, 'partial');
      assert.deepEqual(world.statuses(), ['T01 needs_attention']);
    }));

  it('does not forget the conflict that it was resolving', () =>
    withPlan(plan({ T01: [] }, '---\nconflicts: agent\n---\n\n'), async (world) => {
      const row = await world.start();
      const { branch } = world.repository;
      branch.conflicts = ['src/a.ts'];
      let runs = 0;
      const resolving = held();
      world.agent.script('T01', async (_task, _host, signal) => {
        runs += 1;
        if (runs === 1) return completed;
        resolving.open();
        await aborted(signal);
        return { kind: 'cancelled' };
      });
      await resolving.opened;
      await world.settled(() => world.run('T01').state === 'running');
      await world.startEngine();
      assert.deepEqual(world.statuses(), ['T01 needs_attention']);
      branch.conflicts = [];
      // It says that it has finished, and left the markers where they were.
      branch.worktreeOf('T01').markers = ['src/a.ts'];
      world.agent.script('T01', async () => completed);
      await world.room.service.resume();
      await world.decide('T01', 'resume');
      await world.settled(() => world.room.state.liveRuns().length === 0);
      await world.ended(row);
      assert.match(world.agent.tasks.at(-1)?.followUp ?? '', /conflicts with what was merged/);
      assert.match(world.subtask('T01').status_reason ?? '', /conflict markers in src\/a\.ts/);
      assert.deepEqual(branch.merged, []);
    }));
});
