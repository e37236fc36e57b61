import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { proofSchema, subtaskStatusSchema, type SubtaskStatus } from '../../model/status';
import { checkTransition, subtaskTransitions } from '../../model/transitions';
import {
  deepestWorkItem,
  titleSchema,
  workItemMetadataSchemas,
  workItemTypeSchema,
  type WorkItemType,
} from '../../model/work-item';
import type { Transaction } from '../command';
import type { Connection } from '../connection';
import { jsonColumn, maybeText, text } from './columns';
import { journal } from './journal';

const workItemRow = z.object({
  id: text,
  item_type: workItemTypeSchema,
  title: text,
  status: subtaskStatusSchema,
  proof: proofSchema.nullable(),
  status_reason: maybeText,
  parent_id: maybeText,
  /** `/` and the ids from the root to the item itself. */
  path: text,
  depth: z.int(),
  branch_name: maybeText,
  commit_hash: maybeText,
  pr_number: z.int().nullable(),
  metadata: jsonColumn(z.record(z.string(), z.unknown())),
  closed_at: maybeText,
  version: z.int(),
  created_at: text,
  created_by: text,
  updated_at: text,
  updated_by: text,
});
export type WorkItemRow = z.output<typeof workItemRow>;

const columns = Object.keys(workItemRow.shape).join(', ');

/** @throws RunsheetError `not_found`, also for a deleted one. */
export function readWorkItem(db: Connection, id: string): WorkItemRow {
  const sql = `SELECT ${columns} FROM work_items WHERE id = ? AND deleted_at IS NULL`;
  const row = db.get(workItemRow, sql, id);
  if (row !== null) return row;
  throw new RunsheetError('not_found', `There is no work item ${id}.`, { entity: 'work_item', id });
}

/** Items that are not deleted, oldest first; so parents come before their children. */
export function liveWorkItems(db: Connection): WorkItemRow[] {
  const sql = `SELECT ${columns} FROM work_items WHERE deleted_at IS NULL ORDER BY depth, id`;
  return db.all(workItemRow, sql);
}

export function workItemChildren(db: Connection, parentId: string | null): WorkItemRow[] {
  const sql = `SELECT ${columns} FROM work_items
    WHERE parent_id IS ? AND deleted_at IS NULL ORDER BY id`;
  return db.all(workItemRow, sql, parentId);
}

export interface NewWorkItem {
  type: WorkItemType;
  title: string;
  parentId: string | null;
  status: Exclude<SubtaskStatus, 'done'>;
  /** Required for `blocked` and `skipped`. */
  statusReason: string | null;
  branch: string | null;
  metadata: Readonly<Record<string, unknown>>;
  /** When a source says that it was made; `null`: now. */
  createdAt: string | null;
}

/** @throws RunsheetError `not_found` for the parent, `limit` for a tree that is too deep. */
export function insertWorkItem(tx: Transaction, item: NewWorkItem): string {
  const id = tx.newId();
  const parent = item.parentId === null ? null : readWorkItem(tx, item.parentId);
  const depth = parent === null ? 0 : parent.depth + 1;
  if (depth > deepestWorkItem) {
    const message = `${item.title} would be ${depth} deep. Work items are nested ${deepestWorkItem} deep at most.`;
    throw new RunsheetError('limit', message, { limit: deepestWorkItem });
  }
  tx.run(
    `INSERT INTO work_items (id, item_type, title, status, status_reason, parent_id, path, depth,
       branch_name, metadata, closed_at, created_at, created_by, updated_at, updated_by)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    item.type,
    titleSchema.parse(item.title),
    item.status,
    item.statusReason,
    item.parentId,
    `${parent?.path ?? ''}/${id}`,
    depth,
    item.branch,
    JSON.stringify(workItemMetadataSchemas[item.type].parse(item.metadata)),
    isClosed(item.status) ? tx.now : null,
    item.createdAt ?? tx.now,
    tx.actor,
    tx.now,
    tx.actor,
  );
  const { type, title, status } = item;
  journal(tx, { entity: 'work_item', id, action: 'create', changes: { type, title, status } });
  return id;
}

function isClosed(status: SubtaskStatus): boolean {
  return status === 'done' || status === 'skipped' || status === 'cancelled';
}

/** Moves an item along its state machine, to everything but `done`. */
export function stepWorkItem(
  tx: Transaction,
  step: { id: string; to: NewWorkItem['status']; reason: string | null },
): void {
  const { id, to, reason } = step;
  const { status: from } = readWorkItem(tx, id);
  if (!checkTransition('work_item', subtaskTransitions, from, to)) return;
  tx.run(
    `UPDATE work_items SET status = ?, proof = NULL, status_reason = ?, closed_at = ?,
       version = version + 1, updated_at = ?, updated_by = ? WHERE id = ?`,
    to,
    reason,
    isClosed(to) ? tx.now : null,
    tx.now,
    tx.actor,
    id,
  );
  journal(tx, { entity: 'work_item', id, action: 'status', changes: { from, to }, reason });
}

export function setWorkItemBranch(tx: Transaction, id: string, branch: string | null): void {
  const { branch_name: from } = readWorkItem(tx, id);
  tx.run(
    `UPDATE work_items SET branch_name = ?, version = version + 1, updated_at = ?, updated_by = ?
     WHERE id = ?`,
    branch,
    tx.now,
    tx.actor,
    id,
  );
  const changes = { branch_name: { from, to: branch } };
  journal(tx, { entity: 'work_item', id, action: 'update', changes });
}
