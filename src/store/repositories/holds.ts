import { z } from 'zod';
import { command, query, type Transaction } from '../command';
import { maybeText, text } from './columns';
import { journal } from './journal';

const holdRow = z.object({
  id: text,
  plan_id: text,
  phase_id: maybeText,
  subtask_id: maybeText,
  reason: maybeText,
  created_at: text,
  created_by: text,
});
/** What a person paused below a plan. */
export type HoldRow = z.output<typeof holdRow>;

/** A phase or a subtask. */
export interface HoldTarget {
  planId: string;
  phaseId: string | null;
  subtaskId: string | null;
}

const columns = Object.keys(holdRow.shape).join(', ');

function find(tx: Transaction, { phaseId, subtaskId }: HoldTarget): HoldRow | null {
  return tx.get(
    holdRow,
    `SELECT ${columns} FROM holds WHERE released_at IS NULL AND phase_id IS ? AND subtask_id IS ?`,
    phaseId,
    subtaskId,
  );
}

/** The change feed names a hold by its plan. */
function tell(
  tx: Transaction,
  action: 'pause' | 'resume',
  target: HoldTarget,
  reason: string | null,
): void {
  const entity = target.subtaskId === null ? 'phase' : 'subtask';
  journal(tx, { entity, id: target.subtaskId ?? target.phaseId ?? '', action, reason });
  tx.changed('hold', target.planId);
}

export const holds = {
  /** Nothing of it starts from now on. `false` when it was held already. */
  hold: command('holds.hold', (tx, input: HoldTarget & { reason: string | null }): boolean => {
    if (find(tx, input) !== null) return false;
    const reason = input.reason?.slice(0, 500) ?? null;
    tx.run(
      `INSERT INTO holds (id, plan_id, phase_id, subtask_id, reason, created_at, created_by)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      tx.newId(),
      input.planId,
      input.phaseId,
      input.subtaskId,
      reason,
      tx.now,
      tx.actor,
    );
    tell(tx, 'pause', input, reason);
    return true;
  }),

  /** It goes on. `false` when it was not held. */
  release: command(
    'holds.release',
    (tx, input: HoldTarget & { reason: string | null }): boolean => {
      const row = find(tx, input);
      if (row === null) return false;
      const sql = 'UPDATE holds SET released_at = ?, released_by = ? WHERE id = ?';
      tx.run(sql, tx.now, tx.actor, row.id);
      tell(tx, 'resume', input, input.reason);
      return true;
    },
  ),

  /** The live ones of a plan. */
  ofPlan: query('holds.ofPlan', (db, planId: string): HoldRow[] =>
    db.all(
      holdRow,
      `SELECT ${columns} FROM holds WHERE plan_id = ? AND released_at IS NULL ORDER BY id`,
      planId,
    ),
  ),
};
