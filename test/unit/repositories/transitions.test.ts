import assert from 'node:assert/strict';
import fc from 'fast-check';
import { z } from 'zod';
import { RunsheetError } from '../../../src/model/errors';
import {
  checkOutcomeSchema,
  claimDispositionSchema,
  escalationStatusSchema,
  executionStateSchema,
  firingStateSchema,
  gateStateSchema,
  permissionStateSchema,
  phaseStatusSchema,
  planStateSchema,
  runStateSchema,
  subtaskStatusSchema,
  verificationStateSchema,
  type PhaseStatus,
  type RunState,
  type SubtaskStatus,
} from '../../../src/model/status';
import {
  checkResultTransitions,
  claimTransitions,
  escalationTransitions,
  executionTransitions,
  firingTransitions,
  gateTransitions,
  permissionTransitions,
  phaseTransitions,
  planTransitions,
  runTransitions,
  subtaskTransitions,
  verificationTransitions,
  type TransitionTable,
} from '../../../src/model/transitions';
import { validatorSchema } from '../../../src/model/validator';
import { command, type Transaction } from '../../../src/store/command';
import { disposeClaim } from '../../../src/store/repositories/claim-rows';
import { openEscalation, stepEscalation } from '../../../src/store/repositories/escalation-rows';
import { executions } from '../../../src/store/repositories/executions';
import { stepFiring } from '../../../src/store/repositories/firing-rows';
import { readGate, stepGate } from '../../../src/store/repositories/gate-rows';
import { gates } from '../../../src/store/repositories/gates';
import { stepPermission } from '../../../src/store/repositories/permission-state';
import { phases, stepPhase } from '../../../src/store/repositories/phases';
import { plans } from '../../../src/store/repositories/plans';
import { runs } from '../../../src/store/repositories/runs';
import { subtasks } from '../../../src/store/repositories/subtasks';
import { triggers } from '../../../src/store/repositories/triggers';
import { stepVerification, verifications } from '../../../src/store/repositories/verifications';
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

interface Thing<S extends string> {
  put(from: S): void;
  step(to: S): Promise<unknown>;
  /** The whole row, with its state as `state`. */
  row(): Record<string, unknown> & { state: unknown };
}

/**
 * Tries every step between two states: those of the table happen, a step to the same state does
 * nothing, and every other is refused and leaves the row as it was.
 * @param to the states that there is a way to ask for.
 */
async function tryAll<S extends string>(
  store: InMemoryStore,
  table: TransitionTable<S>,
  { from: states, to: targets = states }: { from: readonly S[]; to?: readonly S[] },
  thing: Thing<S>,
): Promise<void> {
  assert.deepEqual(new Set(states), new Set(Object.keys(table)), 'the table has every state');
  for (const from of states) {
    for (const to of targets) {
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

/** A step that has no command of its own, as the commands that take it do. */
function apply(store: InMemoryStore, act: (tx: Transaction) => unknown, actor = engine) {
  return store.command(
    command('test', (tx, _input: null) => void act(tx)),
    null,
    actor,
  );
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

  it('move a verification as its table says', async () => {
    const { subtaskId } = await seed(store);
    const id = await startVerification(store, subtaskId);
    await tryAll(
      store,
      verificationTransitions,
      { from: verificationStateSchema.options },
      {
        put: (from) =>
          store.connection.run(
            `UPDATE verifications SET state = ?1, verdict = iif(?1 = 'ended', 'failed', NULL)
           WHERE id = ?2`,
            from,
            id,
          ),
        step: (to) => apply(store, (tx) => stepVerification(tx, id, to)),
        row: () => rowIn(store, 'verifications', id),
      },
    );
    assert.equal(rowIn(store, 'verifications', id)['verdict'], 'failed');
  });

  it('say of a verification that was given up before it began that it proves nothing', async () => {
    const { subtaskId } = await seed(store);
    const id = await startVerification(store, subtaskId);
    store.connection.run("UPDATE verifications SET state = 'queued' WHERE id = ?", id);
    await apply(store, (tx) => stepVerification(tx, id, 'ended'));
    assert.equal(rowIn(store, 'verifications', id)['verdict'], 'unverified');
  });

  it('let a check answer once', async () => {
    const { subtaskId } = await seed(store);
    const verificationId = await startVerification(store, subtaskId);
    const [{ id } = { id: '' }] = z
      .array(z.object({ id: z.string() }))
      .parse(valuesOf(store, 'SELECT id FROM check_results'));
    const outcomes = checkOutcomeSchema.options;
    const ways = { from: ['unanswered', ...outcomes] as const, to: outcomes };
    await tryAll(store, checkResultTransitions, ways, {
      put: (from) =>
        store.connection.run(
          "UPDATE check_results SET outcome = iif(?1 = 'unanswered', NULL, ?1) WHERE id = ?2",
          from,
          id,
        ),
      step: (outcome) => {
        assert(outcome !== 'unanswered');
        const answer = { outcome, score: null, message: 'so', exitCode: 0, details: {} };
        const input = { verificationId, ordinal: 0, ...answer, durationMs: 1, output: null };
        return store.command(verifications.addResult, input, engine);
      },
      row: () => rowIn(store, 'check_results', id, 'outcome'),
    });
  });

  it('move a claim as its table says', async () => {
    const ticked = subtaskContent('T01', { status: 'claimed', fileStatus: 'x' });
    const { subtaskId } = await seed(store, { subtasks: [ticked] });
    const verificationId = await startVerification(store, subtaskId);
    const [{ id } = { id: '' }] = z
      .array(z.object({ id: z.string() }))
      .parse(valuesOf(store, 'SELECT id FROM claims'));
    const to = claimDispositionSchema.exclude(['open']).options;
    await tryAll(
      store,
      claimTransitions,
      { from: claimDispositionSchema.options, to },
      {
        put: (from) =>
          store.connection.run(
            `UPDATE claims SET disposition = ?1, disposed_at = iif(?1 = 'open', NULL, 'then'),
             verification_id = ?3 WHERE id = ?2`,
            from,
            id,
            verificationId,
          ),
        step: (disposition) => {
          assert(disposition !== 'open');
          const disposal = { to: disposition, reason: 'so', verificationId };
          return apply(store, (tx) => disposeClaim(tx, id, disposal));
        },
        row: () => rowIn(store, 'claims', id, 'disposition'),
      },
    );
  });

  it('move an escalation as its table says', async () => {
    const { subtaskId } = await seed(store);
    const escalation = { subtaskId, runId: null, reasonCode: 'stuck', detail: 'why' } as const;
    await apply(store, (tx) => openEscalation(tx, escalation));
    const [{ id } = { id: '' }] = z
      .array(z.object({ id: z.string() }))
      .parse(valuesOf(store, 'SELECT id FROM escalations'));
    await tryAll(
      store,
      escalationTransitions,
      { from: escalationStatusSchema.options },
      {
        put: (from) =>
          store.connection.run(
            `UPDATE escalations SET status = ?1,
             resolved_at = iif(?1 IN ('resolved', 'cancelled'), 'then', NULL) WHERE id = ?2`,
            from,
            id,
          ),
        step: (to) => apply(store, (tx) => stepEscalation(tx, id, to, 'so')),
        row: () => rowIn(store, 'escalations', id, 'status'),
      },
    );
  });

  it('move a permission request as its table says', async () => {
    const { planId, subtaskId } = await seed(store);
    const { id: runId } = await dispatch(store, planId, subtaskId);
    store.connection.run(
      `INSERT INTO permission_requests (id, run_id, summary, options, created_at)
       VALUES ('p', ?, 'May I?', '[]', 'now')`,
      runId,
    );
    await tryAll(
      store,
      permissionTransitions,
      { from: permissionStateSchema.options },
      {
        put: (from) =>
          store.connection.run(
            `UPDATE permission_requests SET state = ?1, answer = iif(?1 = 'answered', 'yes', NULL)
           WHERE id = 'p'`,
            from,
          ),
        step: (to) => apply(store, (tx) => stepPermission(tx, 'p', to, 'yes')),
        row: () => rowIn(store, 'permission_requests', 'p'),
      },
    );
  });

  it('move the firing of a trigger as its table says', async () => {
    const trigger = { name: 't', source: { kind: 'gate', ref: null }, fires_on: 'manual' } as const;
    await store.command(
      triggers.set,
      {
        ...{ ...trigger, action: 'notify', target: null, config: {} },
        ...{ needs_confirmation: false, max_chain: 5, enabled: true },
      },
      person,
    );
    const id = await store.command(triggers.fire, 't', person);
    await tryAll(
      store,
      firingTransitions,
      { from: firingStateSchema.options },
      {
        put: (from) =>
          store.connection.run('UPDATE trigger_firings SET state = ? WHERE id = ?', from, id),
        step: (to) => apply(store, (tx) => stepFiring(tx, id, to)),
        row: () => rowIn(store, 'trigger_firings', id),
      },
    );
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

/** A running verification of one check. */
function startVerification(store: InMemoryStore, subtaskId: string): Promise<string> {
  return store.command(
    verifications.start,
    {
      ...{ runId: null, subtaskId, gateId: null, acceptanceSpecId: null, validators: [check] },
      ...{ gateMode: 'all_pass', minScore: null, tree: 'merged', dirty: false, treeHash: null },
      commit: 'a'.repeat(40),
    },
    engine,
  );
}

const check = validatorSchema.parse({
  ...{ id: 'check-1', type: 'file_exists', config: { path: 'a.txt' } },
});
