import assert from 'node:assert/strict';
import { RunsheetError, type ErrorCode } from '../../../src/model/errors';
import type { SubtaskStatus } from '../../../src/model/status';
import { escalations } from '../../../src/store/repositories/escalations';
import { rejections } from '../../../src/store/repositories/rejections';
import { routingRules, type RoutingRuleInput } from '../../../src/store/repositories/routing-rules';
import { runs } from '../../../src/store/repositories/runs';
import { specs } from '../../../src/store/repositories/specs';
import { subtasks, type SubtaskRow } from '../../../src/store/repositories/subtasks';
import { agentSpec } from '../../support/agent-specs';
import { InMemoryStore } from '../../support/in-memory-store';
import { count, dispatch, engine, person, rowOf, seed, valuesOf } from '../../support/plan-rows';

/** A plan of one subtask whose run has ended and whose work a person has accepted. */
class Work {
  runId = '';

  private constructor(
    readonly store: InMemoryStore,
    readonly planId: string,
    readonly subtaskId: string,
  ) {}

  static async with(act: (work: Work) => Promise<void>): Promise<void> {
    const store = await InMemoryStore.open();
    try {
      const { planId, subtaskId } = await seed(store);
      const work = new Work(store, planId, subtaskId);
      await work.redo();
      await act(work);
    } finally {
      await store.close();
    }
  }

  subtask(): Promise<SubtaskRow> {
    return rowOf(this.store, this.planId, 'T01');
  }

  reject(type = 'style', reason = 'Too long.', actor = person, attemptLimit = 3) {
    const input = { subtaskId: this.subtaskId, type, reason, gateDecisionId: null };
    return this.store.command(rejections.reject, { ...input, attemptLimit }, actor);
  }

  /** Runs it, and leaves it for a person. */
  async redo(): Promise<void> {
    const { id } = await dispatch(this.store, this.planId, this.subtaskId);
    this.runId = id;
    const subtask = { subtaskId: this.subtaskId, to: 'needs_attention' as const, reason: 'Look.' };
    const end = { runId: id, outcome: 'completed' as const, verdict: null, subtask };
    await this.store.command(runs.end, end, engine);
  }

  async accept(): Promise<void> {
    const input = { subtaskId: this.subtaskId, action: 'accept' as const, reason: 'Seen.' };
    await this.store.command(subtasks.decide, input, person);
  }

  route(values: Partial<RoutingRuleInput>) {
    const input = { planId: null, rejectionType: 'style', ...values };
    return this.store.command(routingRules.set, input, person);
  }

  held() {
    return this.store.query(rejections.ofSubtask, this.subtaskId);
  }
}

async function refused(code: ErrorCode, work: Promise<unknown>, message = /./): Promise<void> {
  await assert.rejects(work, (error) => {
    assert(RunsheetError.is(error, code), String(error));
    assert.match(error.message, message);
    return true;
  });
}

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

describe('an escalation', () => {
  async function escalated(work: Work): Promise<string> {
    await work.route({ maxRounds: 1 });
    const { escalationId } = await work.reject();
    return escalationId ?? '';
  }

  it('keeps its subtask from being dispatched, until it is resolved', () =>
    Work.with(async (work) => {
      const { store, subtaskId } = work;
      const id = await escalated(work);
      await refused('not_ready', dispatch(store, work.planId, subtaskId), /escalated/);
      const input = { id, resolution: 'Split the file.', again: true, attemptLimit: 3 };
      await store.command(escalations.resolve, input, person);
      const { status, next_run: next } = await work.subtask();
      assert.equal(status, 'pending');
      assert.equal(next?.continues, work.runId);
      assert.equal(next.guidance, 'Rejected (style): Too long.\nDecided: Split the file.');
      await dispatch(store, work.planId, subtaskId);
    }));

  it('may be resolved without another try, and can come again', () =>
    Work.with(async (work) => {
      const id = await escalated(work);
      const resolve = { resolution: 'I do it.', again: false, attemptLimit: null };
      const row = await work.store.command(escalations.resolve, { id, ...resolve }, person);
      assert.deepEqual(
        [row.status, row.resolution, row.resolved_by, row.acknowledged_by],
        ['resolved', 'I do it.', 'person:ada', 'person:ada'],
      );
      assert.equal((await work.subtask()).status, 'needs_attention');
      const { escalationId } = await work.reject();
      assert.notEqual(escalationId, null);
      assert.notEqual(escalationId, id);
      assert.equal((await work.store.query(escalations.recent, 10)).length, 2);
    }));

  it('is one while it is open, however often it is asked for', () =>
    Work.with(async (work) => {
      const id = await escalated(work);
      assert.equal((await work.reject()).escalationId, id);
      await work.store.command(escalations.acknowledge, id, person);
      assert.equal((await work.reject()).escalationId, id);
      const { acknowledged_by: by } = await work.store.query(escalations.byId, id);
      assert.equal(by, 'person:ada');
    }));

  it('is settled by a person’s word on the subtask, and by its end', () =>
    Work.with(async (work) => {
      const word = async (action: 'accept' | 'skip' | 'reset') => {
        const id = await escalated(work);
        const input = { subtaskId: work.subtaskId, action, reason: 'So be it.' };
        await work.store.command(subtasks.decide, input, person);
        const { status, resolution } = await work.store.query(escalations.byId, id);
        return [status, resolution];
      };
      assert.deepEqual(await word('reset'), ['resolved', 'Tried again. So be it.']);
      await work.redo();
      assert.deepEqual(await word('accept'), ['resolved', 'Accepted. So be it.']);
      const id = await escalated(work);
      const step = { subtaskId: work.subtaskId, to: 'cancelled' as const };
      await work.store.command(subtasks.step, step, engine);
      assert.equal((await work.store.query(escalations.byId, id)).status, 'cancelled');
    }));

  it('can be asked for by a person, and cancelled with a reason', () =>
    Work.with(async (work) => {
      await work.accept();
      const reset = { subtaskId: work.subtaskId, action: 'reset' as const, reason: '' };
      await work.store.command(subtasks.decide, reset, person);
      const input = { subtaskId: work.subtaskId, detail: 'Is it wanted?', to: 'person:grace' };
      const id = await work.store.command(escalations.byHand, input, person);
      assert.equal((await work.subtask()).status, 'needs_attention');
      await refused(
        'validation',
        work.store.command(escalations.cancel, { id, reason: '' }, person),
      );
      const row = await work.store.command(escalations.cancel, { id, reason: 'It is.' }, person);
      assert.deepEqual(
        [row.status, row.reason_code, row.resolution],
        ['cancelled', 'manual', 'It is.'],
      );
    }));

  it('is decided by people alone', () =>
    Work.with(async (work) => {
      const id = await escalated(work);
      const resolve = { id, resolution: 'x', again: true, attemptLimit: null };
      const { store } = work;
      await refused('forbidden', store.command(escalations.acknowledge, id, engine));
      await refused('forbidden', store.command(escalations.resolve, resolve, engine));
      await refused('forbidden', store.command(escalations.cancel, { id, reason: 'x' }, engine));
      const byHand = { subtaskId: work.subtaskId, detail: 'x', to: 'person' };
      await refused('forbidden', store.command(escalations.byHand, byHand, engine));
      assert.equal((await store.query(escalations.byId, id)).status, 'pending');
    }));
});

describe('a routing rule', () => {
  it('keeps what is not said, and takes what is usual for what was never said', () =>
    Work.with(async (work) => {
      const made = await work.route({ rejectionType: 'taste' });
      assert.deepEqual(
        [made.handlerKind, made.maxRounds, made.escalateTo, made.enabled, made.version],
        ['same_run', 3, 'person', true, 1],
      );
      const changed = await work.route({ rejectionType: 'taste', maxRounds: 5 });
      assert.deepEqual([changed.id, changed.maxRounds, changed.version], [made.id, 5, 2]);
      const told = valuesOf(
        work.store,
        "SELECT action, actor FROM journal WHERE entity = 'routing_rule' ORDER BY id",
      );
      assert.deepEqual(told, [
        { action: 'set', actor: 'person:ada' },
        { action: 'set', actor: 'person:ada' },
      ]);
    }));

  it('names a spec exactly when a spec handles it', () =>
    Work.with(async (work) => {
      await refused('validation', work.route({ handlerKind: 'agent_spec' }), /name of a spec/);
      await refused('validation', work.route({ handlerKind: 'person', handler: 'x' }), /no spec/);
      const unknown = work.route({ handlerKind: 'agent_spec', handler: 'nobody' });
      await refused('not_found', unknown, /no agent spec nobody/);
      const { store } = work;
      await refused(
        'not_found',
        store.command(routingRules.delete, { planId: null, rejectionType: 'x' }, person),
      );
      await refused(
        'forbidden',
        store.command(routingRules.set, { planId: null, rejectionType: 'x' }, engine),
      );
      assert.equal((await store.query(routingRules.all, undefined)).length, 7);
    }));
});
