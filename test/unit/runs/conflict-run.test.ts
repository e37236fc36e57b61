import assert from 'node:assert/strict';
import { events } from '../../../src/store/repositories/events';
import { escalations } from '../../../src/store/repositories/escalations';
import { checkResult } from '../../support/fake-agent';
import { endOf, merged, typesOf, withPlan } from '../../support/one-run';
import type { RunsWorld } from '../../support/runs-world';

const planWith = (settings: string, fields = '') =>
  `---\nrunsheet: 1\n${settings}---\n\n- [ ] T01 Build it\n  - check: npm test\n${fields}`;
const allowed = planWith('conflicts: agent\n');

/** Starts the plan; its first merge conflicts, and others as told. */
async function withConflict(world: RunsWorld, conflicts: string[][] = [['src/a.ts']]) {
  const execution = await world.start();
  const { branch } = world.repository;
  branch.conflicts = conflicts[0] ?? [];
  let merges = 0;
  branch.beforeMerge = async () => {
    branch.conflicts = conflicts[merges] ?? [];
    merges += 1;
  };
  return world.ended(execution);
}

async function escalation(world: RunsWorld) {
  const open = await world.store.query(escalations.allOpen, undefined);
  return open.map(({ reason_code: code, detail }) => ({ code, detail }));
}

describe('work that cannot be merged', () => {
  it('waits for a person who is told the ways out, where nothing else is said', () =>
    withPlan(async (world) => {
      await withConflict(world);
      const { code, verdict, status } = endOf(world);
      assert.deepEqual(
        [code, verdict, status],
        ['merge_conflict', 'unverified', 'needs_attention'],
      );
      const [asked] = await escalation(world);
      assert.equal(asked?.code, 'merge_conflict');
      const { path } = world.repository.branch.worktreeOf('T01');
      assert.ok(asked.detail.includes(`git -C "${path}" merge`), asked.detail);
      assert.equal(world.agent.tasks.length, 1);
    }, planWith('')));

  it('is resolved by the agent in the same worktree and conversation, where that is allowed', () =>
    withPlan(async (world) => {
      world.agent.session = 'session-1';
      await withConflict(world);
      const { proof } = endOf(world);
      assert.equal(proof, 'proven');
      const [first, second] = world.agent.tasks;
      assert.equal(second?.worktree, first?.worktree);
      assert.equal(second?.session, 'session-1');
      assert.match(second.followUp ?? '', /conflicts with what was merged/);
      assert.match(second.prompt, /- src\/a\.ts/);
      assert.equal(world.run('T01').started_because, 'resume');
      const worktree = world.repository.branch.worktreeOf('T01');
      assert.equal(worktree.takenIn, 1);
      assert.equal(merged(world), 1);
      assert.ok((await typesOf(world)).includes('branch_taken_in'));
    }, allowed));

  it('is for a person when it conflicts once more', () =>
    withPlan(async (world) => {
      await withConflict(world, [['src/a.ts'], ['src/b.ts']]);
      assert.equal(endOf(world).status, 'needs_attention');
      assert.equal(world.agent.tasks.length, 2);
      const [asked] = await escalation(world);
      assert.match(asked?.detail ?? '', /src\/b\.ts/);
    }, allowed));

  it('is for a person when the agent leaves conflict markers, whatever the checks say', () =>
    withPlan(async (world) => {
      const execution = await world.start();
      const { branch } = world.repository;
      branch.conflicts = ['src/a.ts'];
      branch.beforeMerge = async () => {
        branch.worktreeOf('T01').markers = ['src/a.ts'];
      };
      await world.ended(execution);
      const { code, verdict, status, reason } = endOf(world);
      assert.deepEqual([code, verdict, status], ['merge_conflict', 'failed', 'needs_attention']);
      assert.match(reason, /conflict markers in src\/a\.ts/);
      assert.equal(merged(world), 0);
    }, allowed));

  it('is checked again when it is resolved, and retried as any work', () =>
    withPlan(async (world) => {
      let checks = 0;
      // The first attempt passes once; the resolution fails once, then passes twice.
      world.checks.answer = async () => checkResult(++checks === 2 ? 'failed' : 'passed', 'No.');
      await withConflict(world);
      assert.equal(endOf(world).proof, 'proven');
      const because = [...world.room.state.runs.values()].map((run) => run.started_because).sort();
      assert.deepEqual(because, ['first', 'resume', 'retry']);
      assert.equal(world.repository.branch.worktreeOf('T01').takenIn, 1);
    }, planWith('conflicts: agent\nretry: fixed 2 0s\n')));

  it('is for a person when the work was a command: it would only do the same again', () =>
    withPlan(
      async (world) => {
        await withConflict(world);
        assert.equal(endOf(world).status, 'needs_attention');
        assert.equal((await escalation(world)).length, 1);
      },
      planWith('conflicts: agent\n', '  - run: make\n'),
    ));

  it('is given to its agent when a person lets it go on', () =>
    withPlan(async (world) => {
      const execution = await withConflict(world);
      assert.equal(execution.state, 'failed');
      await world.decide('T01', 'resume');
      await world.settled(() => world.subtask('T01').status === 'done');
      assert.equal(world.repository.branch.worktreeOf('T01').takenIn, 1);
      assert.deepEqual(await escalation(world), []);
    }, planWith('')));

  it('follows runsheet.yml where the plan says nothing', () =>
    withPlan(async (world) => {
      await world.write('runsheet.yml', 'conflicts: agent\n');
      await withConflict(world);
      assert.equal(endOf(world).proof, 'proven');
    }, planWith('')));
});

describe('a merge that waits for its turn', () => {
  it('says so in the story of its run, and when its turn has come', () =>
    withPlan(async (world) => {
      const execution = await world.start();
      world.repository.branch.mergesAhead = 2;
      await world.ended(execution);
      const { id } = world.run('T01');
      const told = await world.store.query(events.page, { runId: id, after: 0, limit: 100 });
      const queued = told.findIndex(({ event_type: type }) => type === 'merge_queued');
      assert.equal(told[queued + 1]?.event_type, 'merge_started');
      assert.match(JSON.stringify(told[queued]?.payload), /"ahead":2/);
    }, planWith('')));
});
