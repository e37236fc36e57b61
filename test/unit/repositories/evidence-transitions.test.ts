import assert from 'node:assert/strict';
import { z } from 'zod';
import {
  checkOutcomeSchema,
  claimDispositionSchema,
  escalationStatusSchema,
  firingStateSchema,
  permissionStateSchema,
  verificationStateSchema,
} from '../../../src/model/status';
import {
  checkResultTransitions,
  claimTransitions,
  escalationTransitions,
  firingTransitions,
  permissionTransitions,
  verificationTransitions,
} from '../../../src/model/transitions';
import { disposeClaim } from '../../../src/store/repositories/claim-rows';
import { openEscalation, stepEscalation } from '../../../src/store/repositories/escalation-rows';
import { stepFiring } from '../../../src/store/repositories/firing-rows';
import { stepPermission } from '../../../src/store/repositories/permission-state';
import { triggers } from '../../../src/store/repositories/triggers';
import { stepVerification, verifications } from '../../../src/store/repositories/verifications';
import { InMemoryStore } from '../../support/in-memory-store';
import { dispatch, engine, person, seed, subtaskContent, valuesOf } from '../../support/plan-rows';
import { apply, rowIn, startVerification, tryAll } from '../../support/transitions';

describe('the states of evidence, claims and questions', () => {
  let store: InMemoryStore;
  beforeEach(async () => {
    store = await InMemoryStore.open();
  });
  afterEach(() => store.close());

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
});
