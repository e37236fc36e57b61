import assert from 'node:assert/strict';
import type { CheckOutcome, SubtaskStatus } from '../../../src/model/status';
import { RunsheetError } from '../../../src/model/errors';
import { checkResult } from '../../support/fake-agent';
import { valuesOf } from '../../support/plan-rows';
import { person, planPath, RunsWorld } from '../../support/runs-world';
import { until } from '../../support/until';

const withPlan = (text: string, work: (world: RunsWorld) => Promise<void>): Promise<void> =>
  RunsWorld.with({ [planPath]: text }, work);

const claimed = `- [x] T01 Old work
  - check: check old
- [ ] T02 New work
  - check: check new
  - depends: T01
`;

function dispositions(world: RunsWorld): unknown[] {
  return valuesOf(world.store, 'SELECT says, disposition, disposed_by FROM claims ORDER BY id');
}

function decide(world: RunsWorld, action: 'accept' | 'skip' | 'reset', reason = 'So it is.') {
  return world.decide('T01', action, reason);
}

describe('what the file ticks before anybody has proven it', () => {
  it('is proven at the start, and what waits for it goes on', () =>
    withPlan(claimed, async (world) => {
      const execution = await world.carryOut();
      assert.equal(execution.state, 'completed');
      assert.deepEqual(world.statuses(), ['T01 proven', 'T02 proven']);
      assert.deepEqual(world.agent.begun, ['T02']);
      assert.deepEqual(dispositions(world), [
        { says: 'done', disposition: 'confirmed', disposed_by: 'engine' },
      ]);
    }));

  it('is refuted when its check fails, and a person is asked', () =>
    withPlan(claimed, async (world) => {
      world.checks.byCommand({ 'check old': 'failed' });
      const execution = await world.carryOut();
      assert.equal(execution.state, 'failed');
      assert.deepEqual(world.statuses(), ['T01 needs_attention', 'T02 pending']);
      assert.match(execution.message ?? '', /T01 \(needs attention\): check old failed\./);
      assert.deepEqual(world.agent.begun, []);
    }));

  it('stays a claim when nothing can prove it', () =>
    withPlan(claimed.replace('  - check: check old\n', ''), async (world) => {
      const execution = await world.carryOut();
      assert.equal(execution.state, 'failed');
      assert.deepEqual(world.statuses(), ['T01 claimed', 'T02 pending']);
      assert.match(execution.message ?? '', /nobody has proven or accepted/);
    }));

  it('is taken as it is when the person says so', () =>
    withPlan(claimed, async (world) => {
      world.checks.byCommand({ 'check old': 'failed' });
      const execution = await world.carryOut({ acceptClaims: true });
      assert.equal(execution.state, 'completed');
      assert.deepEqual(world.statuses(), ['T01 accepted', 'T02 proven']);
      assert.equal(execution.message, '1 proven, 1 accepted of 2.');
      assert.deepEqual(dispositions(world), [
        { says: 'done', disposition: 'accepted', disposed_by: person },
      ]);
    }));

  it('is judged first, and not run again, when it is asked for by name', () =>
    withPlan(claimed, async (world) => {
      const execution = await world.carryOut({ subtasks: ['T01'] });
      assert.equal(execution.state, 'completed');
      assert.deepEqual(world.statuses(), ['T01 proven', 'T02 pending']);
      assert.deepEqual(world.agent.begun, []);
    }));

  it('is run when it is asked for by name and cannot be proven', () =>
    withPlan(claimed, async (world) => {
      const answers: CheckOutcome[] = ['failed', 'passed', 'passed'];
      world.checks.answer = async () => checkResult(answers.shift() ?? 'passed');
      await world.carryOut({ subtasks: ['T01'] });
      assert.deepEqual(world.agent.begun, ['T01']);
      assert.deepEqual(world.statuses(), ['T01 proven', 'T02 pending']);
    }));
});

describe('asking for a subtask by name', () => {
  const text = '- [ ] T01 Work\n  - check: npm test\n';

  it('runs a failed one again, also when its attempts were used up', () =>
    withPlan(text, async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      for (let attempt = 1; attempt <= 4; attempt += 1) {
        await world.carryOut({ subtasks: ['T01'] });
        assert.deepEqual(world.statuses(), ['T01 failed']);
        assert.equal(world.run('T01').attempt, attempt);
      }
      world.checks.byCommand({});
      assert.equal((await world.carryOut({ subtasks: ['T01'] })).state, 'completed');
    }));

  it('does not run a failed one again when the whole plan is asked for', () =>
    withPlan(text, async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      await world.carryOut();
      const { state, message } = await world.carryOut();
      assert.equal(state, 'failed');
      assert.match(message ?? '', /T01 \(failed\)/);
      assert.equal(world.agent.begun.length, 1);
    }));

  it('means the first of an id that is used twice', () =>
    withPlan(`${text}- [ ] T01 Other work\n  - check: npm test\n`, async (world) => {
      const { service } = world.room;
      const { planId } = world.plan().entry;
      const { keys } = await service.preview({
        ...{ planId, subtasks: ['T01'], phases: null, agent: 'fake' },
      });
      const [first] = [...world.plan().subtasks.values()];
      assert.deepEqual([...keys], [first?.subtask_key]);
      assert.equal(first?.title, 'Work');
    }));

  it('says which one is unknown', () =>
    withPlan(text, (world) =>
      assert.rejects(world.start({ subtasks: ['T99'] }), /The plan has no subtask T99/),
    ));
});

describe('verifying again', () => {
  const text = '- [ ] T01 Work\n  - check: npm test\n';
  const verify = (world: RunsWorld) =>
    world.room.service.verify(world.plan().entry.planId, 'T01', person);

  const cases: readonly [SubtaskStatus, CheckOutcome, string][] = [
    ['pending', 'passed', 'proven'],
    ['claimed', 'passed', 'proven'],
    ['blocked', 'passed', 'proven'],
    ['needs_attention', 'passed', 'proven'],
    ['failed', 'passed', 'proven'],
    ['skipped', 'passed', 'proven'],
    ['cancelled', 'passed', 'proven'],
    ['done', 'passed', 'proven'],
    ['pending', 'failed', 'pending'],
    ['claimed', 'failed', 'needs_attention'],
    ['done', 'failed', 'needs_attention'],
    ['failed', 'failed', 'failed'],
    ['skipped', 'failed', 'skipped'],
    ['done', 'error', 'accepted'],
    ['claimed', 'skipped', 'claimed'],
  ];
  for (const [status, outcome, expected] of cases) {
    it(`leaves what is ${status} ${expected} when its check says ${outcome}`, () =>
      withPlan(text, async (world) => {
        await approve(world);
        world.store.connection.run(
          `UPDATE subtasks SET status = ?1, status_reason = 'so',
             proof = iif(?1 = 'done', 'accepted', NULL)`,
          status,
        );
        await world.startEngine();
        world.checks.byCommand({ 'npm test': outcome });
        await verify(world);
        await world.room.state.settled();
        assert.deepEqual(world.statuses(), [`T01 ${expected}`]);
        assert.equal((await world.read()).includes('[x]'), expected === 'proven');
        assert.equal(world.repository.branch.worktreeOf('verify').discarded, true);
      }));
  }

  for (const status of ['in_progress', 'in_review'] as const) {
    it(`is refused for what is ${status}`, () =>
      withPlan(text, async (world) => {
        await approve(world);
        world.store.connection.run('UPDATE subtasks SET status = ?', status);
        await world.startEngine();
        await assert.rejects(verify(world), (error) => RunsheetError.is(error, 'not_ready'));
      }));
  }

  it('runs no command that nobody approved', () =>
    withPlan(text, async (world) => {
      await assert.rejects(verify(world), (error) => RunsheetError.is(error, 'not_approved'));
      assert.deepEqual(world.checks.ran, []);
    }));
});

async function approve(world: RunsWorld): Promise<void> {
  const { planId } = world.plan().entry;
  const { commands } = await world.room.service.preview({
    ...{ planId, subtasks: null, phases: null, agent: 'fake' },
  });
  const hashes = commands.map(({ hash }) => hash);
  await world.room.service.approve(planId, hashes, person);
}

describe("a person's word", () => {
  const text = '- [ ] T01 Work\n  - check: npm test\n';

  it('accepts work that was not merged, and merges it', () =>
    withPlan(text, async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      await world.carryOut();
      await decide(world, 'accept');
      await world.room.state.settled();
      assert.deepEqual(world.statuses(), ['T01 accepted']);
      assert.deepEqual(world.repository.branch.merged, [world.run('T01').head_commit]);
      assert.equal(world.repository.branch.worktreeOf('T01').removed, true);
      assert.match(await world.read(), /\[x\] T01/);
    }));

  it('accepts what an interrupted run left, although nobody had committed it', () =>
    withPlan(text, async (world) => {
      world.agent.hold('T01');
      await world.start();
      await world.untilBegun('T01');
      await world.startEngine();
      assert.match(world.subtask('T01').status_reason ?? '', /accept what is there/);
      await decide(world, 'accept');
      await world.room.state.settled();
      assert.deepEqual(world.statuses(), ['T01 accepted']);
      assert.equal(world.repository.branch.merged.length, 1);
    }));

  it('accepts the commit of a run whose worktree is gone, however long ago that was', () =>
    withPlan(text, async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      await world.carryOut();
      const { id, head_commit: head } = world.run('T01');
      world.repository.branch.worktreeOf('T01').isGone = true;
      world.room.state.runs.delete(id);
      await decide(world, 'accept');
      assert.deepEqual(world.repository.branch.merged, [head]);
    }));

  it('merges nothing of a run that was stopped when the subtask is closed otherwise', () =>
    withPlan(text, async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      await world.room.service.stop({ executionId: execution.id }, person);
      hold.release();
      await world.ended(execution);
      await decide(world, 'accept');
      await world.room.state.settled();
      assert.deepEqual(world.statuses(), ['T01 accepted']);
      assert.deepEqual(world.repository.branch.merged, []);
    }));

  it('does not accept what conflicts, and says how to go on', () =>
    withPlan(text, async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      await world.carryOut();
      world.repository.branch.conflicts = ['src/a.ts'];
      await assert.rejects(
        decide(world, 'accept'),
        /conflicts .* in src\/a\.ts\. Merge .* by hand/,
      );
      await world.room.state.settled();
      assert.deepEqual(world.statuses(), ['T01 failed']);
    }));

  it('merges nothing when the subtask cannot be accepted', () =>
    withPlan(text, async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      await world.carryOut();
      await decide(world, 'skip');
      await world.room.state.settled();
      await assert.rejects(decide(world, 'accept'), (error) =>
        RunsheetError.is(error, 'invalid_transition'),
      );
      assert.deepEqual(world.repository.branch.merged, []);
    }));

  it('is refused while a run is going on', () =>
    withPlan(text, async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      await world.room.state.settled();
      for (const action of ['accept', 'skip', 'reset'] as const) {
        await assert.rejects(decide(world, action), (error) => RunsheetError.is(error));
      }
      hold.release();
      await world.ended(execution);
      assert.deepEqual(world.statuses(), ['T01 proven']);
    }));

  it('skips, and what depends on it goes on', () =>
    withPlan(`${text}- [ ] T02 Next\n  - check: npm test\n  - depends: T01\n`, async (world) => {
      await decide(world, 'skip');
      const execution = await world.carryOut();
      assert.equal(execution.state, 'completed');
      assert.deepEqual(world.statuses(), ['T01 skipped', 'T02 proven']);
      assert.match(await world.read(), /\[-\] T01/);
    }));

  it('resets what was proven, in the file, too', () =>
    withPlan(text, async (world) => {
      await world.carryOut();
      await until(() => world.subtask('T01').file_status === 'x');
      await decide(world, 'reset');
      await world.room.state.settled();
      assert.deepEqual(world.statuses(), ['T01 pending']);
      assert.equal(await world.read(), text);
    }));
});
