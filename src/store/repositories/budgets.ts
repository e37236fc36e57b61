import { z } from 'zod';
import {
  budgetLimitsSchema,
  budgetScopeSchema,
  noLimits,
  type BudgetLimits,
  type BudgetScope,
  type BudgetUse,
} from '../../model/budget';
import { RunsheetError } from '../../model/errors';
import { command, query } from '../command';
import type { Connection } from '../connection';
import { maybeText, text } from './columns';
import { journal } from './journal';

const budgetRow = z.object({
  id: text,
  scope: budgetScopeSchema,
  /** Id of the plan or subtask; `null` for the day. */
  scope_ref: maybeText,
  max_wall_ms: budgetLimitsSchema.shape.wallMs,
  max_turns: budgetLimitsSchema.shape.turns,
  max_tokens: budgetLimitsSchema.shape.tokens,
  max_cost_micros: budgetLimitsSchema.shape.costMicros,
  max_runs: budgetLimitsSchema.shape.runs,
  version: z.int(),
  updated_at: text,
  updated_by: text,
});

/** What a budget is for. */
export interface BudgetOwner {
  scope: BudgetScope;
  /** Id of the plan or subtask; `null` for the day. */
  scopeRef: string | null;
}

export interface Budget extends BudgetOwner {
  id: string;
  limits: BudgetLimits;
  version: number;
  updatedAt: string;
  updatedBy: string;
}

const columns = Object.keys(budgetRow.shape).join(', ');

function budgetOf(row: z.output<typeof budgetRow>): Budget {
  return {
    id: row.id,
    scope: row.scope,
    scopeRef: row.scope_ref,
    limits: {
      wallMs: row.max_wall_ms,
      turns: row.max_turns,
      tokens: row.max_tokens,
      costMicros: row.max_cost_micros,
      runs: row.max_runs,
    },
    version: row.version,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}

function find(db: Connection, { scope, scopeRef }: BudgetOwner): Budget | null {
  const sql = `SELECT ${columns} FROM budgets WHERE scope = ? AND scope_ref IS ?`;
  const row = db.get(budgetRow, sql, scope, scopeRef);
  return row === null ? null : budgetOf(row);
}

const ownerTables = { plan: 'plans', subtask: 'subtasks' } as const;

/** @throws RunsheetError `not_found`, `validation`. */
function refuseStranger(db: Connection, { scope, scopeRef }: BudgetOwner): void {
  if (scope === 'workspace_day') {
    if (scopeRef === null) return;
    throw new RunsheetError('validation', 'The budget of the day is the whole workspace’s.', {
      field: 'scopeRef',
    });
  }
  const sql = `SELECT id FROM ${ownerTables[scope]} WHERE id = ?`;
  if (scopeRef !== null && db.get(z.object({ id: text }), sql, scopeRef) !== null) return;
  throw new RunsheetError('not_found', `There is no ${scope} ${scopeRef ?? ''}.`, {
    entity: scope,
    id: scopeRef,
  });
}

const useRow = z.object({
  wall_ms: z.int(),
  turns: z.int(),
  tokens: z.int(),
  cost_micros: z.int().nullable(),
  without_cost: z.int(),
  runs: z.int(),
});

// A run that was interrupted is found later, by the next engine; what it told last was before that.
const lastSign = `CASE outcome WHEN 'interrupted' THEN (SELECT max(e.occurred_at) FROM events e
    WHERE e.run_id = runs.id AND e.sequence < (SELECT min(i.sequence) FROM events i
      WHERE i.run_id = runs.id AND i.event_type = 'interrupted')) END`;
const workedMs = `max(0, CAST(round(1000 * (
    unixepoch(coalesce(still_since, ${lastSign}, ended_at, ?1), 'subsec')
    - unixepoch(started_at, 'subsec'))) AS INTEGER) - paused_ms)`;

export const budgets = {
  /**
   * Sets limits; those that are left out stay as they are, `null` lifts one. Errors: `not_found`,
   * `validation`, `version_conflict` when `expected` is not the present version (0: none yet).
   */
  set: command(
    'budgets.set',
    (
      tx,
      input: BudgetOwner & { limits: Partial<BudgetLimits>; expected?: number | null },
    ): Budget => {
      const { scope, scopeRef, expected = null } = input;
      refuseStranger(tx, input);
      const before = find(tx, input);
      const version = before?.version ?? 0;
      if (expected !== null && expected !== version) {
        throw new RunsheetError('version_conflict', 'Somebody else has set this budget.', {
          expected,
          current_version: version,
          updated_by: before?.updatedBy ?? null,
          updated_at: before?.updatedAt ?? null,
          current: before?.limits ?? noLimits,
        });
      }
      const limits = budgetLimitsSchema.parse({ ...before?.limits, ...input.limits });
      const id = before?.id ?? tx.newId();
      const values = [
        limits.wallMs,
        limits.turns,
        limits.tokens,
        limits.costMicros,
        limits.runs,
        tx.now,
        tx.actor,
      ];
      if (before === null) {
        tx.run(
          `INSERT INTO budgets (max_wall_ms, max_turns, max_tokens, max_cost_micros, max_runs,
             updated_at, updated_by, id, scope, scope_ref) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          ...values,
          id,
          scope,
          scopeRef,
        );
      } else {
        tx.run(
          `UPDATE budgets SET max_wall_ms = ?, max_turns = ?, max_tokens = ?, max_cost_micros = ?,
             max_runs = ?, updated_at = ?, updated_by = ?, version = version + 1 WHERE id = ?`,
          ...values,
          id,
        );
      }
      journal(tx, { entity: 'budget', id, action: 'set', changes: { scope, scopeRef, ...limits } });
      const updated = { updatedAt: tx.now, updatedBy: tx.actor };
      return { id, scope, scopeRef, limits, version: version + 1, ...updated };
    },
  ),

  list: query('budgets.list', (db) =>
    db.all(budgetRow, `SELECT ${columns} FROM budgets ORDER BY id`).map(budgetOf),
  ),

  /**
   * What the runs of a scope have used, from the first on or those created since a time. A run
   * belongs to the moment of its creation as a whole, also when it goes on after midnight.
   */
  used: query(
    'budgets.used',
    (db, input: BudgetOwner & { since: string | null; now: string }): BudgetUse => {
      const row = db.get(
        useRow,
        `SELECT coalesce(sum(CASE WHEN started_at IS NULL THEN 0 ELSE ${workedMs} END), 0) AS wall_ms,
           coalesce(sum(turns_used), 0) AS turns,
           coalesce(sum(tokens_in + tokens_out), 0) AS tokens,
           sum(cost_micros) AS cost_micros,
           coalesce(sum(started_at IS NOT NULL AND cost_micros IS NULL), 0) AS without_cost,
           coalesce(sum(counts_as_attempt), 0) AS runs
         FROM runs WHERE (?2 IS NULL OR created_at >= ?2)
           AND CASE ?3 WHEN 'plan' THEN plan_id = ?4 WHEN 'subtask' THEN subtask_id = ?4 ELSE 1 END`,
        input.now,
        input.since,
        input.scope,
        input.scopeRef,
      );
      if (row === null) throw new Error('a sum has no row');
      return {
        wallMs: row.wall_ms,
        turns: row.turns,
        tokens: row.tokens,
        costMicros: row.cost_micros,
        runsWithoutCost: row.without_cost,
        runs: row.runs,
      };
    },
  ),
};
