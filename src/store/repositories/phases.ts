import { z } from 'zod';
import { phaseStatusOf, tally } from '../../model/progress';
import { phaseStatusSchema, type PhaseStatus } from '../../model/status';
import { checkTransition, phaseTransitions } from '../../model/transitions';
import { query, type Transaction } from '../command';
import { flag, maybeText, text } from './columns';
import { journal } from './journal';
import { readLeaves } from './leaf-rows';
import { recordCause } from './trigger-causes';

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
  if (phase === null) return;
  const leaves = readLeaves(tx, 'phase_id', phaseId);
  const to = phaseStatusOf(tally(leaves), checkpointPassed(tx, phaseId));
  if (to === phase.status) return;
  // A roll-up may jump where a person's step could not: it goes through `pending`.
  const via = phaseTransitions[phase.status].includes(to) ? to : 'pending';
  for (const status of via === to ? [to] : [via, to]) stepPhase(tx, phaseId, status);
}

/** A phase without a checkpoint has nothing to pass. */
function checkpointPassed(tx: Transaction, phaseId: string): boolean {
  const closed = tx.get(
    z.object({ closed: z.int() }),
    `SELECT count(*) AS closed FROM gates WHERE trigger_phase_id = ? AND kind = 'checkpoint'
       AND removed_at IS NULL AND state NOT IN ('approved', 'overridden')`,
    phaseId,
  );
  return closed?.closed === 0;
}

/** Moves a phase along its state machine. */
export function stepPhase(tx: Transaction, phaseId: string, to: PhaseStatus): void {
  const phase = tx.get(
    z.object({ plan_id: text, status: phaseStatusSchema }),
    'SELECT plan_id, status FROM phases WHERE id = ?',
    phaseId,
  );
  if (phase === null || !checkTransition('phase', phaseTransitions, phase.status, to)) return;
  tx.run(
    `UPDATE phases SET status = ?, version = version + 1, updated_at = ?, updated_by = ?
     WHERE id = ?`,
    to,
    tx.now,
    tx.actor,
    phaseId,
  );
  journal(tx, { entity: 'phase', id: phaseId, action: 'status', changes: { to } });
  const cause = { kind: 'phase' as const, id: phaseId, planId: phase.plan_id };
  if (to === 'done') recordCause(tx, { ...cause, on: 'on_complete' });
}
