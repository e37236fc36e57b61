import assert from 'node:assert/strict';
import { z } from 'zod';
import { RunsheetError, type ErrorCode } from '../../../src/model/errors';
import { validatorSchema } from '../../../src/model/validator';
import type { GateRow } from '../../../src/store/repositories/gate-rows';
import type { GateContent } from '../../../src/store/repositories/gate-sync';
import { gates, type GateDecisionInput } from '../../../src/store/repositories/gates';
import { phases } from '../../../src/store/repositories/phases';
import { plans } from '../../../src/store/repositories/plans';
import { rejections } from '../../../src/store/repositories/rejections';
import { runs } from '../../../src/store/repositories/runs';
import { subtasks } from '../../../src/store/repositories/subtasks';
import { verifications } from '../../../src/store/repositories/verifications';
import { InMemoryStore } from '../../support/in-memory-store';
import {
  count,
  dispatch,
  engine,
  person,
  phaseContent,
  rowOf,
  subtaskContent,
  sync,
  valuesOf,
} from '../../support/plan-rows';

const check = validatorSchema.parse({
  ...{ id: 'tests', type: 'test_pass', config: { command: ['npm', 'test'] } },
});

function gate(values: Partial<GateContent> = {}): GateContent {
  return {
    key: 'g',
    title: 'Look',
    kind: 'human',
    trigger: 'after_phase',
    phaseKey: 'a',
    subtaskKey: null,
    criteria: [{ text: 'It is good', validator: null }],
    ...values,
  };
}

const content = {
  phases: [phaseContent('a'), phaseContent('b')],
  subtasks: [subtaskContent('T01', { phaseKey: 'a' }), subtaskContent('T02', { phaseKey: 'b' })],
};

/** A plan of two phases with a subtask each, and gates. */
class Gated {
  private constructor(
    readonly store: InMemoryStore,
    readonly planId: string,
  ) {}

  static async with(
    list: readonly GateContent[],
    act: (gated: Gated) => Promise<void>,
  ): Promise<void> {
    const store = await InMemoryStore.open();
    try {
      await act(new Gated(store, await sync(store, { ...content, gates: list })));
    } finally {
      await store.close();
    }
  }

  /** The file says this from now on. */
  resync(list: readonly GateContent[]): Promise<string> {
    return sync(this.store, { ...content, gates: list });
  }

  async gate(): Promise<GateRow> {
    const [row] = await this.store.query(gates.ofPlan, this.planId);
    assert(row !== undefined);
    return row;
  }

  async open(): Promise<GateRow> {
    await this.store.command(gates.open, (await this.gate()).id, engine);
    return this.gate();
  }

  async decide(
    decision: GateDecisionInput['decision'],
    more: Partial<GateDecisionInput> = {},
    actor = person,
  ): Promise<GateRow> {
    const gateId = (await this.gate()).id;
    const reason = decision === 'approve' ? null : 'So.';
    return this.store.command(gates.decide, { gateId, decision, reason, ...more }, actor);
  }

  /** A check of the gate has answered. */
  async answer(met: boolean, commit = 'a'.repeat(40)): Promise<void> {
    const { id: gateId, criteria } = await this.gate();
    const verificationId = await this.store.command(
      verifications.start,
      {
        ...{ runId: null, subtaskId: null, gateId, acceptanceSpecId: null, validators: [check] },
        ...{ gateMode: 'all_pass', minScore: null, tree: 'merged', dirty: false },
        ...{ commit, treeHash: null },
      },
      engine,
    );
    const id = criteria.find(({ kind }) => kind === 'check')?.id ?? '';
    const input = { id, gateId, met, verificationId };
    await this.store.command(gates.markCriterion, input, engine);
  }

  async accept(key: string): Promise<void> {
    const { id: subtaskId } = await rowOf(this.store, this.planId, key);
    const input = { subtaskId, action: 'accept' as const, reason: 'Seen.' };
    await this.store.command(subtasks.decide, input, person);
  }

  async phaseStatuses(): Promise<string[]> {
    return (await this.store.query(phases.ofPlan, this.planId)).map(({ status }) => status);
  }
}

async function refused(code: ErrorCode, work: Promise<unknown>, message = /./): Promise<void> {
  await assert.rejects(work, (error) => {
    assert(RunsheetError.is(error, code), String(error));
    assert.match(error.message, message);
    return true;
  });
}

const checked = { text: 'Tests pass', validator: check };
const asked = { text: 'It is good', validator: null };

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
