import assert from 'node:assert/strict';
import { escalations } from '../../../src/store/repositories/escalations';
import { routingRules } from '../../../src/store/repositories/routing-rules';
import { subtasks } from '../../../src/store/repositories/subtasks';
import { refused } from '../../support/refused';
import { dispatch, engine, person, valuesOf } from '../../support/plan-rows';
import { Work } from '../../support/rejected-work';

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

  it('of work that goes on has it tried again only when its run has ended', () =>
    Work.with(async (work) => {
      const { store, subtaskId } = work;
      const reset = { subtaskId, action: 'reset' as const, reason: '' };
      await store.command(subtasks.decide, reset, person);
      await dispatch(store, work.planId, subtaskId);
      const ask = { subtaskId, detail: 'Who knows this?', to: 'person' };
      const id = await store.command(escalations.byHand, ask, person);
      const input = { id, resolution: 'I do.', again: true, attemptLimit: 3 };
      await refused('not_ready', store.command(escalations.resolve, input, person));
      assert.equal((await work.subtask()).status, 'in_progress');
      await store.command(escalations.resolve, { ...input, again: false }, person);
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
