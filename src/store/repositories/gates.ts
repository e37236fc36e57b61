import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { gateStateSchema, type GateDecision, type GateState } from '../../model/status';
import { checkTransition, gateTransitions } from '../../model/transitions';
import { validatorSchema } from '../../model/validator';
import { command, query, type Transaction } from '../command';
import type { Connection } from '../connection';
import { jsonColumn, maybeText, text } from './columns';
import { journal } from './journal';

const gateRow = z.object({
  id: text,
  plan_id: text,
  gate_key: text,
  kind: z.enum(['human', 'checkpoint']),
  title: text,
  state: gateStateSchema,
  round: z.int(),
  opened_at: maybeText,
});
const criterionRow = z.object({
  id: text,
  gate_id: text,
  text,
  kind: z.enum(['manual', 'check']),
  validator: jsonColumn(validatorSchema).nullable(),
  state: z.enum(['unchecked', 'met', 'unmet', 'waived']),
});
export type CriterionRow = z.output<typeof criterionRow>;
export type GateRow = z.output<typeof gateRow> & { criteria: CriterionRow[] };

const columns = Object.keys(gateRow.shape).join(', ');
const criterionColumns = Object.keys(criterionRow.shape).join(', ');

function criteriaOf(db: Connection, gateId: string): CriterionRow[] {
  return db.all(
    criterionRow,
    `SELECT ${criterionColumns} FROM gate_criteria WHERE gate_id = ? ORDER BY position`,
    gateId,
  );
}

function readGate(db: Connection, id: string): GateRow {
  const row = db.get(gateRow, `SELECT ${columns} FROM gates WHERE id = ?`, id);
  if (row !== null) return { ...row, criteria: criteriaOf(db, id) };
  throw new RunsheetError('not_found', `There is no gate ${id}.`, { entity: 'gate', id });
}

function setState(tx: Transaction, gate: GateRow, to: GateState): boolean {
  if (!checkTransition('gate', gateTransitions, gate.state, to)) return false;
  const reopened = to === 'open' && gate.state !== 'waiting';
  tx.run(
    `UPDATE gates SET state = ?, round = round + ?, opened_at = ?, version = version + 1,
       updated_at = ?, updated_by = ? WHERE id = ?`,
    to,
    reopened ? 1 : 0,
    to === 'open' ? tx.now : gate.opened_at,
    tx.now,
    tx.actor,
    gate.id,
  );
  if (to === 'open') {
    // What was met for an earlier state of the branch says nothing about this one.
    tx.run(
      `UPDATE gate_criteria SET state = 'unchecked', version = version + 1 WHERE gate_id = ?`,
      gate.id,
    );
  }
  const changes = { from: gate.state, to };
  journal(tx, { entity: 'gate', id: gate.id, action: 'state', changes });
  return true;
}

const stateAfter: Record<GateDecision, GateState> = {
  approve: 'approved',
  reject: 'rejected',
  override: 'overridden',
  reopen: 'open',
};

/** Approving is the person's word that what only a person can judge is met. */
function judgeCriteria(tx: Transaction, gate: GateRow, decision: GateDecision): CriterionRow[] {
  if (decision === 'approve' || decision === 'override') {
    tx.run(
      `UPDATE gate_criteria SET state = ?, checked_by = ?, checked_at = ?, version = version + 1
       WHERE gate_id = ? AND state <> 'met' AND (kind = 'manual' OR ? = 'override')`,
      decision === 'approve' ? 'met' : 'waived',
      tx.actor,
      tx.now,
      gate.id,
      decision,
    );
  }
  const criteria = criteriaOf(tx, gate.id);
  const unmet = criteria.filter((row) => row.state !== 'met' && row.state !== 'waived');
  if (decision === 'approve' && unmet.length > 0) {
    const names = unmet.map((row) => row.text).join('; ');
    throw new RunsheetError(
      'validation',
      `Not every check of the gate is met: ${names}. Override it with a reason, or reject it.`,
      { field: 'criteria' },
    );
  }
  return criteria;
}

export const gates = {
  /** Its turn has come: a person (or its checks) decides now. */
  open: command('gates.open', (tx, id: string): boolean => setState(tx, readGate(tx, id), 'open')),

  /** What opened it was undone. */
  close: command('gates.close', (tx, id: string): boolean =>
    setState(tx, readGate(tx, id), 'waiting'),
  ),

  /** A checkpoint whose criteria are all checks, and all met, needs no person. */
  pass: command('gates.pass', (tx, id: string): boolean => {
    const gate = readGate(tx, id);
    const met = gate.criteria.every(({ kind, state }) => kind === 'check' && state === 'met');
    const automatic = gate.kind === 'checkpoint' && gate.criteria.length > 0 && met;
    return automatic && setState(tx, gate, 'approved');
  }),

  markCriterion: command(
    'gates.markCriterion',
    (tx, input: { id: string; gateId: string; met: boolean; verificationId: string }): void => {
      tx.run(
        `UPDATE gate_criteria SET state = ?, verification_id = ?, checked_by = ?, checked_at = ?,
           version = version + 1 WHERE id = ?`,
        input.met ? 'met' : 'unmet',
        input.verificationId,
        tx.actor,
        tx.now,
        input.id,
      );
      tx.changed('gate', input.gateId);
    },
  ),

  /** Only a person decides: the actor must be `person:…`. */
  decide: command(
    'gates.decide',
    (tx, input: { gateId: string; decision: GateDecision; reason: string | null }): GateRow => {
      if (!tx.actor.startsWith('person:')) {
        throw new RunsheetError('forbidden', 'Only a person decides a gate.', {});
      }
      if (input.decision !== 'approve' && (input.reason ?? '').trim() === '') {
        throw new RunsheetError('validation', `To ${input.decision} a gate, give a reason.`, {
          field: 'reason',
        });
      }
      const gate = readGate(tx, input.gateId);
      const criteria = judgeCriteria(tx, gate, input.decision);
      if (!setState(tx, gate, stateAfter[input.decision])) return gate;
      tx.run(
        `INSERT INTO gate_decisions (id, gate_id, round, decision, reason, criteria, decided_by,
           decided_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        tx.newId(),
        gate.id,
        gate.round,
        input.decision,
        input.reason,
        JSON.stringify(criteria.map(({ text: words, state }) => ({ text: words, state }))),
        tx.actor,
        tx.now,
      );
      return readGate(tx, gate.id);
    },
  ),

  ofPlan: query('gates.ofPlan', (db, planId: string): GateRow[] =>
    db
      .all(
        gateRow,
        `SELECT ${columns} FROM gates WHERE plan_id = ? AND removed_at IS NULL ORDER BY position`,
        planId,
      )
      .map((row) => ({ ...row, criteria: criteriaOf(db, row.id) })),
  ),

  byId: query('gates.byId', readGate),
};
