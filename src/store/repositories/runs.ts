import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import {
  runOutcomeSchema,
  runStateSchema,
  verdictSchema,
  type EscalationReason,
  type RunOutcome,
  type RunState,
  type Verdict,
} from '../../model/status';
import { checkTransition, runTransitions, subtaskTransitions } from '../../model/transitions';
import { command, query, type Transaction } from '../command';
import type { Connection, SqlValue } from '../connection';
import { flag, maybeText, placeholders, text } from './columns';
import { appendEvents, ownEvent } from './events';
import { openEscalation } from './escalation-rows';
import { admitRun, type Admission } from './run-admission';
import { goOn, standStill } from './run-time';
import { readSubtask, stepSubtask, type StatusStep } from './subtasks';

const startedBecauseSchema = z.enum([
  'first',
  'retry',
  'fallback',
  'route',
  'trigger',
  'resume',
  'manual',
]);
export type StartedBecause = z.infer<typeof startedBecauseSchema>;

const runRow = z.object({
  id: text,
  agent_spec_id: text,
  plan_id: text,
  plan_execution_id: maybeText,
  subtask_id: text,
  attempt: z.int(),
  previous_run_id: maybeText,
  started_because: startedBecauseSchema,
  state: runStateSchema,
  outcome: runOutcomeSchema.nullable(),
  verdict: verdictSchema.nullable(),
  stop_reason: maybeText,
  error_code: maybeText,
  error: maybeText,
  agent_key: text,
  agent_version: maybeText,
  model: maybeText,
  agent_session: maybeText,
  base_commit: maybeText,
  branch_name: maybeText,
  worktree_path: maybeText,
  head_commit: maybeText,
  merge_commit: maybeText,
  process_id: z.int().nullable(),
  process_started_at: maybeText,
  process_marker: maybeText,
  engine_id: maybeText,
  turns_used: z.int(),
  tokens_in: z.int(),
  tokens_out: z.int(),
  cost_micros: z.int().nullable(),
  counts_as_attempt: flag,
  paused_ms: z.int(),
  still_since: maybeText,
  created_at: text,
  started_at: maybeText,
  ended_at: maybeText,
});
export type RunRow = z.output<typeof runRow>;

const columns = Object.keys(runRow.shape).join(', ');
// Runs of work items have no subtask; they are read by their own queries.
const ofSubtasks = 'subtask_id IS NOT NULL AND plan_id IS NOT NULL';

export function readRun(db: Connection, id: string): RunRow {
  const row = db.get(runRow, `SELECT ${columns} FROM runs WHERE id = ? AND ${ofSubtasks}`, id);
  if (row !== null) return row;
  throw new RunsheetError('not_found', `There is no run ${id}.`, { entity: 'run', id });
}

export interface DispatchInput extends Admission {
  planId: string;
  executionId: string;
  agentSpecId: string;
  agentKey: string;
  engineId: string;
  startedBecause: StartedBecause;
  /** The run whose work it goes on with; `null`: it begins anew. */
  continues: string | null;
}

/** What may change about a run beside its state. `undefined` leaves a field as it is. */
export interface RunFields {
  agent_version?: string | null;
  model?: string | null;
  agent_session?: string | null;
  base_commit?: string;
  branch_name?: string;
  worktree_path?: string;
  head_commit?: string;
  merge_commit?: string;
  process_id?: number;
  process_started_at?: string | null;
  process_marker?: string;
  turns_used?: number;
  tokens_in?: number;
  tokens_out?: number;
  cost_micros?: number | null;
}

function setFields(tx: Transaction, runId: string, fields: RunFields): void {
  const given: readonly [string, SqlValue | undefined][] = Object.entries(fields);
  const entries = given.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  if (entries.length === 0) return;
  tx.run(
    `UPDATE runs SET ${entries.map(({ name }) => `${name} = ?`).join(', ')},
       version = version + 1, updated_at = ?, updated_by = ? WHERE id = ?`,
    ...entries.map(({ value }) => value),
    tx.now,
    tx.actor,
    runId,
  );
  tx.changed('run', runId);
}

function setState(tx: Transaction, runId: string, to: RunState): void {
  tx.run(
    'UPDATE runs SET state = ?, version = version + 1, updated_at = ?, updated_by = ? WHERE id = ?',
    to,
    tx.now,
    tx.actor,
    runId,
  );
  tx.changed('run', runId);
}

/**
 * What becomes of a subtask when its run has ended. A run always ends: where a person has moved the
 * subtask on in the meantime, it stays where it is.
 */
function leaveSubtask(tx: Transaction, step: StatusStep): void {
  const { status } = readSubtask(tx, step.subtaskId);
  // From review nothing leads straight back to pending: the work is in progress again first.
  if (step.to === 'pending' && status === 'in_review') {
    stepSubtask(tx, { subtaskId: step.subtaskId, to: 'in_progress' });
    stepSubtask(tx, step);
  } else if (subtaskTransitions[status].includes(step.to)) stepSubtask(tx, step);
}

const canStand: ReadonlySet<RunState> = new Set([
  'running',
  'waiting',
  'paused',
  'verifying',
  'merging',
]);

export const runs = {
  /**
   * Makes the run's row and takes the subtask out of the ready set, in one transaction; every
   * path to an agent goes through here. Errors: `gate_closed`, `limit`, `not_ready`, `not_found`,
   * `invalid_transition`.
   */
  dispatch: command('runs.dispatch', (tx, input: DispatchInput): RunRow => {
    const attempt = admitRun(tx, input);
    const id = tx.newId();
    tx.run(
      `INSERT INTO runs (id, agent_spec_id, plan_id, plan_execution_id, subtask_id, attempt,
         previous_run_id, started_because, agent_key, engine_id, created_at, created_by,
         updated_at, updated_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      input.agentSpecId,
      input.planId,
      input.executionId,
      input.subtaskId,
      attempt,
      input.continues,
      input.startedBecause,
      input.agentKey,
      input.engineId,
      tx.now,
      tx.actor,
      tx.now,
      tx.actor,
    );
    stepSubtask(tx, { subtaskId: input.subtaskId, to: 'in_progress' });
    const { agentKey: agent, agentSpecId: spec, startedBecause: because, continues } = input;
    const told = { agent, spec, attempt, because, continues };
    appendEvents(tx, id, [ownEvent(tx, 'dispatched', told)]);
    tx.changed('run', id);
    return readRun(tx, id);
  }),

  step: command(
    'runs.step',
    (tx, input: { runId: string; to: RunState; fields?: RunFields; subtask?: StatusStep }) => {
      const run = readRun(tx, input.runId);
      if (checkTransition('run', runTransitions, run.state, input.to)) {
        const first = input.to === 'running' && run.started_at === null;
        tx.run(
          'UPDATE runs SET state = ?, started_at = ?, version = version + 1, updated_at = ?, updated_by = ? WHERE id = ?',
          input.to,
          first ? tx.now : run.started_at,
          tx.now,
          tx.actor,
          input.runId,
        );
      }
      setFields(tx, input.runId, input.fields ?? {});
      if (input.subtask !== undefined) stepSubtask(tx, input.subtask);
      tx.changed('run', input.runId);
    },
  ),

  update: command('runs.update', (tx, input: { runId: string; fields: RunFields }) =>
    setFields(tx, input.runId, input.fields),
  ),

  /** Ends a run and says what becomes of its subtask, in one transaction. */
  end: command(
    'runs.end',
    (
      tx,
      input: {
        runId: string;
        outcome: RunOutcome;
        verdict: Verdict | null;
        stopReason?: string | null;
        errorCode?: string | null;
        error?: string | null;
        countsAsAttempt?: boolean;
        fields?: RunFields;
        subtask?: StatusStep;
        escalation?: { reasonCode: EscalationReason; detail: string } | null;
      },
    ): void => {
      const run = readRun(tx, input.runId);
      if (!checkTransition('run', runTransitions, run.state, 'ended')) return;
      setFields(tx, run.id, input.fields ?? {});
      tx.run(
        `UPDATE runs SET state = 'ended', outcome = ?, verdict = ?, stop_reason = ?,
           error_code = ?, error = ?, counts_as_attempt = ?, ended_at = ?,
           version = version + 1, updated_at = ?, updated_by = ? WHERE id = ?`,
        input.outcome,
        input.verdict,
        input.stopReason ?? null,
        input.errorCode ?? null,
        input.error ?? null,
        input.countsAsAttempt === false ? 0 : 1,
        tx.now,
        tx.now,
        tx.actor,
        run.id,
      );
      tx.run(
        `UPDATE permission_requests SET state = 'cancelled' WHERE run_id = ? AND state = 'open'`,
        run.id,
      );
      if (input.subtask !== undefined) leaveSubtask(tx, input.subtask);
      if (input.escalation !== undefined && input.escalation !== null) {
        openEscalation(tx, { subtaskId: run.subtask_id, runId: run.id, ...input.escalation });
      }
      tx.changed('run', run.id);
    },
  ),

  /**
   * Stands still from now on; `false` where the run has nothing to stand still with yet, or any more.
   * What is between its agent and its end keeps its state.
   */
  pause: command('runs.pause', (tx, runId: string): boolean => {
    const { state } = readRun(tx, runId);
    if (!canStand.has(state)) return false;
    if (state === 'running' || state === 'waiting') setState(tx, runId, 'paused');
    standStill(tx, runId);
    return true;
  }),

  /** Goes on; waits where a question was left open. `false` when it did not stand still. */
  resume: command('runs.resume', (tx, runId: string): boolean => {
    const { state, still_since: since } = readRun(tx, runId);
    if (since === null || !canStand.has(state)) return false;
    if (state === 'paused') setState(tx, runId, 'running');
    const isAsking = tx.get(
      z.object({ id: text }),
      `SELECT id FROM permission_requests WHERE run_id = ? AND state = 'open' LIMIT 1`,
      runId,
    );
    if (isAsking === null) goOn(tx, runId);
    else setState(tx, runId, 'waiting');
    return true;
  }),

  byId: query('runs.byId', (db, id: string) => readRun(db, id)),

  byIds: query('runs.byIds', (db, ids: readonly string[]) =>
    db.all(
      runRow,
      `SELECT ${columns} FROM runs WHERE ${ofSubtasks} AND id IN (${placeholders(ids)})`,
      ...ids,
    ),
  ),

  /** The newest run of each of these worktrees. */
  inWorktrees: query('runs.inWorktrees', (db, paths: readonly string[]) =>
    db.all(
      runRow,
      `SELECT ${columns} FROM runs WHERE id IN
         (SELECT max(id) FROM runs WHERE ${ofSubtasks} AND worktree_path IN (${placeholders(paths)})
          GROUP BY worktree_path)`,
      ...paths,
    ),
  ),

  live: query('runs.live', (db) =>
    db.all(
      runRow,
      `SELECT ${columns} FROM runs WHERE state <> 'ended' AND ${ofSubtasks} ORDER BY id`,
    ),
  ),

  recent: query('runs.recent', (db, input: { planId: string | null; limit: number }) =>
    db.all(
      runRow,
      `SELECT ${columns} FROM runs WHERE ${ofSubtasks} AND (?1 IS NULL OR plan_id = ?1)
       ORDER BY created_at DESC, id DESC LIMIT ?2`,
      input.planId,
      input.limit,
    ),
  ),

  /** All runs of a subtask, oldest first. */
  ofSubtask: query('runs.ofSubtask', (db, subtaskId: string) =>
    db.all(
      runRow,
      `SELECT ${columns} FROM runs WHERE ${ofSubtasks} AND subtask_id = ? ORDER BY attempt`,
      subtaskId,
    ),
  ),

  /** Per subtask of a plan that ever ran: its newest run and how many attempts count. */
  attemptsOfPlan: query('runs.attemptsOfPlan', (db, planId: string) =>
    db.all(
      z.object({ subtask_id: text, last_run_id: text, used: z.int() }),
      `SELECT subtask_id, max(id) AS last_run_id, sum(counts_as_attempt) AS used FROM runs
       WHERE plan_id = ? AND subtask_id IS NOT NULL GROUP BY subtask_id`,
      planId,
    ),
  ),
};
