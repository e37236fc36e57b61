import assert from 'node:assert/strict';
import { gates } from '../../../src/store/repositories/gates';
import { plans } from '../../../src/store/repositories/plans';
import { rejections } from '../../../src/store/repositories/rejections';
import { runs } from '../../../src/store/repositories/runs';
import { refused } from '../../support/refused';
import { asked, checked, gate, Gated } from '../../support/gated-rows';
import { count, dispatch, engine, rowOf } from '../../support/plan-rows';

describe('a decision', () => {
  it('to approve meets what a person judges, and needs every check', () =>
    Gated.with([gate({ criteria: [checked, asked] })], async (gated) => {
      await gated.open();
      await refused('validation', gated.decide('approve'), /Tests pass/);
      assert.deepEqual(
        (await gated.gate()).criteria.map(({ state }) => state),
        ['unchecked', 'unchecked'],
      );
      await gated.answer(true);
      const { criteria, lastDecision } = await gated.decide('approve');
      assert.deepEqual(
        criteria.map(({ state, checked_by: by }) => [state, by]),
        [
          ['met', 'engine'],
          ['met', 'person:ada'],
        ],
      );
      assert.deepEqual(
        lastDecision?.criteria.map(({ state }) => state),
        ['met', 'met'],
      );
    }));

  it('to override keeps what was not met, and waives it', () =>
    Gated.with([gate({ criteria: [checked, asked] })], async (gated) => {
      await gated.open();
      await gated.answer(false);
      const { criteria, lastDecision } = await gated.decide('override');
      assert.deepEqual(
        criteria.map(({ state }) => state),
        ['waived', 'waived'],
      );
      assert.deepEqual(lastDecision?.criteria, [
        { text: 'Tests pass', state: 'unmet' },
        { text: 'It is good', state: 'unchecked' },
      ]);
      assert.equal(lastDecision.decided_by, 'person:ada');
    }));

  it('of another round than the one that the person saw is refused', () =>
    Gated.with([gate()], async (gated) => {
      await gated.open();
      await gated.decide('reject', { round: 1 });
      await gated.decide('reopen', { round: 1 });
      await refused('version_conflict', gated.decide('approve', { round: 1 }), /round 2/);
      await gated.decide('approve', { round: 2 });
      const decisions = await gated.store.query(gates.decisions, (await gated.gate()).id);
      assert.deepEqual(
        decisions.map(({ decision, round }) => [decision, round]),
        [
          ['reject', 1],
          ['reopen', 1],
          ['approve', 2],
        ],
      );
    }));

  it('is never changed or deleted', () =>
    Gated.with([gate()], async (gated) => {
      await gated.open();
      await gated.decide('approve');
      for (const sql of ["UPDATE gate_decisions SET reason = 'x'", 'DELETE FROM gate_decisions'])
        assert.throws(() => gated.store.connection.run(sql), /append-only/);
    }));

  it('to reopen asks for the criteria again, in the next round', () =>
    Gated.with([gate({ criteria: [checked, asked] })], async (gated) => {
      await gated.open();
      await gated.answer(true);
      await gated.decide('approve');
      const { criteria, round } = await gated.decide('reopen');
      assert.equal(round, 2);
      assert.deepEqual(
        criteria.map(({ state, checked_by: by, checked_commit: commit }) => [state, by, commit]),
        [
          ['unchecked', null, null],
          ['unchecked', null, null],
        ],
      );
    }));

  it('to reopen is refused while runs behind the gate go on', () =>
    Gated.with([gate()], async (gated) => {
      const { store, planId } = gated;
      await gated.open();
      await gated.decide('approve');
      const { id: subtaskId } = await rowOf(store, planId, 'T02');
      const { id: runId } = await dispatch(store, planId, subtaskId);
      const reopen = () => gated.decide('reopen', { blocked: [subtaskId] });
      await refused('not_ready', reopen(), /T02/);
      assert.equal((await gated.gate()).state, 'approved');
      const end = { runId, outcome: 'cancelled' as const, verdict: null };
      await store.command(runs.end, end, engine);
      assert.equal((await reopen()).state, 'open');
    }));

  it('to reject sends back the subtasks that it names, all or none', () =>
    Gated.with([gate()], async (gated) => {
      const { store, planId } = gated;
      await gated.accept('T01');
      await gated.open();
      const one = async (key: string) => {
        const { id: subtaskId } = await rowOf(store, planId, key);
        return { subtaskId, type: 'clarity', attemptLimit: 3 };
      };
      const both = [await one('T01'), await one('T02')];
      await refused('not_ready', gated.decide('reject', { rejected: both }), /T02/);
      assert.equal((await gated.gate()).state, 'open');
      assert.equal(count(store, 'rejections'), 0);
      const { lastDecision } = await gated.decide('reject', { rejected: [await one('T01')] });
      const { id, status } = await rowOf(store, planId, 'T01');
      assert.equal(status, 'pending');
      const [held] = await store.query(rejections.ofSubtask, id);
      assert.deepEqual(
        [held?.gate_decision_id, held?.rejection_type, held?.reason],
        [lastDecision?.id, 'clarity', 'So.'],
      );
    }));

  it('on the last gate completes a plan on which all is done, and to reopen takes that back', () =>
    Gated.with([gate({ phaseKey: 'b' })], async (gated) => {
      const state = async () => (await gated.store.query(plans.byId, gated.planId)).state;
      await gated.store.command(plans.step, { planId: gated.planId, to: 'active' }, engine);
      await gated.accept('T01');
      await gated.accept('T02');
      await gated.open();
      assert.equal(await state(), 'active');
      await gated.decide('approve');
      assert.equal(await state(), 'completed');
      await gated.decide('reopen');
      assert.equal(await state(), 'active');
    }));
});
