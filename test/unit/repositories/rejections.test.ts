import assert from 'node:assert/strict';
import type { SubtaskStatus } from '../../../src/model/status';
import { escalations } from '../../../src/store/repositories/escalations';
import { rejections } from '../../../src/store/repositories/rejections';
import { routingRules } from '../../../src/store/repositories/routing-rules';
import { specs } from '../../../src/store/repositories/specs';
import { subtasks } from '../../../src/store/repositories/subtasks';
import { agentSpec } from '../../support/agent-specs';
import { refused } from '../../support/refused';
import { count, dispatch, engine, person } from '../../support/plan-rows';
import { Work } from '../../support/rejected-work';

describe('a rejection', () => {
  it('sends the work back to the same run, which is told what is wrong', () =>
    Work.with(async (work) => {
      await work.accept();
      const outcome = await work.reject('style', ' Too long. ');
      assert.deepEqual(
        [outcome.round, outcome.routedTo, outcome.status, outcome.escalationId],
        [1, 'same_run', 'pending', null],
      );
      assert.deepEqual((await work.subtask()).next_run, {
        ...{ because: 'route', specId: null, continues: work.runId, closeOut: false },
        ...{ notBefore: null, guidance: 'Rejected (style): Too long.' },
      });
      const [row] = await work.held();
      assert.deepEqual(
        [row?.run_id, row?.created_by, row?.reason, row?.resolution],
        [work.runId, 'person:ada', 'Too long.', null],
      );
    }));

  it('goes to the current revision of the spec that its rule names', () =>
    Work.with(async (work) => {
      await work.store.command(specs.put, { spec: agentSpec({ name: 'stylist' }) }, person);
      const spec = agentSpec({ name: 'stylist', objective: 'Make it look good.' });
      const { id } = await work.store.command(specs.put, { spec }, person);
      await work.route({ handlerKind: 'agent_spec', handler: 'stylist' });
      const { routedTo } = await work.reject();
      assert.equal(routedTo, 'agent_spec:stylist');
      assert.equal((await work.subtask()).next_run?.specId, id);
    }));

  it('goes to a person where the rule says so, or where its spec was retired', () =>
    Work.with(async (work) => {
      const { routedTo, status } = await work.reject('taste');
      assert.deepEqual([routedTo, status], ['person', 'needs_attention']);
      assert.equal((await work.subtask()).status_reason, 'Rejected (taste): Too long.');
      await work.store.command(specs.put, { spec: agentSpec({ name: 'stylist' }) }, person);
      await work.route({ handlerKind: 'agent_spec', handler: 'stylist' });
      await work.store.command(specs.retire, { name: 'stylist' }, person);
      assert.equal((await work.reject('style')).routedTo, 'person');
    }));

  it('goes by the plan’s own rule first, and by none that is off or deleted', () =>
    Work.with(async (work) => {
      await work.route({ planId: work.planId, handlerKind: 'person' });
      assert.equal((await work.reject()).routedTo, 'person');
      await work.route({ planId: work.planId, enabled: false });
      assert.equal((await work.reject()).routedTo, 'same_run');
      await work.redo();
      const own = { planId: work.planId, rejectionType: 'style' };
      await work.route({ ...own, enabled: true });
      await work.store.command(routingRules.delete, own, person);
      await work.route({ maxRounds: 9 });
      assert.equal((await work.reject()).routedTo, 'same_run');
    }));

  it('tells the next run all that is still held against the work', () =>
    Work.with(async (work) => {
      await work.reject('style', 'Too long.');
      await work.redo();
      await work.reject('scope', 'Too much.');
      assert.equal(
        (await work.subtask()).next_run?.guidance,
        'Rejected (style): Too long.\nRejected (scope): Too much.',
      );
    }));

  it('leaves room for an attempt where all are used up, by what the plan allows', () =>
    Work.with(async (work) => {
      await work.route({ maxRounds: 20 });
      for (const _ of [2, 3]) {
        await work.reject();
        await work.redo();
      }
      await work.reject('style', 'So.', person, 5);
      assert.equal((await work.subtask()).attempt_limit, null);
      work.store.connection.run('UPDATE subtasks SET attempt_limit = 4');
      await work.redo();
      await work.reject('style', 'So.', person, 4);
      assert.equal((await work.subtask()).attempt_limit, 5);
    }));

  it('is a person’s, with a reason', () =>
    Work.with(async (work) => {
      for (const actor of ['engine', `run:${work.runId}`, 'client:x'])
        await refused('forbidden', work.reject('style', 'No.', { actor }));
      await refused('validation', work.reject('style', ' '), /reason/);
      assert.equal(count(work.store, 'rejections'), 0);
    }));

  it('needs work that has ended', () =>
    Work.with(async (work) => {
      const { store, subtaskId } = work;
      for (const status of ['pending', 'skipped', 'blocked', 'cancelled'] as const) {
        const set =
          "UPDATE subtasks SET status = ?, status_reason = 'x', proof = NULL WHERE id = ?";
        store.connection.run(set, status, subtaskId);
        await refused('not_ready', work.reject(), /no work of T01/);
      }
      store.connection.run("UPDATE subtasks SET status = 'pending' WHERE id = ?", subtaskId);
      await dispatch(store, work.planId, subtaskId);
      await refused('not_ready', work.reject(), /going on/);
      assert.equal(count(store, 'rejections'), 0);
    }));

  it('is possible from every status that holds work', () =>
    Work.with(async (work) => {
      const { store, subtaskId } = work;
      const holding: SubtaskStatus[] = [
        'claimed',
        'in_review',
        'needs_attention',
        'failed',
        'done',
      ];
      await work.route({ maxRounds: 20 });
      await work.route({ rejectionType: 'scope', handlerKind: 'person', maxRounds: 20 });
      for (const status of holding) {
        for (const [type, to] of [
          ['style', 'pending'],
          ['scope', 'needs_attention'],
        ] as const) {
          store.connection.run(
            "UPDATE subtasks SET status = ?1, proof = iif(?1 = 'done', 'accepted', NULL) WHERE id = ?2",
            status,
            subtaskId,
          );
          assert.equal((await work.reject(type)).status, to, `${status}: ${type}`);
        }
      }
    }));
});

describe('the rejections of a subtask', () => {
  it('count by type while they are open, and the third one asks for a person', () =>
    Work.with(async (work) => {
      for (const round of [1, 2]) {
        assert.equal((await work.reject('style')).round, round);
        await work.redo();
      }
      assert.equal((await work.reject('scope')).round, 1);
      await work.redo();
      const third = await work.reject('style', 'Still too long.');
      assert.deepEqual([third.round, third.status], [3, 'needs_attention']);
      const [open] = await work.store.query(escalations.allOpen, undefined);
      assert.deepEqual(
        [open?.id, open?.reason_code, open?.rejection_id, open?.run_id, open?.escalated_to],
        [third.escalationId, 'rejections_exhausted', third.id, work.runId, 'person'],
      );
      assert.match(open?.detail ?? '', /Rejected 3 times for style: Still too long/);
      assert.equal((await work.subtask()).next_run, null);
      assert.deepEqual(await work.store.query(escalations.openOfPlan, work.planId), [
        work.subtaskId,
      ]);
    }));

  it('are too many at the round that the rule names, and go to whom it names', () =>
    Work.with(async (work) => {
      await work.route({ maxRounds: 1, escalateTo: 'person:grace' });
      const { escalationId, routedTo } = await work.reject();
      assert.notEqual(escalationId, null);
      assert.equal(routedTo, 'person:grace');
      const [open] = await work.store.query(escalations.allOpen, undefined);
      assert.equal(open?.escalated_to, 'person:grace');
    }));

  it('are too many at the workspace’s number where no rule has one', () =>
    Work.with(async (work) => {
      work.store.connection.run('UPDATE project_configuration SET max_rejection_rounds = 2');
      work.store.connection.run("UPDATE routing_rules SET deleted_at = 'then'");
      assert.equal((await work.reject('style')).escalationId, null);
      assert.notEqual((await work.reject('style')).escalationId, null);
      assert.equal((await work.route({ rejectionType: 'new' })).maxRounds, 2);
    }));

  it('are fixed by a proof, passed over by a person’s word, and count no more', () =>
    Work.with(async (work) => {
      await work.reject();
      await work.redo();
      await work.accept();
      await work.reject();
      await work.redo();
      const { store, subtaskId } = work;
      store.connection.run(
        `INSERT INTO verifications (id, subtask_id, validators, gate_mode, tree, requested_by,
           created_at) VALUES ('v', ?, '[]', 'all_pass', 'merged', 'engine', 'now')`,
        subtaskId,
      );
      const proof = { kind: 'proven' as const, verificationId: 'v' };
      await store.command(subtasks.step, { subtaskId, to: 'done', proof }, engine);
      assert.deepEqual(
        (await work.held()).map((row) => [row.round, row.resolution, row.resolved_by]),
        [
          [1, 'overridden', 'person:ada'],
          [1, 'fixed', 'engine'],
        ],
      );
    }));

  it('can be taken back once, and then there is nothing to mend', () =>
    Work.with(async (work) => {
      const { id } = await work.reject();
      const settle = (resolution: 'withdrawn' | 'overridden', reason = 'My mistake.') =>
        work.store.command(rejections.resolve, { id, resolution, reason }, person);
      await refused('validation', settle('withdrawn', ''), /reason/);
      await settle('withdrawn');
      assert.equal((await work.subtask()).next_run, null);
      await refused('not_ready', settle('overridden'), /withdrawn already/);
      await work.redo();
      assert.equal((await work.reject()).round, 1);
    }));
});
