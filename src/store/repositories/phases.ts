import { z } from 'zod';
import { phaseStatusSchema, type PhaseStatus } from '../../model/status';
import { phaseTransitions } from '../../model/transitions';
import { query, type Transaction } from '../command';
import { flag, maybeText, text } from './columns';
import { journal } from './journal';

const phaseRow = z.object({
  id: text,
  plan_id: text,
  phase_key: text,
  title: text,
  position: z.int(),
  status: phaseStatusSchema,
  parallel_safe: flag.nullable(),
  checkpoint: maybeText,
});
export type PhaseRow = z.output<typeof phaseRow>;

const leafCounts = z.object({
  total: z.int(),
  closed: z.int(),
  skipped: z.int(),
  moving: z.int(),
  stuck: z.int(),
});

export const phases = {
  ofPlan: query('phases.ofPlan', (db, planId: string) =>
    db.all(
      phaseRow,
      `SELECT id, plan_id, phase_key, title, position, status, parallel_safe, checkpoint
       FROM phases WHERE plan_id = ? AND removed_at IS NULL ORDER BY position`,
      planId,
    ),
  ),
  dependenciesOfPlan: query('phases.dependenciesOfPlan', (db, planId: string) =>
    db.all(
      z.object({ phase_id: text, depends_on_id: text }),
      `SELECT d.phase_id, d.depends_on_id FROM phase_dependencies d
       JOIN phases p ON p.id = d.phase_id WHERE p.plan_id = ?`,
      planId,
    ),
  ),
};

/** Derives a phase's status from its leaves, in the transaction that changed a leaf. */
export function rollUpPhase(tx: Transaction, phaseId: string): void {
  const phase = tx.get(
    z.object({ status: phaseStatusSchema }),
    'SELECT status FROM phases WHERE id = ?',
    phaseId,
  );
  const leaves = tx.get(
    leafCounts,
    `SELECT count(*) AS total,
       coalesce(sum(status IN ('done','skipped','cancelled')
         OR (optional = 1 AND status NOT IN ('in_progress','in_review'))), 0) AS closed,
       coalesce(sum(status = 'skipped'), 0) AS skipped,
       coalesce(sum(status IN ('in_progress','in_review','done')), 0) AS moving,
       coalesce(sum(status IN ('blocked','failed','needs_attention')), 0) AS stuck
     FROM subtasks WHERE phase_id = ? AND removed_at IS NULL`,
    phaseId,
  );
  if (phase === null || leaves === null) return;
  const to = statusOf(leaves);
  if (to === phase.status) return;
  // A roll-up may jump where a person's step could not: it goes through `pending`.
  const via = phaseTransitions[phase.status].includes(to) ? to : 'pending';
  for (const status of via === to ? [to] : [via, to]) setStatus(tx, phaseId, status);
}

function statusOf(leaves: z.output<typeof leafCounts>): PhaseStatus {
  if (leaves.total > 0 && leaves.skipped === leaves.total) return 'skipped';
  if (leaves.total > 0 && leaves.closed === leaves.total) return 'done';
  if (leaves.stuck > 0) return 'blocked';
  return leaves.moving > 0 ? 'in_progress' : 'pending';
}

function setStatus(tx: Transaction, phaseId: string, status: PhaseStatus): void {
  tx.run(
    `UPDATE phases SET status = ?, version = version + 1, updated_at = ?, updated_by = ?
     WHERE id = ?`,
    status,
    tx.now,
    tx.actor,
    phaseId,
  );
  journal(tx, { entity: 'phase', id: phaseId, action: 'status', changes: { to: status } });
}
