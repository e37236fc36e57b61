import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import {
  escalationReasonSchema,
  escalationStatusSchema,
  type EscalationReason,
  type EscalationStatus,
} from '../../model/status';
import { checkTransition, escalationTransitions } from '../../model/transitions';
import type { Transaction } from '../command';
import type { Connection } from '../connection';
import { maybeText, text } from './columns';
import { journal } from './journal';

const escalationRow = z.object({
  id: text,
  subtask_id: text,
  run_id: maybeText,
  rejection_id: maybeText,
  reason_code: escalationReasonSchema,
  detail: text,
  escalated_to: text,
  status: escalationStatusSchema,
  resolution: maybeText,
  created_at: text,
  acknowledged_at: maybeText,
  acknowledged_by: maybeText,
  resolved_at: maybeText,
  resolved_by: maybeText,
});
export type EscalationRow = z.output<typeof escalationRow>;

export const escalationColumns = Object.keys(escalationRow.shape).join(', ');
export const isOpen = "status IN ('pending', 'acknowledged')";

/** @param where a condition on `escalations`, for those of subtasks. */
export function readEscalations(
  db: Connection,
  where: string,
  ...params: readonly string[]
): EscalationRow[] {
  return db.all(
    escalationRow,
    `SELECT ${escalationColumns} FROM escalations
     WHERE subtask_id IS NOT NULL AND ${where} ORDER BY id`,
    ...params,
  );
}

export function readEscalation(db: Connection, id: string): EscalationRow {
  const [row] = readEscalations(db, 'id = ?', id);
  if (row !== undefined) return row;
  throw new RunsheetError('not_found', `There is no escalation ${id}.`, {
    entity: 'escalation',
    id,
  });
}

export interface NewEscalation {
  subtaskId: string;
  runId: string | null;
  reasonCode: EscalationReason;
  detail: string;
  rejectionId?: string;
  /** `person`, or `person:<name>`. */
  to?: string;
}

/**
 * Asks for a person: nothing is dispatched for the subtask until one has settled it. While one for
 * this reason is open, it is the one. The subtask's status is the caller's matter.
 * @returns the escalation's id.
 */
export function openEscalation(tx: Transaction, input: NewEscalation): string {
  const { subtaskId, reasonCode } = input;
  const [known] = readEscalations(
    tx,
    `subtask_id = ? AND reason_code = ? AND ${isOpen}`,
    subtaskId,
    reasonCode,
  );
  if (known !== undefined) return known.id;
  const id = tx.newId();
  tx.run(
    `INSERT INTO escalations (id, subtask_id, run_id, rejection_id, reason_code, detail,
       escalated_to, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    subtaskId,
    input.runId,
    input.rejectionId ?? null,
    reasonCode,
    input.detail,
    input.to ?? 'person',
    tx.now,
  );
  const changes = { subtask: subtaskId, reason: reasonCode };
  journal(tx, { entity: 'escalation', id, action: 'open', changes, reason: input.detail });
  tx.changed('subtask', subtaskId);
  return id;
}

/** Moves an escalation along its state machine; `words` are kept with its end. */
export function stepEscalation(
  tx: Transaction,
  id: string,
  to: EscalationStatus,
  words: string | null = null,
): void {
  const row = readEscalation(tx, id);
  if (!checkTransition('escalation', escalationTransitions, row.status, to)) return;
  const isEnd = escalationTransitions[to].length === 0;
  const seen = to === 'acknowledged';
  tx.run(
    `UPDATE escalations SET status = ?, resolution = ?, acknowledged_at = ?, acknowledged_by = ?,
       resolved_at = ?, resolved_by = ?, version = version + 1 WHERE id = ?`,
    to,
    isEnd ? words : null,
    seen ? tx.now : row.acknowledged_at,
    seen ? tx.actor : row.acknowledged_by,
    isEnd ? tx.now : null,
    isEnd ? tx.actor : null,
    id,
  );
  const changes = { from: row.status, to };
  journal(tx, { entity: 'escalation', id, action: 'status', changes, reason: words });
  tx.changed('subtask', row.subtask_id);
}

/** A person settles it: whoever settles what nobody has seen yet has seen it. */
export function resolveEscalation(tx: Transaction, row: EscalationRow, words: string): void {
  if (row.status === 'pending') stepEscalation(tx, row.id, 'acknowledged');
  stepEscalation(tx, row.id, 'resolved', words);
}

/** A person's word on a subtask settles what was asked about it. */
export function resolveEscalationsOf(tx: Transaction, subtaskId: string, words: string): void {
  for (const row of readEscalations(tx, `subtask_id = ? AND ${isOpen}`, subtaskId)) {
    resolveEscalation(tx, row, words);
  }
}

/** What was asked about a subtask does not matter any more. */
export function cancelEscalationsOf(tx: Transaction, subtaskId: string, why: string): void {
  for (const row of readEscalations(tx, `subtask_id = ? AND ${isOpen}`, subtaskId)) {
    stepEscalation(tx, row.id, 'cancelled', why);
  }
}

/** @throws RunsheetError `not_ready` while an escalation of the subtask is open. */
export function refuseEscalated(tx: Transaction, subtaskId: string): void {
  const [open] = readEscalations(tx, `subtask_id = ? AND ${isOpen}`, subtaskId);
  if (open === undefined) return;
  throw new RunsheetError(
    'not_ready',
    'This subtask was escalated. Resolve that first: nothing is run for it until then.',
    { escalation: open.id, reason: open.reason_code },
  );
}
