import assert from 'node:assert/strict';
import { gates } from '../../../src/store/repositories/gates';
import { phases } from '../../../src/store/repositories/phases';
import { plans } from '../../../src/store/repositories/plans';
import { rejections } from '../../../src/store/repositories/rejections';
import { specs } from '../../../src/store/repositories/specs';
import { subtasks } from '../../../src/store/repositories/subtasks';
import { triggers } from '../../../src/store/repositories/triggers';
import { agentSpec } from '../../support/agent-specs';
import { refused } from '../../support/refused';
import { engine, person, rowOf, valuesOf } from '../../support/plan-rows';
import { w1, w4, Workflows } from '../../support/workflows';

describe('a trigger', () => {
  it('fires when its plan is completed, once each time', () =>
    Workflows.with(async (flows) => {
      await flows.set({});
      await flows.complete(flows.w4, 'proven');
      assert.deepEqual(await flows.states(), []);
      await flows.complete(flows.w1, 'proven');
      const [first] = await flows.firings();
      assert.deepEqual(
        [first?.state, first?.chain_position, first?.chain_id, first?.parent_firing_id],
        ['waiting', 1, first?.id, null],
      );
      assert.match(first?.cause_key ?? '', new RegExp(`^plan:${flows.w1}:on_complete:\\d+$`));
      await flows.store.command(plans.step, { planId: flows.w1, to: 'completed' }, engine);
      assert.equal((await flows.firings()).length, 1);
      await flows.complete(flows.w1, 'proven');
      assert.equal((await flows.firings()).length, 2);
    }));

  it('takes a person’s word for complete only when it is told to', () =>
    Workflows.with(async (flows) => {
      await flows.set({ name: 'strict' });
      await flows.set({ name: 'lenient', config: { accepted: true } });
      await flows.set({ name: 'subtask', source: { kind: 'subtask', ref: `${w1}#T01` } });
      await flows.complete(flows.w1, 'accepted');
      const all = await flows.store.query(triggers.recentFirings, 10);
      assert.deepEqual(
        all.map(({ trigger }) => trigger.name),
        ['lenient'],
      );
    }));

  it('follows any plan, one by path or id, or all of a workflow type', () =>
    Workflows.with(async (flows) => {
      await flows.set({ name: 'any', source: { kind: 'plan' } });
      await flows.set({ name: 'id', source: { kind: 'plan', ref: flows.w4 } });
      await flows.set({ name: 'type', source: { kind: 'plan', ref: 'w4_playtesting' } });
      const type = { planId: flows.w4, type: 'w4_playtesting' };
      await flows.store.command(plans.setWorkflow, type, person);
      await flows.complete(flows.w4, 'proven');
      await flows.complete(flows.w1, 'proven');
      const all = await flows.store.query(triggers.recentFirings, 10);
      assert.deepEqual(all.map(({ trigger }) => trigger.name).sort(), ['any', 'any', 'id', 'type']);
    }));

  it('follows phases, subtasks and gates, and what happens to them', () =>
    Workflows.with(async (flows) => {
      const { store } = flows;
      const on = (kind: string, fires: string, ref: string | null) =>
        flows.set({ name: `${kind} ${fires}`, source: { kind, ref }, fires_on: fires });
      await on('phase', 'on_complete', `${w1}#p`);
      await on('subtask', 'on_complete', `${w1}#T01`);
      await on('subtask', 'on_fail', await flows.subtask());
      await on('subtask', 'on_reject', null);
      await on('gate', 'on_approve', `${w1}#g`);
      await on('gate', 'on_reject', null);
      const fired = async () => {
        const all = await store.query(triggers.recentFirings, 1);
        return all[0]?.trigger.name;
      };
      const subtaskId = await flows.subtask();
      const step = (to: 'in_progress' | 'failed') =>
        store.command(subtasks.step, { subtaskId, to }, engine);
      await step('in_progress');
      await step('failed');
      assert.equal(await fired(), 'subtask on_fail');
      const rejection = { subtaskId, type: 'style', reason: 'No.', gateDecisionId: null };
      await store.command(rejections.reject, { ...rejection, attemptLimit: 3 }, person);
      assert.equal(await fired(), 'subtask on_reject');
      await flows.prove(subtaskId);
      const both = await store.query(triggers.recentFirings, 2);
      assert.deepEqual(both.map(({ trigger }) => trigger.name).sort(), [
        'phase on_complete',
        'subtask on_complete',
      ]);
      const [{ id: gateId } = { id: '' }] = await store.query(gates.ofPlan, flows.w1);
      const decide = (decision: 'approve' | 'reject' | 'reopen') =>
        store.command(gates.decide, { gateId, decision, reason: 'So.' }, person);
      await store.command(gates.openByHand, gateId, person);
      await decide('reject');
      assert.equal(await fired(), 'gate on_reject');
      await decide('reopen');
      await decide('approve');
      assert.equal(await fired(), 'gate on_approve');
      assert.equal((await store.query(phases.ofPlan, flows.w1))[0]?.status, 'done');
    }));

  it('does not fire while it is switched off, nor after it was deleted', () =>
    Workflows.with(async (flows) => {
      await flows.set({ enabled: false });
      await flows.complete(flows.w1, 'proven');
      assert.deepEqual(await flows.states(), []);
      await refused('not_ready', flows.store.command(triggers.fire, 't', person), /switched off/);
      await flows.set({ enabled: true });
      await flows.complete(flows.w1, 'proven');
      await flows.store.command(triggers.delete, 't', person);
      await flows.complete(flows.w1, 'proven');
      const [waiting, ...more] = await flows.firings();
      assert.deepEqual(
        [waiting?.state, waiting?.message],
        ['declined', 'The trigger was deleted.'],
      );
      assert.deepEqual(more, []);
      assert.deepEqual(await flows.store.query(triggers.all, undefined), []);
      await flows.set({});
    }));

  it('waits for a person unless it needs none', () =>
    Workflows.with(async (flows) => {
      await flows.set({ name: 'asks' });
      await flows.set({ name: 'by itself', needs_confirmation: false });
      await flows.complete(flows.w1, 'proven');
      const due = await flows.store.query(triggers.due, undefined);
      assert.deepEqual(
        due.map(({ trigger }) => trigger.name),
        ['by itself'],
      );
      const waiting = await flows.store.query(triggers.waiting, undefined);
      assert.deepEqual(
        waiting.map(({ trigger }) => trigger.name),
        ['asks'],
      );
      const id = due[0]?.firing.id ?? '';
      await flows.store.command(triggers.hold, { id, message: 'Approve it first.' }, engine);
      assert.deepEqual(await flows.store.query(triggers.due, undefined), []);
      assert.equal((await flows.store.query(triggers.waiting, undefined)).length, 2);
    }));

  it('that somebody else has made always asks here', () =>
    Workflows.with(async (flows) => {
      await flows.set({ needs_confirmation: false });
      await flows.store.command(triggers.askAlways, undefined, engine);
      const [row] = await flows.store.query(triggers.all, undefined);
      assert.equal(row?.needs_confirmation, true);
    }));
});

describe('a chain of triggers', () => {
  it('goes on from what a firing started, and is cut when it comes round', () =>
    Workflows.with(async (flows) => {
      await flows.set({ name: 'w1-w4', needs_confirmation: false });
      const back = { source: { kind: 'plan', ref: w4 }, target: w1 };
      await flows.set({ name: 'w4-w1', ...back });
      await flows.complete(flows.w1, 'proven');
      const [first] = await flows.firings();
      await flows.complete(flows.w4, 'proven', first?.id);
      const [, second] = await flows.firings();
      assert.deepEqual(
        [second?.chain_id, second?.parent_firing_id, second?.chain_position, second?.state],
        [first?.id, first?.id, 2, 'waiting'],
      );
      await flows.complete(flows.w1, 'proven', second?.id);
      const [, , third] = await flows.firings();
      assert.equal(third?.state, 'refused_cycle');
      assert.match(third.message ?? '', /w1-w4 has fired in this chain already/);
    }));

  it('is no longer than the trigger allows', () =>
    Workflows.with(async (flows) => {
      await flows.set({ name: 'w1-w4' });
      const back = { source: { kind: 'plan', ref: w4 }, target: w1 };
      await flows.set({ name: 'w4-w1', ...back, max_chain: 1 });
      await flows.complete(flows.w1, 'proven');
      const [first] = await flows.firings();
      await flows.complete(flows.w4, 'proven', first?.id);
      const [, second] = await flows.firings();
      assert.equal(second?.state, 'refused_depth');
    }));

  it('ends where a person starts a plan', () =>
    Workflows.with(async (flows) => {
      await flows.set({});
      await flows.complete(flows.w1, 'proven');
      const [first] = await flows.firings();
      await flows.complete(flows.w1, 'proven', first?.id);
      await flows.complete(flows.w1, 'proven');
      assert.deepEqual(await flows.states(), ['fired', 'refused_cycle', 'waiting']);
    }));

  it('that may come round is a warning when a trigger is saved', () =>
    Workflows.with(async (flows) => {
      assert.deepEqual((await flows.set({ name: 'w1-w4' })).warnings, []);
      const back = { name: 'w4-w1', source: { kind: 'plan', ref: w4 }, target: w1 };
      const { warnings } = await flows.set(back);
      assert.match(warnings.join(), /w1-w4, w4-w1 can start each other/);
      assert.deepEqual((await flows.set({ ...back, enabled: false })).warnings, []);
      assert.deepEqual((await flows.set({ ...back, fires_on: 'manual' })).warnings, []);
      const subtask = { action: 'start_subtask', target: `${w1}#T01` };
      assert.equal((await flows.set({ ...back, ...subtask })).warnings.length, 1);
    }));
});

describe('a firing', () => {
  it('has fired in the transaction that makes what it starts', () =>
    Workflows.with(async (flows) => {
      await flows.set({});
      await flows.complete(flows.w1, 'proven');
      const [{ id } = { id: '' }] = await flows.firings();
      const execution = await flows.start(flows.w4, id);
      const [firing] = await flows.firings();
      assert.deepEqual(
        [firing?.state, firing?.started_ref, firing?.decided_by],
        ['fired', execution, 'person:ada'],
      );
      await refused(
        'invalid_transition',
        flows.store.command(triggers.endFiring, { id, to: 'declined', message: null }, person),
      );
      const journal = valuesOf(
        flows.store,
        "SELECT action, actor FROM journal WHERE entity = 'trigger_firing' ORDER BY id",
      );
      assert.deepEqual(journal, [
        { action: 'fire', actor: 'engine' },
        { action: 'state', actor: 'person:ada' },
      ]);
    }));

  it('by hand needs no cause, is new each time, and a person’s', () =>
    Workflows.with(async (flows) => {
      await flows.set({ fires_on: 'manual' });
      const fire = () => flows.store.command(triggers.fire, 't', person);
      assert.notEqual(await fire(), await fire());
      await refused('forbidden', flows.store.command(triggers.fire, 't', engine));
      assert.equal((await flows.store.query(triggers.left, undefined)).length, 2);
      assert.deepEqual(await flows.store.query(triggers.due, undefined), []);
    }));

  it('of a spec makes its current revision the next run of the subtask', () =>
    Workflows.with(async (flows) => {
      const { id: specId } = await flows.store.command(
        specs.put,
        { spec: agentSpec({ name: 'fixer' }) },
        person,
      );
      const subtaskId = await flows.subtask();
      await flows.set({ fires_on: 'manual' });
      const firingId = await flows.store.command(triggers.fire, 't', person);
      const input = { firingId, subtaskId, spec: 'fixer', attemptLimit: 3 };
      await flows.store.command(triggers.prepareSpec, input, engine);
      const { next_run: next, status } = await rowOf(flows.store, flows.w1, 'T01');
      assert.deepEqual(
        [status, next?.specId, next?.guidance],
        ['pending', specId, 'The trigger t asked for this.'],
      );
      const missing = { ...input, spec: 'nobody' };
      await refused('not_found', flows.store.command(triggers.prepareSpec, missing, engine));
    }));
});

describe('saving a trigger', () => {
  it('keeps ids for paths and keys, and one trigger for a name', () =>
    Workflows.with(async (flows) => {
      const subtask = await flows.subtask(flows.w4);
      const { trigger } = await flows.set({ action: 'start_subtask', target: `${w4}#T01` });
      assert.deepEqual([trigger.source_ref, trigger.target_ref], [flows.w1, subtask]);
      const changed = await flows.set({ max_chain: 2 });
      assert.deepEqual([changed.trigger.id, changed.trigger.version], [trigger.id, 2]);
      assert.equal(changed.trigger.max_chain, 2);
    }));

  it('refuses what is not there, what can never happen, and whoever is no person', () =>
    Workflows.with(async (flows) => {
      await refused('not_found', flows.set({ target: 'no.plan.md' }), /no plan no\.plan\.md/);
      const subtask = { action: 'start_subtask', target: `${w4}#T99` };
      await refused('not_found', flows.set(subtask), /T99/);
      await refused(
        'not_found',
        flows.set({ source: { kind: 'gate', ref: `${w1}#x` }, fires_on: 'on_approve' }),
      );
      const spec = { action: 'run_spec', target: 'nobody', config: { subtask: `${w1}#T01` } };
      await refused('not_found', flows.set(spec), /agent spec nobody/);
      await refused('validation', flows.set({ action: 'create_work_item' }), /no work items yet/);
      await refused('forbidden', flows.set({}, engine));
      assert.deepEqual(await flows.store.query(triggers.all, undefined), []);
    }));
});
