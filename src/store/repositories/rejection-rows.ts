import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { rejectionResolutionSchema, type RejectionResolution } from '../../model/status';
import type { Transaction } from '../command';
import type { Connection } from '../connection';
import { maybeText, text } from './columns';
import { journal } from './journal';

const rejectionRow = z.object({
  id: text,
  subtask_id: text,
  run_id: maybeText,
  verification_id: maybeText,
  gate_decision_id: maybeText,
  rejection_type: text,
  reason: text,
  round: z.int(),
  routed_to: maybeText,
  resolved_at: maybeText,
  resolved_by: maybeText,
  resolution: rejectionResolutionSchema.nullable(),
  created_at: text,
  created_by: text,
});
export type RejectionRow = z.output<typeof rejectionRow>;

const columns = Object.keys(rejectionRow.shape).join(', ');

/** @param where a condition on `rejections`, for those of subtasks. */
export function readRejections(
  db: Connection,
  where: string,
  ...params: readonly string[]
): RejectionRow[] {
  return db.all(
    rejectionRow,
    `SELECT ${columns} FROM rejections WHERE subtask_id IS NOT NULL AND ${where} ORDER BY id`,
    ...params,
  );
}

export function readRejection(db: Connection, id: string): RejectionRow {
  const [row] = readRejections(db, 'id = ?', id);
  if (row !== undefined) return row;
  throw new RunsheetError('not_found', `There is no rejection ${id}.`, {
    entity: 'rejection',
    id,
  });
}

/** Says how a rejection was settled; from then on it counts no more. */
export function settleRejection(
  tx: Transaction,
  row: RejectionRow,
  resolution: RejectionResolution,
  reason: string | null,
): void {
  tx.run(
    'UPDATE rejections SET resolution = ?, resolved_at = ?, resolved_by = ? WHERE id = ?',
    resolution,
    tx.now,
    tx.actor,
    row.id,
  );
  journal(tx, {
    entity: 'rejection',
    id: row.id,
    action: 'resolve',
    changes: { subtask: row.subtask_id, resolution },
    reason,
  });
}

/** Settles all that is still held against a subtask. */
export function settleRejectionsOf(
  tx: Transaction,
  subtaskId: string,
  resolution: RejectionResolution,
): void {
  for (const row of readRejections(tx, 'subtask_id = ? AND resolved_at IS NULL', subtaskId)) {
    settleRejection(tx, row, resolution, null);
  }
}
