import assert from 'node:assert/strict';
import { z } from 'zod';
import { gates } from '../../../src/store/repositories/gates';
import { refused } from '../../support/refused';
import { asked, checked, gate, Gated } from '../../support/gated-rows';
import { count, dispatch, engine, person, rowOf, valuesOf } from '../../support/plan-rows';

describe('a closed gate', () => {
  it('refuses a run in the transaction that would make it, until it is passed', () =>
    Gated.with([gate()], async (gated) => {
      const { store, planId } = gated;
      const { id: subtaskId } = await rowOf(store, planId, 'T02');
      const { id: gateId } = await gated.gate();
      const start = () => dispatch(store, planId, subtaskId, [gateId]);
      await refused('gate_closed', start(), /Look/);
      await gated.open();
      await refused('gate_closed', start());
      await gated.decide('reject');
      await refused('gate_closed', start());
      assert.equal(count(store, 'runs'), 0);
      await gated.decide('reopen');
      await gated.decide('override');
      await start();
    }));

  it('closes nothing any more when the file is without it', () =>
    Gated.with([gate()], async (gated) => {
      const { id: gateId } = await gated.gate();
      const { id: subtaskId } = await rowOf(gated.store, gated.planId, 'T02');
      await gated.resync([]);
      await dispatch(gated.store, gated.planId, subtaskId, [gateId]);
    }));
});

describe('a gate that leaves its file', () => {
  it('is cancelled while nobody has decided it, and begins anew when it comes back', () =>
    Gated.with([gate()], async (gated) => {
      const { id } = await gated.open();
      await gated.resync([]);
      const [left] = valuesOf(gated.store, 'SELECT state, removed_at FROM gates WHERE id = ?', id);
      const { state, removed_at: removed } = z
        .object({ state: z.string(), removed_at: z.string().nullable() })
        .parse(left);
      assert.equal(state, 'cancelled');
      assert.notEqual(removed, null);
      await gated.resync([gate()]);
      const back = await gated.gate();
      assert.notEqual(back.id, id);
      assert.equal(back.state, 'waiting');
    }));

  it('keeps what was decided for the time when it comes back', () =>
    Gated.with([gate()], async (gated) => {
      await gated.open();
      const { id } = await gated.decide('reject');
      await gated.resync([]);
      await gated.resync([gate()]);
      const back = await gated.gate();
      assert.deepEqual([back.id, back.state, back.lastDecision?.reason], [id, 'rejected', 'So.']);
    }));
});

describe('the trigger of a gate', () => {
  it('by hand is a person’s alone', () =>
    Gated.with([gate({ trigger: 'manual', phaseKey: null })], async (gated) => {
      const { id } = await gated.gate();
      await refused('forbidden', gated.store.command(gates.openByHand, id, engine));
      const { state } = await gated.store.command(gates.openByHand, id, person);
      assert.equal(state, 'open');
      await gated.decide('approve');
      const again = gated.store.command(gates.openByHand, id, person);
      await refused('invalid_transition', again, /Reopen it with a reason/);
    }));

  it('of another kind opens the gate by itself', () =>
    Gated.with([gate()], async (gated) => {
      const { id } = await gated.gate();
      await refused('validation', gated.store.command(gates.openByHand, id, person), /by itself/);
      assert.equal((await gated.gate()).state, 'waiting');
    }));

  it('is by hand where the plan has nothing of its name', () =>
    Gated.with([gate({ phaseKey: 'nowhere' })], async (gated) => {
      assert.equal((await gated.gate()).trigger_type, 'manual');
      await gated.resync([gate({ trigger: 'after_subtask', subtaskKey: 'T02' })]);
      const { trigger_type: type, trigger_subtask_id: id } = await gated.gate();
      assert.equal(type, 'after_subtask');
      assert.equal(id, (await rowOf(gated.store, gated.planId, 'T02')).id);
    }));
});

describe('a checkpoint', () => {
  it('is passed by its checks when all of them are met', () =>
    Gated.with([gate({ kind: 'checkpoint', criteria: [checked] })], async (gated) => {
      const { id } = await gated.open();
      const pass = () => gated.store.command(gates.pass, id, engine);
      assert.equal(await pass(), false);
      await gated.answer(false);
      assert.equal(await pass(), false);
      await gated.answer(true);
      assert.equal(await pass(), true);
      assert.equal((await gated.gate()).state, 'approved');
      assert.equal(count(gated.store, 'gate_decisions'), 0);
    }));

  it('is never passed by itself without criteria, or with one for a person', async () => {
    for (const criteria of [[], [checked, asked]]) {
      await Gated.with([gate({ kind: 'checkpoint', criteria })], async (gated) => {
        const { id } = await gated.open();
        if (criteria.length > 0) await gated.answer(true);
        assert.equal(await gated.store.command(gates.pass, id, engine), false);
        assert.equal((await gated.gate()).state, 'open');
      });
    }
  });

  it('keeps its phase from being done until it is passed', () =>
    Gated.with([gate({ kind: 'checkpoint', criteria: [checked] })], async (gated) => {
      await gated.accept('T01');
      assert.deepEqual(await gated.phaseStatuses(), ['in_progress', 'pending']);
      await gated.open();
      await gated.answer(true);
      await gated.decide('approve');
      assert.deepEqual(await gated.phaseStatuses(), ['done', 'pending']);
      await gated.decide('reopen');
      assert.deepEqual(await gated.phaseStatuses(), ['in_progress', 'pending']);
    }));
});

describe('a human gate', () => {
  it('waits for a person although its checks are met, and does not hold its phase', () =>
    Gated.with([gate({ criteria: [checked] })], async (gated) => {
      await gated.accept('T01');
      const { id } = await gated.open();
      await gated.answer(true);
      assert.equal(await gated.store.command(gates.pass, id, engine), false);
      assert.deepEqual(await gated.phaseStatuses(), ['done', 'pending']);
    }));

  it('without criteria is a person’s word alone', () =>
    Gated.with([gate({ criteria: [] })], async (gated) => {
      await gated.open();
      assert.equal((await gated.decide('approve')).state, 'approved');
    }));
});
