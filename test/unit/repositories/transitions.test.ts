import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import { RunsheetError } from '../../../src/model/errors';
import {
  executionStateSchema,
  gateStateSchema,
  planStateSchema,
  runStateSchema,
  subtaskStatusSchema,
  type GateState,
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
import { gates } from '../../../src/store/repositories/gates';
import { phases } from '../../../src/store/repositories/phases';
import { plans } from '../../../src/store/repositories/plans';
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
  present,
  seed,
  startExecution,
  subtaskContent,
  sync,
  valuesOf,
} from '../../support/plan-rows';

/**
 * Tries every step between two states: those of the table happen, a step to the same state does
 * nothing, and every other is refused and leaves the row as it was.
 */
async function tryAll<S extends string>(
  store: InMemoryStore,
  states: readonly S[],
  table: Readonly<Record<S, readonly S[]>>,
  thing: {
    put(from: S): void;
    step(to: S): Promise<unknown>;
    /** The whole row, with its state as `state`. */
    row(): Record<string, unknown> & { state: unknown };
  },
): Promise<void> {
  for (const from of states) {
    for (const to of states) {
      const name = `${from} → ${to}`;
      thing.put(from);
      const before = { row: thing.row(), journal: count(store, 'journal') };
      const error: unknown = await thing.step(to).then(
        () => null,
        (refused: unknown) => refused,
      );
      const after = { row: thing.row(), journal: count(store, 'journal') };
      if (table[from].includes(to)) {
        assert.equal(error, null, name);
        assert.equal(after.row.state, to, name);
        continue;
      }
      assert.deepEqual(after, before, name);
      if (from === to) {
        assert.equal(error, null, name);
        continue;
      }
      assert(RunsheetError.is(error, 'invalid_transition'), `${name}: ${String(error)}`);
      assert.deepEqual(
        [error.details['from'], error.details['to'], error.details['allowed']],
        [from, to, table[from]],
      );
    }
  }
}

const anyRow = z.looseObject({ state: z.unknown() });

function rowIn(store: InMemoryStore, table: string, id: string, state = 'state') {
  const row = store.connection.get(
    anyRow,
    `SELECT *, ${state} AS state FROM ${table} WHERE id = ?`,
    id,
  );
  assert(row !== null);
  return row;
}

describe('the states of the database', () => {
  let store: InMemoryStore;
  beforeEach(async () => {
    store = await InMemoryStore.open();
  });
  afterEach(() => store.close());

  it('move a subtask as its table says', async () => {
    const { planId, subtaskId } = await seed(store);
    const verificationId = await store.command(
      verifications.start,
      {
        ...{ runId: null, subtaskId, gateId: null, acceptanceSpecId: null, validators: [] },
        ...{ gateMode: 'all_pass', minScore: null, tree: 'merged', dirty: false },
        commit: 'a'.repeat(40),
        treeHash: null,
      },
      engine,
    );
    const proof = { kind: 'proven' as const, verificationId };
    await tryAll<SubtaskStatus>(store, subtaskStatusSchema.options, subtaskTransitions, {
      put: (from) =>
        store.connection.run(
          `UPDATE subtasks SET status = ?1, status_reason = 'why',
             proof = iif(?1 = 'done', 'accepted', NULL) WHERE id = ?2`,
          from,
          subtaskId,
        ),
      step: (to) => store.command(subtasks.step, { subtaskId, to, proof, reason: 'why' }, engine),
      row: () => rowIn(store, 'subtasks', subtaskId, 'status'),
    });
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
    await tryAll<RunState>(store, runStateSchema.options, runTransitions, {
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
    });
  });

  it('move a plan as its table says', async () => {
    const { planId } = await seed(store);
    await tryAll(store, planStateSchema.options, planTransitions, {
      put: (from) => store.connection.run('UPDATE plans SET state = ? WHERE id = ?', from, planId),
      step: (to) => store.command(plans.step, { planId, to }, engine),
      row: () => rowIn(store, 'plans', planId),
    });
  });

  it('move an execution as its table says', async () => {
    const { planId } = await seed(store);
    const { id } = await startExecution(store, planId);
    await tryAll(store, executionStateSchema.options, executionTransitions, {
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
    });
  });

  it('move a gate as its table says, by the engine and by a person', async () => {
    const { planId } = await seed(store, { gates: [gate] });
    const [{ id: gateId } = { id: '' }] = await store.query(gates.ofPlan, planId);
    const decide = (decision: 'approve' | 'reject' | 'override') =>
      store.command(gates.decide, { gateId, decision, reason: 'so' }, person);
    const steps: Record<GateState, () => Promise<unknown>> = {
      waiting: () => store.command(gates.close, gateId, engine),
      open: () => store.command(gates.open, gateId, engine),
      approved: () => decide('approve'),
      rejected: () => decide('reject'),
      overridden: () => decide('override'),
      // No command cancels a gate yet.
      cancelled: () => Promise.resolve(),
    };
    const reachable = gateStateSchema.options.filter((state) => state !== 'cancelled');
    const table = Object.fromEntries(
      reachable.map((from) => [from, gateTransitions[from].filter((to) => to !== 'cancelled')]),
    ) as Record<GateState, GateState[]>;
    for (const from of reachable) {
      for (const to of reachable) {
        store.connection.run('UPDATE gates SET state = ? WHERE id = ?', from, gateId);
        const before = rowIn(store, 'gates', gateId);
        const refused = await steps[to]().then(
          () => false,
          (error: unknown) => RunsheetError.is(error, 'invalid_transition'),
        );
        const allowed = from === to || table[from].includes(to);
        assert.equal(refused, !allowed, `${from} → ${to}`);
        assert.equal(rowIn(store, 'gates', gateId).state, allowed ? to : from);
        if (!allowed) assert.deepEqual(rowIn(store, 'gates', gateId), before);
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
