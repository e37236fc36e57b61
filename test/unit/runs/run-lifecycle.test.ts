import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { AgentOutcome } from '../../../src/agents/agent';
import { RunsheetError } from '../../../src/model/errors';
import { verifications } from '../../../src/store/repositories/verifications';
import { checkResult, completed, question } from '../../support/fake-agent';
import { person, planPath } from '../../support/runs-world';
import { until } from '../../support/until';
import { plan, withPlan, endOf, typesOf, attempts, merged } from '../../support/one-run';

describe('a run', () => {
  it('is proven by the checks on the merged tree', () =>
    withPlan(async (world) => {
      const execution = await world.carryOut();
      assert.equal(execution.state, 'completed');
      const { outcome, verdict, proof } = endOf(world);
      assert.deepEqual([outcome, verdict, proof], ['completed', 'passed', 'proven']);
      const records = await world.store.query(verifications.ofRun, world.run('T01').id);
      assert.deepEqual(
        records.map(({ verification }) => [verification.tree, verification.verdict]),
        [
          ['worktree', 'passed'],
          ['merged', 'passed'],
        ],
      );
      const proving = world.store.connection.get(
        z.object({ id: z.string() }),
        'SELECT proven_verification_id AS id FROM subtasks',
      );
      assert.equal(proving?.id, records[1]?.verification.id);
      assert.equal(merged(world), 1);
      assert.equal(world.repository.branch.worktreeOf('T01').removed, true);
      assert.equal(await world.read(), plan.replace('[ ]', '[x]'));
    }));

  it('tells its story in order', () =>
    withPlan(async (world) => {
      await world.carryOut();
      assert.deepEqual(await typesOf(world), [
        'dispatched',
        'worktree_opened',
        'started',
        'turn_complete',
        'commit_created',
        'verification_started',
        'acceptance_check',
        'verification_ended',
        'merge_started',
        'verification_started',
        'acceptance_check',
        'verification_ended',
        'merged',
        'completed',
      ]);
    }));

  it('records worktree and marker before anything is started', () =>
    withPlan(async (world) => {
      let row: unknown = null;
      world.agent.script('T01', async ({ runId }) => {
        row = world.store.connection.get(
          z.object({ state: z.string(), worktree_path: z.string(), process_marker: z.string() }),
          'SELECT state, worktree_path, process_marker FROM runs WHERE id = ?',
          runId,
        );
        return completed;
      });
      await world.carryOut();
      assert.deepEqual(row, {
        state: 'running',
        worktree_path: world.repository.branch.worktreeOf('T01').path,
        process_marker: world.run('T01').id,
      });
    }));

  it('fails when a check fails in its worktree, and nothing is merged', () =>
    withPlan(async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      const execution = await world.carryOut();
      assert.equal(execution.state, 'failed');
      const { outcome, verdict, status, reason } = endOf(world);
      assert.deepEqual([outcome, verdict, status], ['completed', 'failed', 'failed']);
      assert.equal(reason, 'npm test failed.');
      assert.equal(merged(world), 0);
      assert.equal(world.repository.branch.worktreeOf('T01').removed, false);
      assert.equal(await world.read(), plan);
    }));

  it('is not merged when the checks fail on the merged tree', () =>
    withPlan(async (world) => {
      world.checks.answer = async (_validator, { directory }) =>
        checkResult(directory === world.repository.branch.path ? 'failed' : 'passed', 'said so');
      await world.carryOut();
      const { outcome, verdict, status, reason } = endOf(world);
      assert.deepEqual([outcome, verdict, status], ['completed', 'failed', 'needs_attention']);
      assert.match(reason, /Merged into the plan's branch, the checks do not pass: said so/);
      assert.equal(merged(world), 0);
    }));

  it('needs a person when its merge conflicts', () =>
    withPlan(async (world) => {
      const execution = await world.start();
      world.repository.branch.conflicts = ['src/a.ts'];
      await world.ended(execution);
      const { code, verdict, status, reason } = endOf(world);
      assert.deepEqual(
        [code, verdict, status],
        ['merge_conflict', 'unverified', 'needs_attention'],
      );
      assert.match(reason, /conflicts with the plan's branch in src\/a\.ts/);
    }));

  it('is unverified without a check, and needs a person', () =>
    withPlan(async (world) => {
      await world.carryOut();
      const { verdict, status, reason } = endOf(world);
      assert.deepEqual([verdict, status], ['unverified', 'needs_attention']);
      assert.match(reason, /no checks/);
      assert.equal(merged(world), 0);
    }, '# Demo\n\n- [ ] T01 Build it\n'));

  it('merges nothing when the agent changed nothing, but is judged on the tree', () =>
    withPlan(async (world) => {
      world.agent.script('T01', async () => {
        world.repository.branch.worktreeOf('T01').changed = [];
        return completed;
      });
      await world.carryOut();
      assert.equal(endOf(world).proof, 'proven');
      assert.equal(merged(world), 0);
    }));

  const failures: readonly [AgentOutcome, { status: string; counts: number; code: string }][] = [
    [
      { kind: 'failed', code: 'exit_code', message: 'ended with 2', exitCode: 2 },
      { status: 'failed', counts: 1, code: 'exit_code' },
    ],
    [
      { kind: 'failed', code: 'not_installed', message: 'no such program', exitCode: null },
      { status: 'pending', counts: 0, code: 'not_installed' },
    ],
    [
      { kind: 'failed', code: 'launch', message: 'no permission', exitCode: null },
      { status: 'pending', counts: 0, code: 'launch' },
    ],
  ];
  for (const [outcome, expected] of failures) {
    it(`is failed by its agent: ${expected.code}`, () =>
      withPlan(async (world) => {
        world.agent.script('T01', async () => outcome);
        const row = await world.start();
        await world.settled(() => (world.execution(row).message ?? '') !== '');
        const end = endOf(world);
        assert.deepEqual({ status: end.status, counts: attempts(world), code: end.code }, expected);
        assert.deepEqual([end.outcome, end.verdict], ['failed', null]);
        assert.equal(world.checks.ran.length, 0);
      }));
  }

  it('never passes when its agent ran out of time, whatever the checks say', () =>
    withPlan(async (world) => {
      world.agent.script('T01', async () => ({ kind: 'timed_out', which: 'silence' }));
      await world.carryOut();
      const { outcome, verdict, status, reason } = endOf(world);
      assert.deepEqual([outcome, verdict, status], ['timed_out', 'partial', 'needs_attention']);
      assert.match(reason, /no sign of life/);
      assert.equal(merged(world), 0);
    }));

  it('never passes when its agent was denied what it asked for', () =>
    withPlan(async (world) => {
      world.agent.script('T01', async () => ({ ...completed, permissionDenials: 1 }));
      await world.carryOut();
      const { outcome, verdict, status } = endOf(world);
      assert.deepEqual([outcome, verdict, status], ['completed', 'partial', 'needs_attention']);
      assert.equal(merged(world), 0);
    }));

  it('ends as failed, with the reason and no attempt used, when something breaks inside', () =>
    withPlan(async (world) => {
      world.agent.script('T01', async () => {
        throw new Error('the agent room broke');
      });
      await world.carryOut();
      const { outcome, code, status, reason } = endOf(world);
      assert.deepEqual([outcome, code, status], ['failed', 'internal', 'needs_attention']);
      assert.match(reason, /the agent room broke/);
      assert.equal(attempts(world), 0);
      assert.match(world.logged.join('\n'), /failed inside/);
    }));

  it('tells the way out of a worktree that could not be made', () =>
    withPlan(async (world) => {
      const execution = await world.start();
      world.repository.branch.openError = new RunsheetError('read_only', 'No room in there.');
      await world.ended(execution);
      const { outcome, code, reason } = endOf(world);
      assert.deepEqual([outcome, code, reason], ['failed', 'read_only', 'No room in there.']);
    }));

  it('keeps what the agent ticked in the plan as its word, and does not merge it', () =>
    withPlan(async (world) => {
      world.agent.script('T01', async ({ worktree }) => {
        world.repository.branch.worktreeOf('T01').changed = [planPath];
        await writeFile(join(worktree, planPath), plan.replace('[ ]', '[x]'));
        return completed;
      });
      world.checks.byCommand({ 'npm test': 'failed' });
      await world.carryOut();
      const claim = world.store.connection.get(
        z.object({ source: z.string(), says: z.string(), disposition: z.string() }),
        'SELECT source, says, disposition FROM claims',
      );
      assert.deepEqual(claim, { source: 'agent', says: 'done', disposition: 'open' });
      assert.equal(endOf(world).status, 'failed');
      assert.equal(merged(world), 0);
    }));

  it('goes on when an unanswered permission request has expired', () =>
    withPlan(async (world) => {
      world.agent.script('T01', async (_task, host) => {
        const expiry = new AbortController();
        const answer = host.onPermission(question({ summary: 'Write?' }), expiry.signal);
        await until(() => world.room.state.permissions.length === 1);
        expiry.abort('expired');
        assert.equal(await answer, null);
        return completed;
      });
      await world.carryOut();
      const { code, outcome, proof } = endOf(world);
      assert.deepEqual([code, outcome, proof], [null, 'completed', 'proven']);
    }));

  it('waits for a person while its agent asks, and gets the answer', () =>
    withPlan(async (world) => {
      let answer: string | null = null;
      world.agent.script('T01', async (_task, host, signal) => {
        const option = { id: 'yes', name: 'Allow', kind: 'allow_once' as const };
        answer = await host.onPermission(question({ options: [option] }), signal);
        return completed;
      });
      const execution = await world.start();
      await until(() => world.room.state.permissions.length === 1);
      await world.room.state.settled();
      assert.equal(world.run('T01').state, 'waiting');
      const id = world.room.state.permissions[0]?.id ?? '';
      await assert.rejects(world.room.desk.answer(id, 'maybe', person), /offers: yes/);
      await world.room.desk.answer(id, 'yes', person);
      await world.ended(execution);
      assert.equal(answer, 'yes');
      assert.equal(endOf(world).proof, 'proven');
      await assert.rejects(world.room.desk.answer(id, 'yes', person), /answered already/);
    }));
});

describe('secrets', () => {
  const secret = 'hunter2hunter2';
  const masked = 'token=••••••';

  it('are masked in why a run ended', () =>
    withPlan(async (world) => {
      const message = `It said: token=${secret}`;
      world.agent.script('T01', async () => {
        return { kind: 'failed', code: 'exit_code', message, exitCode: 1 };
      });
      await world.carryOut();
      const { error, reason } = endOf(world);
      assert.deepEqual([error, reason], [`It said: ${masked}`, `It said: ${masked}`]);
    }));

  it('are masked in what an agent asks', () =>
    withPlan(async (world) => {
      world.agent.script('T01', async (_task, host, signal) => {
        const summary = `Run login token=${secret}`;
        await host.onPermission(question({ summary }), signal);
        return { kind: 'cancelled' };
      });
      const execution = await world.start();
      await until(() => world.room.state.permissions.length === 1);
      assert.equal(world.room.state.permissions[0]?.summary, `Run login ${masked}`);
      await world.room.service.stop({ executionId: execution.id }, person);
    }));
});
