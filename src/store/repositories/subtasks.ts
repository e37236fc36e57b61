import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { longestGuidance, nextRunSchema, type NextRun } from '../../model/next-run';
import { proofSchema, subtaskStatusSchema, type SubtaskStatus } from '../../model/status';
import { checkTransition, subtaskTransitions } from '../../model/transitions';
import { command, query, type Transaction } from '../command';
import type { Connection } from '../connection';
import { disposeOpenClaims } from './claim-rows';
import { flag, jsonColumn, maybeText, placeholders, strings, text } from './columns';
import { cancelEscalationsOf, resolveEscalationsOf } from './escalation-rows';
import { journal } from './journal';
import { rollUpPhase } from './phases';
import { settleRejectionsOf } from './rejection-rows';
import { recordCause } from './trigger-causes';

const subtaskRow = z.object({
  id: text,
  plan_id: text,
  phase_id: maybeText,
  subtask_key: text,
  key_origin: z.enum(['declared', 'position', 'derived']),
  fingerprint: text,
  title: text,
  detail: text,
  position: z.int(),
  status: subtaskStatusSchema,
  proof: proofSchema.nullable(),
  status_reason: maybeText,
  attempt_limit: z.int().nullable(),
  next_run: jsonColumn(nextRunSchema).nullable(),
  optional: flag,
  /** What its file says; see `isLeftOut`. */
  left_out: flag,
  files: strings,
  labels: strings,
  file_status: maybeText,
  source_line: z.int().nullable(),
  removed_at: maybeText,
});
export type SubtaskRow = z.output<typeof subtaskRow>;

const columns = `id, plan_id, phase_id, subtask_key, key_origin, fingerprint, title, detail, position,
  status, proof, status_reason, attempt_limit, next_run, optional, left_out, files, labels, file_status, source_line,
  removed_at`;

export function readSubtask(db: Connection, id: string): SubtaskRow {
  const row = db.get(subtaskRow, `SELECT ${columns} FROM subtasks WHERE id = ?`, id);
  if (row !== null) return row;
  throw new RunsheetError('not_found', 'This subtask is not in the database.', {
    entity: 'subtask',
    id,
  });
}

/** All subtasks ever seen of a plan, removed ones included. */
export function readSubtasksOfPlan(db: Connection, planId: string): SubtaskRow[] {
  return db.all(
    subtaskRow,
    `SELECT ${columns} FROM subtasks WHERE plan_id = ? ORDER BY position`,
    planId,
  );
}

export interface StatusStep {
  subtaskId: string;
  to: SubtaskStatus;
  /** Required for `done`. */
  proof?: { kind: 'proven'; verificationId: string } | { kind: 'accepted' };
  /** One sentence; required for `blocked` and `skipped`, shown with every status. */
  reason?: string | null;
  /** With `pending`: what its next run is. Every other step forgets what was decided before. */
  nextRun?: NextRun | null;
}

/** While a run goes on, what started it is kept: it may have to be started once more. */
function nextRunAfter(row: SubtaskRow, { to, nextRun }: StatusStep): string | null {
  const next = to === 'in_progress' || to === 'in_review' ? row.next_run : nextRun;
  const isKept = to === 'pending' || to === 'in_progress' || to === 'in_review';
  if (!isKept || !next) return null;
  const guidance = next.guidance?.slice(0, longestGuidance) ?? null;
  return JSON.stringify({ ...next, guidance });
}

/** Nobody moves what a run works on but the run. @throws RunsheetError `not_ready`. */
export function refuseWhileRunning(
  tx: Transaction,
  { id, subtask_key: key }: Pick<SubtaskRow, 'id' | 'subtask_key'>,
): void {
  const live = tx.get(
    z.object({ id: text }),
    "SELECT id FROM runs WHERE subtask_id = ? AND state <> 'ended'",
    id,
  );
  if (live === null) return;
  throw new RunsheetError('not_ready', `A run of ${key} is going on. Stop it first.`, {
    key,
    run: live.id,
  });
}

/** Moves a subtask along its state machine, with phase roll-up and journal. */
export function stepSubtask(tx: Transaction, step: StatusStep): void {
  const row = readSubtask(tx, step.subtaskId);
  if (!checkTransition('subtask', subtaskTransitions, row.status, step.to)) return;
  if (step.to === 'done' && step.proof === undefined) {
    throw new RunsheetError('validation', 'A subtask is done only with a proof.', {
      field: 'proof',
    });
  }
  const proof = step.to === 'done' ? step.proof : undefined;
  tx.run(
    `UPDATE subtasks SET status = ?, proof = ?, proven_verification_id = ?, status_reason = ?,
       next_run = ?, version = version + 1, updated_at = ?, updated_by = ? WHERE id = ?`,
    step.to,
    proof?.kind ?? null,
    proof?.kind === 'proven' ? proof.verificationId : null,
    step.reason?.slice(0, 500) ?? null,
    nextRunAfter(row, step),
    tx.now,
    tx.actor,
    row.id,
  );
  journal(tx, {
    entity: 'subtask',
    id: row.id,
    action: 'status',
    changes: { from: row.status, to: step.to, proof: proof?.kind ?? null },
    reason: step.reason ?? null,
  });
  if (row.phase_id !== null) rollUpPhase(tx, row.phase_id);
  followStep(tx, row, step);
}

/** What else a status means: for what is held against the subtask, and for triggers. */
function followStep(tx: Transaction, { id, plan_id: planId }: SubtaskRow, step: StatusStep): void {
  const { to, proof } = step;
  if (to === 'done') settleRejectionsOf(tx, id, proof?.kind === 'proven' ? 'fixed' : 'overridden');
  if (to === 'done' || to === 'skipped' || to === 'cancelled')
    cancelEscalationsOf(tx, id, `The subtask is ${to}.`);
  if (to === 'done') recordCause(tx, { kind: 'subtask', id, planId, on: 'on_complete' });
  if (to === 'failed') recordCause(tx, { kind: 'subtask', id, planId, on: 'on_fail' });
}

/**
 * Makes a subtask pending with its next run decided, also where it is pending already.
 * @throws RunsheetError `not_ready` while a run of it goes on.
 */
export function decideNextRun(tx: Transaction, subtaskId: string, nextRun: NextRun): void {
  const row = readSubtask(tx, subtaskId);
  refuseWhileRunning(tx, row);
  // A step to where it is would decide nothing.
  if (row.status === 'pending') stepSubtask(tx, { subtaskId, to: 'needs_attention' });
  stepSubtask(tx, { subtaskId, to: 'pending', reason: null, nextRun });
}

/** What a person's word says to whoever asked about the subtask. */
const settled = {
  accept: (reason: string) => `Accepted. ${reason}`.trim(),
  skip: (reason: string) => `Skipped. ${reason}`.trim(),
  reset: (reason: string) => `Tried again. ${reason}`.trim(),
  resume: (reason: string) => `Resumed. ${reason}`.trim(),
  cancel: (reason: string) => `Cancelled. ${reason}`.trim(),
  block: (reason: string) => `Blocked. ${reason}`.trim(),
} as const;
export type SubtaskDecision = keyof typeof settled;

const needsReason: ReadonlySet<SubtaskDecision> = new Set(['accept', 'skip', 'block']);

/**
 * What others rely on is not passed over without a word; a claim has said itself why it is done.
 * @throws RunsheetError `validation`.
 */
export function refuseWithoutReason(
  action: SubtaskDecision,
  status: SubtaskStatus,
  reason: string,
): void {
  const isSaid = reason.trim() !== '' || (action === 'accept' && status === 'claimed');
  if (isSaid || !needsReason.has(action)) return;
  throw new RunsheetError('validation', `To ${action} a subtask, give a reason.`, {
    field: 'reason',
  });
}

/**
 * Leaves room for one more attempt where all are used up. `limit`: what the plan allows; `null`:
 * what the workspace does.
 */
export function allowOneMore(tx: Transaction, subtaskId: string, limit: number | null): void {
  tx.run(
    `UPDATE subtasks SET attempt_limit = min(50, 1 + (SELECT count(*) FROM runs
       WHERE subtask_id = ?1 AND counts_as_attempt = 1)), version = version + 1 WHERE id = ?1
       AND coalesce(attempt_limit, ?2, (SELECT max_attempts FROM project_configuration)) <=
       (SELECT count(*) FROM runs WHERE subtask_id = ?1 AND counts_as_attempt = 1)`,
    subtaskId,
    limit,
  );
}

export const subtasks = {
  ofPlan: query('subtasks.ofPlan', readSubtasksOfPlan),

  byIds: query('subtasks.byIds', (db, ids: readonly string[]) =>
    db.all(
      subtaskRow,
      `SELECT ${columns} FROM subtasks WHERE id IN (${placeholders(ids)})`,
      ...ids,
    ),
  ),

  step: command('subtasks.step', (tx, step: StatusStep) => stepSubtask(tx, step)),

  /**
   * What follows from something that was seen while the subtask was `from`: all of it, or nothing
   * where somebody has moved the subtask on. Errors: `version_conflict`, `invalid_transition`.
   */
  follow: command(
    'subtasks.follow',
    (tx, input: { subtaskId: string; from: SubtaskStatus; steps: readonly StatusStep[] }): void => {
      const { subtask_key: key, status } = readSubtask(tx, input.subtaskId);
      if (status !== input.from) {
        const message = `${key} has become ${status.replace('_', ' ')} in the meantime, so that nothing follows from this.`;
        throw new RunsheetError('version_conflict', message, {
          expected: input.from,
          current: status,
        });
      }
      for (const step of input.steps) stepSubtask(tx, step);
    },
  ),

  /**
   * A person's word: `accept` closes it without proof, `skip` leaves it out, `cancel` gives it up,
   * `block` waits for something outside; `reset` makes it pending again and `resume` has its last
   * run go on: both leave room for one more attempt.
   */
  decide: command(
    'subtasks.decide',
    (
      tx,
      input: {
        subtaskId: string;
        action: SubtaskDecision;
        reason: string;
        /** For `resume`: what the next run goes on with. */
        nextRun?: NextRun | null;
        /** How many attempts the plan allows; absent: what the workspace does. */
        attemptLimit?: number;
      },
    ): void => {
      const { subtaskId, action, reason, nextRun = null } = input;
      const row = readSubtask(tx, subtaskId);
      refuseWithoutReason(action, row.status, reason);
      refuseWhileRunning(tx, row);
      resolveEscalationsOf(tx, subtaskId, settled[action](reason));
      disposeOpenClaims(tx, subtaskId, action === 'accept' ? 'accepted' : 'withdrawn', reason);
      if (action === 'accept') {
        stepSubtask(tx, { subtaskId, to: 'done', proof: { kind: 'accepted' }, reason });
      } else if (action === 'reset' || action === 'resume') {
        if (nextRun === null) stepSubtask(tx, { subtaskId, to: 'pending', reason: null });
        else decideNextRun(tx, subtaskId, nextRun);
        allowOneMore(tx, subtaskId, input.attemptLimit ?? null);
      } else stepSubtask(tx, { subtaskId, to: outcomes[action], reason });
    },
  ),
};

const outcomes = { skip: 'skipped', cancel: 'cancelled', block: 'blocked' } as const;
