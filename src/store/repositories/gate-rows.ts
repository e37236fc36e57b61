import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { gateDecisionSchema, gateStateSchema, type GateState } from '../../model/status';
import { checkTransition, gateTransitions } from '../../model/transitions';
import { validatorSchema } from '../../model/validator';
import type { Transaction } from '../command';
import type { Connection } from '../connection';
import { jsonColumn, maybeText, text } from './columns';
import { journal } from './journal';
import { rollUpPhase } from './phases';
import { recordCause } from './trigger-causes';

const gateRow = z.object({
  id: text,
  plan_id: text,
  gate_key: text,
  kind: z.enum(['human', 'checkpoint']),
  title: text,
  trigger_type: z.enum(['after_phase', 'before_phase', 'after_subtask', 'manual']),
  trigger_phase_id: maybeText,
  trigger_subtask_id: maybeText,
  state: gateStateSchema,
  round: z.int(),
  opened_at: maybeText,
});
export const criterionStateSchema = z.enum(['unchecked', 'met', 'unmet', 'waived']);
const criterionRow = z.object({
  id: text,
  gate_id: text,
  text,
  kind: z.enum(['manual', 'check']),
  validator: jsonColumn(validatorSchema).nullable(),
  state: criterionStateSchema,
  checked_by: maybeText,
  checked_at: maybeText,
  /** The commit on which a check answered. */
  checked_commit: maybeText,
});
/** A criterion as a decision found it. */
const decidedCriterion = z.object({ text, state: criterionStateSchema });
const decisionRow = z.object({
  id: text,
  gate_id: text,
  round: z.int(),
  decision: gateDecisionSchema,
  reason: maybeText,
  criteria: jsonColumn(z.array(decidedCriterion)),
  decided_by: text,
  decided_at: text,
});
export type CriterionRow = z.output<typeof criterionRow>;
export type GateDecisionRow = z.output<typeof decisionRow>;
/** With the newest of its decisions, over all rounds. */
export type GateRow = z.output<typeof gateRow> & {
  criteria: CriterionRow[];
  lastDecision: GateDecisionRow | null;
};

const columns = Object.keys(gateRow.shape).join(', ');
const decisionColumns = Object.keys(decisionRow.shape).join(', ');

export function criteriaOf(db: Connection, gateId: string): CriterionRow[] {
  return db.all(
    criterionRow,
    `SELECT c.id, c.gate_id, c.text, c.kind, c.validator, c.state, c.checked_by, c.checked_at,
       v.commit_hash AS checked_commit
     FROM gate_criteria c LEFT JOIN verifications v ON v.id = c.verification_id
     WHERE c.gate_id = ? ORDER BY c.position`,
    gateId,
  );
}

/** All decisions on a gate, the oldest first. */
export function decisionsOf(db: Connection, gateId: string): GateDecisionRow[] {
  return db.all(
    decisionRow,
    `SELECT ${decisionColumns} FROM gate_decisions WHERE gate_id = ? ORDER BY decided_at, id`,
    gateId,
  );
}

function whole(db: Connection, row: z.output<typeof gateRow>): GateRow {
  const lastDecision = decisionsOf(db, row.id).at(-1) ?? null;
  return { ...row, criteria: criteriaOf(db, row.id), lastDecision };
}

export function readGate(db: Connection, id: string): GateRow {
  const row = db.get(gateRow, `SELECT ${columns} FROM gates WHERE id = ?`, id);
  if (row !== null) return whole(db, row);
  throw new RunsheetError('not_found', `There is no gate ${id}.`, { entity: 'gate', id });
}

/** The gates that the plan's file has, in its order. */
export function readGatesOfPlan(db: Connection, planId: string): GateRow[] {
  return db
    .all(
      gateRow,
      `SELECT ${columns} FROM gates WHERE plan_id = ? AND removed_at IS NULL ORDER BY position`,
      planId,
    )
    .map((row) => whole(db, row));
}

/**
 * Moves a gate along its state machine, in the transaction of whoever decides. An opened gate has
 * its criteria before it, unchecked. A decided gate that opens again begins a round.
 * @returns whether anything changed.
 */
export function stepGate(tx: Transaction, gate: GateRow, to: GateState): boolean {
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
      `UPDATE gate_criteria SET state = 'unchecked', checked_by = NULL, checked_at = NULL,
         verification_id = NULL, version = version + 1 WHERE gate_id = ?`,
      gate.id,
    );
  }
  const changes = { from: gate.state, to };
  journal(tx, { entity: 'gate', id: gate.id, action: 'state', changes });
  // A phase is done only with its checkpoint.
  if (gate.kind === 'checkpoint' && gate.trigger_phase_id !== null)
    rollUpPhase(tx, gate.trigger_phase_id);
  const cause = { kind: 'gate' as const, id: gate.id, planId: gate.plan_id };
  if (to === 'approved' || to === 'overridden') recordCause(tx, { ...cause, on: 'on_approve' });
  if (to === 'rejected') recordCause(tx, { ...cause, on: 'on_reject' });
  return true;
}
