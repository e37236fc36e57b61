import assert from 'node:assert/strict';
import { z } from 'zod';
import { completed, checkResult, held } from '../../support/fake-agent';
import { validatorRunner } from '../../support/check-context';
import { valuesOf } from '../../support/plan-rows';
import { person, planPath, RunsWorld } from '../../support/runs-world';
import { until } from '../../support/until';
import { RunsheetError, type ErrorCode } from '../../../src/model/errors';

const withPlan = (text: string, work: (world: RunsWorld) => Promise<void>): Promise<void> =>
  RunsWorld.with({ [planPath]: text }, work);

const rejectsWith = (work: Promise<unknown>, code: ErrorCode, message = /./) =>
  assert.rejects(work, (error) => RunsheetError.is(error, code) && message.test(error.message));

const two = '- [ ] T01 Work\n  - check: npm test\n  - check: npm run lint\n';

const verify = (world: RunsWorld, check?: string) =>
  world.room.service.verify(world.plan().entry.planId, 'T01', person, check);

const verificationRow = z.object({
  tree: z.string(),
  verdict: z.string().nullable(),
  commit_hash: z.string().nullable(),
  tree_hash: z.string().nullable(),
});
const recorded = (world: RunsWorld) =>
  world.store.connection.all(
    verificationRow,
    'SELECT tree, verdict, commit_hash, tree_hash FROM verifications ORDER BY id',
  );

/** Answers commands as told, and everything else as the product does. */
function answerAs(world: RunsWorld, outcomes: Record<string, 'passed' | 'failed'>): void {
  const real = validatorRunner();
  world.checks.answer = (validator, context, judges) => {
    if (validator.type !== 'test_pass') return real.run(validator, context, judges);
    const command = String(validator.config.command);
    return Promise.resolve(checkResult(outcomes[command] ?? 'passed', `${command}.`));
  };
}

describe('one check again', () => {
  it('is run alone, and proves nothing beside others', () =>
    withPlan(two, async (world) => {
      answerAs(world, { 'npm test': 'failed' });
      await world.carryOut();
      answerAs(world, {});
      const before = world.checks.ran.length;
      const result = await verify(world, 'npm run lint');
      assert.equal(result.verdict, 'passed');
      assert.equal(world.checks.ran.length - before, 1);
      assert.deepEqual(world.statuses(), ['T01 needs_attention']);
      assert.deepEqual(world.repository.branch.merged, []);
      assert.ok(!(await world.read()).includes('[x]'));
    }));

  it('that fails takes the proof from what is done', () =>
    withPlan(two, async (world) => {
      await world.carryOut();
      answerAs(world, { 'npm run lint': 'failed' });
      assert.equal((await verify(world, 'check-1')).verdict, 'passed');
      assert.deepEqual(world.statuses(), ['T01 proven']);
      await verify(world, 'check-2');
      await world.room.state.settled();
      assert.deepEqual(world.statuses(), ['T01 needs_attention']);
    }));

  it('refutes nothing that did not have to pass', () =>
    withPlan(`${two}  - accept: any\n`, async (world) => {
      await world.carryOut();
      answerAs(world, { 'npm run lint': 'failed' });
      await verify(world, 'npm run lint');
      await world.room.state.settled();
      assert.deepEqual(world.statuses(), ['T01 proven']);
    }));

  it('proves when it is the only one', () =>
    withPlan('- [ ] T01 Work\n  - check: npm test\n', async (world) => {
      answerAs(world, { 'npm test': 'failed' });
      await world.carryOut();
      answerAs(world, {});
      await verify(world, 'npm test');
      await world.room.state.settled();
      assert.deepEqual(world.statuses(), ['T01 proven']);
    }));

  it('names those that there are when it is none of them', () =>
    withPlan(two, async (world) => {
      await world.carryOut();
      await rejectsWith(verify(world, 'nope'), 'not_found', /check-1 \(npm test\)/);
    }));
});

describe('verifying work that a run has left', () => {
  it('closes nothing that is being run again by the time it passes', () =>
    withPlan('- [ ] T01 Work\n  - check: npm test\n', async (world) => {
      answerAs(world, { 'npm test': 'failed' });
      await world.carryOut();
      assert.deepEqual(world.statuses(), ['T01 failed']);
      const [checking, released] = [held(), held()];
      world.checks.answer = async () => {
        checking.open();
        await released.opened;
        return checkResult('passed');
      };
      const verifying = verify(world);
      await checking.opened;
      const hold = world.agent.hold('T01');
      const execution = await world.start({ subtasks: ['T01'] });
      await until(() => world.agent.begun.length === 2, 'the run');
      released.open();
      await rejectsWith(verifying, 'version_conflict', /in progress/);
      await world.room.state.settled();
      assert.deepEqual(world.statuses(), ['T01 in_progress']);
      hold.release();
      assert.equal((await world.ended(execution)).state, 'completed');
    }));

  it('merges it and proves it when its checks pass on the merge', () =>
    withPlan(two, async (world) => {
      answerAs(world, { 'npm test': 'failed' });
      await world.carryOut();
      assert.deepEqual(world.statuses(), ['T01 needs_attention']);
      const { branch } = world.repository;
      await verify(world);
      assert.deepEqual(branch.merged, []);
      answerAs(world, {});
      assert.equal((await verify(world)).verdict, 'passed');
      await world.room.state.settled();
      assert.deepEqual(world.statuses(), ['T01 proven']);
      assert.deepEqual(branch.merged, [world.run('T01').head_commit]);
      assert.equal(branch.worktreeOf('T01').removed, true);
      assert.match(await world.read(), /\[x\] T01/);
      const last = recorded(world).at(-1);
      const head = await branch.head();
      assert.deepEqual([last?.tree, last?.verdict, last?.commit_hash], ['merged', 'passed', head]);
    }));

  it('gives its checks the change that the run has made', () =>
    withPlan('- [ ] T01 Work\n  - check: npm test\n  - check: changes\n', async (world) => {
      answerAs(world, { 'npm test': 'failed' });
      await world.carryOut();
      answerAs(world, {});
      assert.equal((await verify(world)).verdict, 'passed');
    }));

  it('leaves alone what an agent had not finished', () =>
    withPlan(two, async (world) => {
      world.agent.script('T01', async () => ({ kind: 'timed_out', which: 'total' }));
      await world.carryOut();
      await verify(world);
      assert.deepEqual(world.repository.branch.merged, []);
    }));
});

describe('a verification', () => {
  it('records which files it judged, in the worktree and merged', () =>
    withPlan(two, async (world) => {
      await world.carryOut();
      const [first, second] = recorded(world);
      const { head_commit: head, merge_commit: merge } = world.run('T01');
      assert.deepEqual([first?.tree, first?.tree_hash], ['worktree', head]);
      assert.equal(second?.tree, 'merged');
      assert.equal(second.tree_hash, await world.repository.branch.treeOf(merge ?? ''));
    }));

  it('of a claim knows of no change, so that nothing about one passes', () =>
    withPlan('- [x] T01 Work\n  - check: changes\n  - check: forbid /x/\n', async (world) => {
      answerAs(world, {});
      await world.carryOut();
      assert.deepEqual(world.statuses(), ['T01 claimed']);
      const outcomes = valuesOf(world.store, 'SELECT outcome FROM check_results ORDER BY ordinal');
      assert.deepEqual(outcomes, [{ outcome: 'skipped' }, { outcome: 'skipped' }]);
    }));

  it('keeps its engine, until it has ended', () =>
    withPlan(two, async (world) => {
      await world.carryOut();
      const gate = held();
      world.checks.answer = () => gate.opened.then(() => checkResult('passed'));
      let rests = 0;
      world.room.executor.onRest(() => (rests += 1));
      const before = world.checks.ran.length;
      const verifying = verify(world);
      await until(() => world.checks.ran.length > before);
      assert.equal(world.room.executor.isBusy(), true);
      gate.open();
      await verifying;
      assert.equal(world.room.executor.isBusy(), false);
      assert.ok(rests > 0);
    }));

  it('can be stopped, and says then nothing', () =>
    withPlan(two, async (world) => {
      await world.carryOut();
      world.checks.answer = (_validator, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(checkResult('skipped')));
        });
      const before = world.checks.ran.length;
      const verifying = verify(world);
      await until(() => world.checks.ran.length > before);
      const { planId } = world.plan().entry;
      const desk = world.room.verifications;
      assert.equal(await desk.stop(planId, 'another'), 0);
      assert.equal(await desk.stop(planId, world.subtask('T01').id), 1);
      assert.equal((await verifying).verdict, 'unverified');
      assert.deepEqual(world.statuses(), ['T01 proven']);
      assert.equal(world.repository.branch.worktreeOf('verify').discarded, true);
      assert.equal(world.room.executor.isBusy(), false);
    }));

  it('is refused once the engine is about to end', () =>
    withPlan(two, async (world) => {
      await world.carryOut();
      await world.room.executor.abandon();
      await rejectsWith(verify(world), 'unavailable');
    }));
});

describe('a manual check', () => {
  const text = '- [ ] T01 Work\n  - check: npm test\n  - check: confirm: The page is blue.\n';
  const confirm = (world: RunsWorld, holds: boolean, actor = person) =>
    world.room.verifications.confirm(
      world.subtask('T01'),
      'The page is blue.',
      { holds, note: 'Seen.' },
      actor,
    );

  it('keeps a subtask open until a person has said so, and counts then for the same files', () =>
    withPlan(text, async (world) => {
      answerAs(world, {});
      await world.carryOut();
      assert.deepEqual(world.statuses(), ['T01 needs_attention']);
      assert.match(world.subtask('T01').status_reason ?? '', /The page is blue\./);
      assert.equal((await verify(world)).verdict, 'unverified');
      await confirm(world, true);
      const result = await verify(world);
      assert.equal(result.verdict, 'passed');
      await world.room.state.settled();
      assert.deepEqual(world.statuses(), ['T01 proven']);
      const word = result.results[1]?.result;
      assert.equal(word?.details['by'], person);
      assert.match(word.message, /^ada confirmed.*Seen\./);
    }));

  it('says nothing of other files', () =>
    withPlan(text, async (world) => {
      answerAs(world, {});
      await world.carryOut();
      await confirm(world, true);
      world.repository.branch.worktreeOf('T01').changed = ['src/b.ts'];
      assert.equal((await verify(world)).verdict, 'unverified');
    }));

  it('fails when the person denies it; the last word counts', () =>
    withPlan(text, async (world) => {
      answerAs(world, {});
      await world.carryOut();
      await confirm(world, true);
      await confirm(world, false);
      const result = await verify(world);
      assert.equal(result.verdict, 'partial');
      assert.deepEqual(world.repository.branch.merged, []);
    }));

  it('takes the word of people only, and only once it was asked', () =>
    withPlan(text, async (world) => {
      await rejectsWith(confirm(world, true), 'not_found', /Verify it first/);
      answerAs(world, {});
      await world.carryOut();
      await rejectsWith(confirm(world, true, 'run:1'), 'forbidden');
      assert.deepEqual(valuesOf(world.store, 'SELECT id FROM confirmations'), []);
    }));
});

describe('the review of a second agent', () => {
  const text = '- [ ] T01 Work\n  - check: npm test\n  - check: review: Names are plain.\n';

  /** Works at first, and answers in reviews with `answer`. */
  function reviewing(world: RunsWorld, answer: string, during: () => void = () => undefined): void {
    answerAs(world, {});
    world.agent.script('T01', async (task, host) => {
      if (!task.prompt.startsWith('# Review')) return completed;
      during();
      await host.onEvent({ type: 'message', role: 'assistant', text: answer });
      return completed;
    });
  }
  const holds = (one: boolean) =>
    JSON.stringify({ criteria: [{ number: 1, holds: one, reason: 'Read them.' }] });

  it('counts beside another check', () =>
    withPlan(text, async (world) => {
      reviewing(world, `I looked.\n${holds(true)}`);
      await world.carryOut();
      assert.deepEqual(world.statuses(), ['T01 proven']);
      const reviews = world.agent.tasks.filter(({ prompt }) => prompt.startsWith('# Review'));
      assert.equal(reviews.length, 2);
      assert.match(reviews[0]?.prompt ?? '', /1\. Names are plain\./);
    }));

  it('fails the subtask by what does not hold', () =>
    withPlan(text, async (world) => {
      reviewing(world, holds(false));
      await world.carryOut();
      assert.notDeepEqual(world.statuses(), ['T01 proven']);
      assert.deepEqual(world.repository.branch.merged, []);
    }));

  it('is void when the reviewer changed a file', () =>
    withPlan(text, async (world) => {
      let files = 1;
      reviewing(world, holds(true), () => (files += 1));
      await world.start().then(async (execution) => {
        world.repository.branch.snapshots = () => String(files).padStart(40, '0');
        await world.ended(execution);
      });
      assert.notDeepEqual(world.statuses(), ['T01 proven']);
      const [row] = valuesOf(
        world.store,
        "SELECT outcome, message FROM check_results WHERE validator_type = 'agent_review'",
      );
      assert.match(JSON.stringify(row), /"error".*changed files/);
    }));

  it('proves nothing alone, unless the plan says so', () =>
    withPlan('- [ ] T01 Work\n  - check: review: Names are plain.\n', async (world) => {
      reviewing(world, holds(true));
      await world.carryOut();
      assert.deepEqual(world.statuses(), ['T01 needs_attention']);
      assert.match(world.subtask('T01').status_reason ?? '', /Only another agent/);
      const check = { criteria: ['Names are plain.'], alone: true };
      await world.edit(
        `- [ ] T01 Work\n  - check: ${JSON.stringify({ type: 'agent_review', config: check })}\n`,
      );
      assert.equal((await verify(world)).verdict, 'passed');
    }));

  it('is run after all other checks, which judge what the work has left', () =>
    withPlan(
      '- [ ] T01 Work\n  - check: review: Names are plain.\n  - check: npm test\n',
      async (world) => {
        reviewing(world, holds(true));
        await world.carryOut();
        const types = world.checks.ran.map(({ validator }) => validator.type);
        assert.deepEqual(types.slice(0, 2), ['test_pass', 'agent_review']);
        const rows = valuesOf(
          world.store,
          'SELECT validator_type FROM check_results ORDER BY verification_id, ordinal LIMIT 2',
        );
        assert.deepEqual(rows, [
          { validator_type: 'agent_review' },
          { validator_type: 'test_pass' },
        ]);
      },
    ));
});
