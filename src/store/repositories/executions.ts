import { z } from 'zod';
import { planStateOf, tally } from '../../model/progress';
import { executionStateSchema, type ExecutionState } from '../../model/status';
import { checkTransition, executionTransitions } from '../../model/transitions';
import { RunsheetError } from '../../model/errors';
import { command, query, type Transaction } from '../command';
import type { Connection } from '../connection';
import { jsonColumn, maybeText, placeholders, text } from './columns';
import { journal } from './journal';
import { stepFiring } from './firing-rows';
import { readLeaves } from './leaf-rows';
import { stepPlan } from './plans';

/** What the person asked for; an execution that outlives its engine goes on with it. */
export const executionOptionsSchema = z.object({
  workers: z.int().nullable().default(null),
  agent: z.string().nullable().default(null),
  /** Who carries it out where neither a subtask, its plan nor the workspace names an agent. */
  usualAgent: z.string().nullable().default(null),
});

const executionRow = z.object({
  id: text,
  plan_id: text,
  scope: z.enum(['plan', 'phase', 'subtask']),
  scope_ref: maybeText,
  state: executionStateSchema,
  base_commit: maybeText,
  message: maybeText,
  options: jsonColumn(executionOptionsSchema),
  trigger_firing_id: maybeText,
  started_at: maybeText,
  ended_at: maybeText,
  created_by: text,
  updated_at: text,
});
export type ExecutionRow = z.output<typeof executionRow>;

const columns = Object.keys(executionRow.shape).join(', ');

function readExecution(db: Connection, id: string): ExecutionRow {
  const row = db.get(executionRow, `SELECT ${columns} FROM plan_executions WHERE id = ?`, id);
  if (row !== null) return row;
  throw new RunsheetError('not_found', `There is no execution ${id}.`, {
    entity: 'plan_execution',
    id,
  });
}

/** How the plan stands, by its subtasks and gates. */
function outlookOf(tx: Transaction, planId: string): ReturnType<typeof planStateOf> {
  const gates = tx.get(
    z.object({ closed: z.int() }),
    `SELECT count(*) AS closed FROM gates WHERE plan_id = ? AND removed_at IS NULL
       AND state NOT IN ('approved', 'overridden')`,
    planId,
  );
  const counts = tally(readLeaves(tx, 'plan_id', planId));
  const ready = counts.pending + counts.claimed;
  return planStateOf(counts, { ready, closedGates: gates?.closed ?? 0 });
}

/** With the end of an execution, or its last gate, the plan may have come to its own end. */
export function settlePlan(tx: Transaction, planId: string): void {
  stepPlan(tx, planId, outlookOf(tx, planId));
}

export const executions = {
  /** Records that somebody started a plan, and makes the plan active. */
  create: command(
    'executions.create',
    (
      tx,
      input: {
        planId: string;
        scope: 'plan' | 'phase' | 'subtask';
        /** Phase key, or JSON array of subtask keys. */
        scopeRef: string | null;
        baseCommit: string;
        workBranch: string;
        baseBranch: string | null;
        options: z.input<typeof executionOptionsSchema>;
        /** The firing of a trigger that starts it, which has fired with this. */
        triggerFiringId?: string | null;
      },
    ): ExecutionRow => {
      const id = tx.newId();
      tx.run(
        `INSERT INTO plan_executions (id, plan_id, scope, scope_ref, state, base_commit,
           options, trigger_firing_id, started_at, created_at, created_by, updated_at, updated_by)
         VALUES (?, ?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        input.planId,
        input.scope,
        input.scopeRef,
        input.baseCommit,
        JSON.stringify(input.options),
        input.triggerFiringId ?? null,
        tx.now,
        tx.now,
        tx.actor,
        tx.now,
        tx.actor,
      );
      tx.run(
        'UPDATE plans SET work_branch = ?, base_branch = ?, version = version + 1 WHERE id = ?',
        input.workBranch,
        input.baseBranch,
        input.planId,
      );
      stepPlan(tx, input.planId, 'active');
      if (input.triggerFiringId) stepFiring(tx, input.triggerFiringId, 'fired', { started: id });
      journal(tx, { entity: 'plan_execution', id, action: 'start', changes: { ...input } });
      return readExecution(tx, id);
    },
  ),

  step: command(
    'executions.step',
    (tx, input: { id: string; to: ExecutionState; message: string | null }): void => {
      const row = readExecution(tx, input.id);
      const moved = checkTransition('plan execution', executionTransitions, row.state, input.to);
      if (!moved && row.message === input.message) return;
      const ended = executionTransitions[input.to].length === 0;
      tx.run(
        `UPDATE plan_executions SET state = ?, message = ?, ended_at = ?, version = version + 1,
           updated_at = ?, updated_by = ? WHERE id = ?`,
        input.to,
        input.message,
        ended ? (row.ended_at ?? tx.now) : null,
        tx.now,
        tx.actor,
        row.id,
      );
      tx.changed('plan_execution', row.id);
      if (moved) {
        const changes = { from: row.state, to: input.to };
        journal(tx, {
          entity: 'plan_execution',
          id: row.id,
          action: 'state',
          changes,
          reason: input.message,
        });
      }
      if (moved && ended) settlePlan(tx, row.plan_id);
    },
  ),

  /**
   * A person's word, or a proof without a run, may have closed the last of what a plan waited for. A
   * live execution says so with its own end.
   */
  settle: command('executions.settle', (tx, planId: string): void => {
    const plan = tx.get(
      z.object({ state: text, live: z.int() }),
      `SELECT state, (SELECT count(*) FROM plan_executions e WHERE e.plan_id = p.id
         AND e.ended_at IS NULL) AS live FROM plans p WHERE id = ?`,
      planId,
    );
    const isOver = plan?.state === 'active' || plan?.state === 'failed';
    if (!isOver || plan.live > 0 || outlookOf(tx, planId) !== 'completed') return;
    stepPlan(tx, planId, 'active');
    stepPlan(tx, planId, 'completed');
  }),

  live: query('executions.live', (db) =>
    db.all(
      executionRow,
      `SELECT ${columns} FROM plan_executions WHERE ended_at IS NULL ORDER BY id`,
    ),
  ),

  /** The agent that was chosen when the plan was started last; `null`: none, or never. */
  lastAgent: query('executions.lastAgent', (db, planId: string): string | null => {
    const row = db.get(
      z.object({ options: jsonColumn(executionOptionsSchema) }),
      'SELECT options FROM plan_executions WHERE plan_id = ? ORDER BY id DESC LIMIT 1',
      planId,
    );
    return row?.options.agent ?? row?.options.usualAgent ?? null;
  }),

  byIds: query('executions.byIds', (db, ids: readonly string[]) =>
    db.all(
      executionRow,
      `SELECT ${columns} FROM plan_executions WHERE id IN (${placeholders(ids)})`,
      ...ids,
    ),
  ),
};
