import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { gateStateSchema } from '../../model/status';
import type { Transaction } from '../command';
import { placeholders, text } from './columns';
import { refuseEscalated } from './escalation-rows';
import { readSubtask, refuseWhileRunning } from './subtasks';

/** How many counting runs a budget allows its plan, subtask or day. */
export interface RunLimit {
  scope: 'workspace_day' | 'plan' | 'subtask';
  scopeRef: string | null;
  /** UTC text from which on runs count; `null`: all. */
  since: string | null;
  limit: number;
}

/** What decides whether a subtask may have one more run. */
export interface Admission {
  subtaskId: string;
  /** How many attempts may count; the run is refused beyond. */
  attemptLimit: number;
  /** Gates that must be approved or overridden for this subtask. */
  gateIds: readonly string[];
  runLimits: readonly RunLimit[];
}

/**
 * The number of the next attempt. Everything that keeps a run from starting is looked at in the
 * transaction that makes it. Errors: `gate_closed`, `limit`, `not_ready`, `not_found`.
 */
export function admitRun(tx: Transaction, admission: Admission): number {
  const { subtaskId, gateIds, runLimits, attemptLimit } = admission;
  refuseClosedGates(tx, gateIds);
  refuseUnavailable(tx, subtaskId);
  refuseEscalated(tx, subtaskId);
  refuseMoved(tx, subtaskId);
  refuseUsedUp(tx, runLimits);
  return nextAttempt(tx, subtaskId, attemptLimit);
}

function refuseClosedGates(tx: Transaction, gateIds: readonly string[]): void {
  if (gateIds.length === 0) return;
  const closed = tx.all(
    z.object({ title: text, state: gateStateSchema }),
    `SELECT title, state FROM gates WHERE id IN (${placeholders(gateIds)})
       AND removed_at IS NULL AND state NOT IN ('approved', 'overridden')`,
    ...gateIds,
  );
  const titles = closed.map((gate) => gate.title);
  if (titles.length > 0) {
    throw new RunsheetError('gate_closed', `A gate is closed: ${titles.join(', ')}.`, {
      gates: titles,
    });
  }
}

/** A subtask has one run at a time, and none when its file does not have it any more. */
function refuseUnavailable(tx: Transaction, subtaskId: string): void {
  const row = readSubtask(tx, subtaskId);
  if (row.removed_at !== null) {
    throw new RunsheetError('not_found', 'This subtask is not in its file any more.', {
      entity: 'subtask',
      id: subtaskId,
    });
  }
  refuseWhileRunning(tx, row);
}

/** It may have been closed or put aside since it was chosen. */
function refuseMoved(tx: Transaction, subtaskId: string): void {
  const { subtask_key: key, status } = readSubtask(tx, subtaskId);
  if (status === 'pending') return;
  const message = `${key} cannot be started: it is ${status.replace('_', ' ')}.`;
  throw new RunsheetError('not_ready', message, { key, status });
}

/** Two runs that begin at the same moment do not both take the last one that a budget allows. */
function refuseUsedUp(tx: Transaction, limits: readonly RunLimit[]): void {
  for (const { scope, scopeRef, since, limit } of limits) {
    const count = tx.get(
      z.object({ runs: z.int() }),
      `SELECT coalesce(sum(counts_as_attempt), 0) AS runs FROM runs
       WHERE (?1 IS NULL OR created_at >= ?1)
         AND CASE ?2 WHEN 'plan' THEN plan_id = ?3 WHEN 'subtask' THEN subtask_id = ?3 ELSE 1 END`,
      since,
      scope,
      scopeRef,
    );
    if (count === null || count.runs < limit) continue;
    const message = `A budget is used up: ${count.runs} of ${limit} runs.`;
    throw new RunsheetError('limit', message, { budget: scope, limit });
  }
}

function nextAttempt(tx: Transaction, subtaskId: string, limit: number): number {
  const counts = tx.get(
    z.object({ last: z.int(), used: z.int() }),
    `SELECT coalesce(max(attempt), 0) AS last, coalesce(sum(counts_as_attempt), 0) AS used
     FROM runs WHERE subtask_id = ?`,
    subtaskId,
  );
  if (counts !== null && counts.used < limit) return counts.last + 1;
  throw new RunsheetError('limit', 'All attempts of this subtask are used up.', { limit });
}
