import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import { RunsheetError } from '../../../src/model/errors';
import {
  executionStateSchema,
  gateStateSchema,
  phaseStatusSchema,
  planStateSchema,
  runStateSchema,
  subtaskStatusSchema,
  type PhaseStatus,
  type RunState,
  type SubtaskStatus,
} from '../../../src/model/status';
import {
  executionTransitions,
  gateTransitions,
  phaseTransitions,
  planTransitions,
  runTransitions,
  subtaskTransitions,
} from '../../../src/model/transitions';
import { executions } from '../../../src/store/repositories/executions';
import { readGate, stepGate } from '../../../src/store/repositories/gate-rows';
import { gates } from '../../../src/store/repositories/gates';
import { phases, stepPhase } from '../../../src/store/repositories/phases';
import { plans } from '../../../src/store/repositories/plans';
import { runs } from '../../../src/store/repositories/runs';
import { subtasks } from '../../../src/store/repositories/subtasks';
import { InMemoryStore } from '../../support/in-memory-store';
import {
  count,
  dispatch,
  engine,
  person,
  phaseContent,
  present,
  seed,
  startExecution,
  subtaskContent,
  sync,
  valuesOf,
} from '../../support/plan-rows';
import { apply, rowIn, startVerification, tryAll } from '../../support/transitions';

describe('the states of the database', () => {
  let store: InMemoryStore;
  beforeEach(async () => {
    store = await InMemoryStore.open();
  });
  afterEach(() => store.close());

  it('move a subtask as its table says', async () => {
    const { planId, subtaskId } = await seed(store);
    const verificationId = await startVerification(store, subtaskId);
    const proof = { kind: 'proven' as const, verificationId };
    await tryAll<SubtaskStatus>(
      store,
      subtaskTransitions,
      { from: subtaskStatusSchema.options },
      {
        put: (from) =>
          store.connection.run(
            `UPDATE subtasks SET status = ?1, status_reason = 'why',
             proof = iif(?1 = 'done', 'accepted', NULL) WHERE id = ?2`,
            from,
            subtaskId,
          ),
        step: (to) => store.command(subtasks.step, { subtaskId, to, proof, reason: 'why' }, engine),
        row: () => rowIn(store, 'subtasks', subtaskId, 'status'),
      },
    );
    assert.equal((await present(store, planId)).length, 1);
  });

  it('close no subtask without a proof', async () => {
    const { subtaskId } = await seed(store);
    await assert.rejects(store.command(subtasks.step, { subtaskId, to: 'done' }, engine), (error) =>
      RunsheetError.is(error, 'validation'),
    );
    assert.equal(rowIn(store, 'subtasks', subtaskId, 'status').state, 'pending');
  });

  it('move a run as its table says', async () => {
    const { planId, subtaskId } = await seed(store);
    const { id: runId } = await dispatch(store, planId, subtaskId);
    // The command refuses by itself; the trigger would keep the test from putting states back.
    store.connection.exec('DROP TRIGGER runs_ended');
    await tryAll<RunState>(
      store,
      runTransitions,
      { from: runStateSchema.options },
      {
        put: (from) =>
          store.connection.run(
            `UPDATE runs SET state = ?1, outcome = iif(?1 = 'ended', 'completed', NULL),
             ended_at = iif(?1 = 'ended', 'then', NULL) WHERE id = ?2`,
            from,
            runId,
          ),
        step: (to) =>
          to === 'ended'
            ? store.command(runs.end, { runId, outcome: 'failed', verdict: null }, engine)
            : store.command(runs.step, { runId, to }, engine),
        row: () => rowIn(store, 'runs', runId),
      },
    );
  });

  it('move a plan as its table says', async () => {
    const { planId } = await seed(store);
    await tryAll(
      store,
      planTransitions,
      { from: planStateSchema.options },
      {
        put: (from) =>
          store.connection.run('UPDATE plans SET state = ? WHERE id = ?', from, planId),
        step: (to) => store.command(plans.step, { planId, to }, engine),
        row: () => rowIn(store, 'plans', planId),
      },
    );
  });

  it('move an execution as its table says', async () => {
    const { planId } = await seed(store);
    const { id } = await startExecution(store, planId);
    await tryAll(
      store,
      executionTransitions,
      { from: executionStateSchema.options },
      {
        put: (from) =>
          store.connection.run(
            `UPDATE plan_executions SET state = ?1, message = 'so',
             ended_at = iif(?1 IN ('completed', 'failed', 'cancelled'), 'then', NULL)
           WHERE id = ?2`,
            from,
            id,
          ),
        step: (to) => store.command(executions.step, { id, to, message: 'so' }, engine),
        row: () => rowIn(store, 'plan_executions', id),
      },
    );
  });

  it('move a phase as its table says', async () => {
    const content = { phases: [phaseContent('p')], subtasks: [] };
    const planId = await sync(store, content);
    const [{ id } = { id: '' }] = await store.query(phases.ofPlan, planId);
    await tryAll(
      store,
      phaseTransitions,
      { from: phaseStatusSchema.options },
      {
        put: (from) => store.connection.run('UPDATE phases SET status = ? WHERE id = ?', from, id),
        step: (to) => apply(store, (tx) => stepPhase(tx, id, to)),
        row: () => rowIn(store, 'phases', id, 'status'),
      },
    );
  });

  it('move a gate as its table says', async () => {
    const id = await seedGate(store);
    await tryAll(
      store,
      gateTransitions,
      { from: gateStateSchema.options },
      {
        put: (from) => store.connection.run('UPDATE gates SET state = ? WHERE id = ?', from, id),
        step: (to) => apply(store, (tx) => stepGate(tx, readGate(tx, id), to)),
        row: () => rowIn(store, 'gates', id),
      },
    );
  });

  it('let a person decide a gate as its table says, and take back only what was decided', async () => {
    const gateId = await seedGate(store);
    const after = { approve: 'approved', reject: 'rejected', override: 'overridden' } as const;
    for (const [decision, to] of Object.entries({ ...after, reopen: 'open' } as const)) {
      for (const from of gateStateSchema.options) {
        store.connection.run('UPDATE gates SET state = ? WHERE id = ?', from, gateId);
        const before = [rowIn(store, 'gates', gateId), criteriaIn(store), count(store, 'journal')];
        const refused = await store
          .command(gates.decide, { gateId, decision: decisionOf(decision), reason: 'so' }, person)
          .then(
            () => false,
            (error: unknown) => RunsheetError.is(error, 'invalid_transition'),
          );
        const early = decision === 'reopen' && from === 'waiting';
        const allowed = !early && gateTransitions[from].includes(to);
        assert.equal(refused, !allowed && from !== to, `${from}: ${decision}`);
        const now = [rowIn(store, 'gates', gateId), criteriaIn(store), count(store, 'journal')];
        if (allowed) assert.equal(rowIn(store, 'gates', gateId).state, to);
        else assert.deepEqual(now, before, `${from}: ${decision}`);
      }
    }
  });

  it('let only a person decide a gate, with a reason unless it is approved', async () => {
    const { planId } = await seed(store, { gates: [gate] });
    const [{ id: gateId } = { id: '' }] = await store.query(gates.ofPlan, planId);
    await store.command(gates.open, gateId, engine);
    const decide = (actor: string, decision: 'approve' | 'reject', reason: string | null) =>
      store.command(gates.decide, { gateId, decision, reason }, { actor });
    for (const actor of ['engine', 'run:1', 'client:x']) {
      await assert.rejects(decide(actor, 'approve', null), (error) =>
        RunsheetError.is(error, 'forbidden'),
      );
    }
    await assert.rejects(decide('person:ada', 'reject', ' '), /give a reason/);
    assert.equal(rowIn(store, 'gates', gateId).state, 'open');
    assert.equal(count(store, 'gate_decisions'), 0);
  });

  it('reopen a gate in a new round', async () => {
    const { planId } = await seed(store, { gates: [gate] });
    const [{ id: gateId } = { id: '' }] = await store.query(gates.ofPlan, planId);
    await store.command(gates.open, gateId, engine);
    for (const decision of ['approve', 'reopen', 'reject'] as const) {
      await store.command(gates.decide, { gateId, decision, reason: 'so' }, person);
    }
    assert.deepEqual(valuesOf(store, 'SELECT decision, round FROM gate_decisions ORDER BY id'), [
      { decision: 'approve', round: 1 },
      { decision: 'reopen', round: 1 },
      { decision: 'reject', round: 2 },
    ]);
  });

  it('roll a phase up by allowed steps only, to what its subtasks say', async () => {
    const steps = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 2 }), fc.constantFrom(...subtaskStatusSchema.options)),
      { maxLength: 25 },
    );
    const planId = await sync(store, {
      phases: [phaseContent('p')],
      subtasks: ['T01', 'T02', 'T03'].map((key) => subtaskContent(key, { phaseKey: 'p' })),
    });
    const rows = await present(store, planId);
    await fc.assert(
      fc.asyncProperty(steps, async (wishes) => {
        for (const [at, to] of wishes) {
          const subtaskId = rows[at]?.id ?? '';
          const step = { subtaskId, to, proof: { kind: 'accepted' as const }, reason: 'so' };
          await store.command(subtasks.step, step, engine).catch(() => undefined);
        }
      }),
      { numRuns: 60 },
    );
    const told = valuesOf(
      store,
      `SELECT json_extract(changes, '$.to') AS state FROM journal WHERE entity = 'phase'
       ORDER BY id`,
    ).map((row) => z.object({ state: z.string() }).parse(row).state as PhaseStatus);
    assert(told.length > 5);
    let from: PhaseStatus = 'pending';
    for (const to of told) {
      assert(phaseTransitions[from].includes(to), `${from} → ${to}`);
      from = to;
    }
    assert.equal((await store.query(phases.ofPlan, planId))[0]?.status, from);
  });
});

const gate = {
  key: 'g',
  title: 'Look',
  kind: 'human',
  trigger: 'manual',
  phaseKey: null,
  subtaskKey: null,
  criteria: [{ text: 'It is good', validator: null }],
} as const;

async function seedGate(store: InMemoryStore): Promise<string> {
  const { planId } = await seed(store, { gates: [gate] });
  const [{ id } = { id: '' }] = await store.query(gates.ofPlan, planId);
  return id;
}

function criteriaIn(store: InMemoryStore): unknown[] {
  return valuesOf(store, 'SELECT * FROM gate_criteria ORDER BY id');
}

function decisionOf(word: string): 'approve' | 'reject' | 'override' | 'reopen' {
  return z.enum(['approve', 'reject', 'override', 'reopen']).parse(word);
}
