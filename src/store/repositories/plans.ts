import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { planStateSchema, type PlanState } from '../../model/status';
import { checkTransition, planTransitions } from '../../model/transitions';
import { command, query, type Transaction } from '../command';
import type { Connection } from '../connection';
import { maybeText, text } from './columns';
import { journal } from './journal';
import { requirePerson } from './person';
import { syncContent, type PlanContent } from './plan-sync';
import { recordCause } from './trigger-causes';

const planRow = z.object({
  id: text,
  title: text,
  format: text,
  source_path: text,
  source_name: text,
  source_hash: maybeText,
  state: planStateSchema,
  base_branch: maybeText,
  work_branch: maybeText,
  workflow_type: maybeText,
  missing_since: maybeText,
});
export type PlanRow = z.output<typeof planRow>;

const columns = Object.keys(planRow.shape).join(', ');

function readPlan(db: Connection, id: string): PlanRow {
  const row = db.get(planRow, `SELECT ${columns} FROM plans WHERE id = ?`, id);
  if (row !== null) return row;
  throw new RunsheetError('not_found', `There is no plan ${id}.`, { entity: 'plan', id });
}

/** Moves a plan along its state machine. */
export function stepPlan(tx: Transaction, planId: string, to: PlanState): void {
  const plan = readPlan(tx, planId);
  if (!checkTransition('plan', planTransitions, plan.state, to)) return;
  tx.run(
    `UPDATE plans SET state = ?, version = version + 1, updated_at = ?, updated_by = ?
     WHERE id = ?`,
    to,
    tx.now,
    tx.actor,
    planId,
  );
  const changes = { from: plan.state, to };
  journal(tx, { entity: 'plan', id: planId, action: 'state', changes });
  const cause = { kind: 'plan' as const, id: planId, planId };
  if (to === 'completed') recordCause(tx, { ...cause, on: 'on_complete' });
  if (to === 'failed') recordCause(tx, { ...cause, on: 'on_fail' });
}

function planAt(db: Connection, path: string, name: string): PlanRow | null {
  return db.get(
    planRow,
    `SELECT ${columns} FROM plans
     WHERE source_path = ? AND source_name = ? AND archived_at IS NULL`,
    path,
    name,
  );
}

function insertPlan(tx: Transaction, content: PlanContent): string {
  const id = tx.newId();
  tx.run(
    `INSERT INTO plans (id, title, format, source_path, source_name, created_at, created_by,
       updated_at, updated_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    content.title,
    content.format,
    content.path,
    content.name,
    tx.now,
    tx.actor,
    tx.now,
    tx.actor,
  );
  return id;
}

/** What a file leaves out may depend on the day. */
function leavesOthersOut(tx: Transaction, planId: string, { subtasks }: PlanContent): boolean {
  const rows = tx.all(
    z.object({ subtask_key: text }),
    `SELECT subtask_key FROM subtasks WHERE plan_id = ? AND left_out = 1 AND removed_at IS NULL`,
    planId,
  );
  const before = new Set(rows.map((row) => row.subtask_key));
  const now = subtasks.filter((subtask) => subtask.leftOut);
  return now.length !== before.size || now.some(({ key }) => !before.has(key));
}

export const plans = {
  /** Brings the database's copy of a plan in line with its file; returns the plan's id. */
  sync: command('plans.sync', (tx, content: PlanContent): string => {
    const known = planAt(tx, content.path, content.name);
    const id = known?.id ?? insertPlan(tx, content);
    if (
      known !== null &&
      known.source_hash === content.sourceHash &&
      known.format === content.format &&
      known.title === content.title &&
      known.missing_since === null &&
      !leavesOthersOut(tx, id, content)
    ) {
      return id;
    }
    tx.run(
      `UPDATE plans SET title = ?, format = ?, source_hash = ?, missing_since = NULL,
         version = version + 1, updated_at = ?, updated_by = ? WHERE id = ?`,
      content.title,
      content.format,
      content.sourceHash,
      tx.now,
      tx.actor,
      id,
    );
    syncContent(tx, id, content);
    journal(tx, { entity: 'plan', id, action: known === null ? 'import' : 'read' });
    return id;
  }),

  /** The plan's file is gone; its history stays. */
  markMissing: command('plans.markMissing', (tx, planId: string): void => {
    tx.run('UPDATE plans SET missing_since = ? WHERE id = ?', tx.now, planId);
    journal(tx, { entity: 'plan', id: planId, action: 'missing' });
  }),

  step: command('plans.step', (tx, input: { planId: string; to: PlanState }) =>
    stepPlan(tx, input.planId, input.to),
  ),

  /** Names the kind of work that the plan is, for triggers; `null` takes the name away. */
  setWorkflow: command(
    'plans.setWorkflow',
    (tx, { planId, type }: { planId: string; type: string | null }): void => {
      requirePerson(tx, 'says what kind of work a plan is');
      const { workflow_type: before } = readPlan(tx, planId);
      tx.run(
        `UPDATE plans SET workflow_type = ?, version = version + 1, updated_at = ?, updated_by = ?
         WHERE id = ?`,
        type,
        tx.now,
        tx.actor,
        planId,
      );
      const changes = { from: before, to: type };
      journal(tx, { entity: 'plan', id: planId, action: 'workflow', changes });
    },
  ),

  all: query('plans.all', (db) =>
    db.all(
      planRow,
      `SELECT ${columns} FROM plans WHERE archived_at IS NULL AND missing_since IS NULL
       ORDER BY source_path, source_name`,
    ),
  ),

  byId: query('plans.byId', readPlan),
};
