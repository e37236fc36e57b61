import { z } from 'zod';
import {
  enhancementPrioritySchema,
  enhancementStatusSchema,
  type EnhancementPriority,
  type EnhancementStatus,
} from '../../model/delivery';
import { titleSchema } from '../../model/work-item';
import { query, type Transaction } from '../command';
import type { Connection } from '../connection';
import { maybeText, text } from './columns';
import { journal } from './journal';

const enhancementRow = z.object({
  id: text,
  title: text,
  description: text,
  priority: enhancementPrioritySchema,
  status: enhancementStatusSchema,
  target_quarter: maybeText,
  version: z.int(),
  created_by: text,
  updated_by: text,
});
export type EnhancementRow = z.output<typeof enhancementRow>;

const columns = Object.keys(enhancementRow.shape).join(', ');

export interface EnhancementValues {
  title: string;
  priority: EnhancementPriority;
  status: EnhancementStatus;
  /** `2026-Q1` */
  quarter: string | null;
}

/** Those that are not deleted, in the order in which they came. */
export function liveEnhancements(db: Connection): EnhancementRow[] {
  const sql = `SELECT ${columns} FROM enhancements WHERE deleted_at IS NULL ORDER BY id`;
  return db.all(enhancementRow, sql);
}

export function insertEnhancement(tx: Transaction, values: EnhancementValues): string {
  const id = tx.newId();
  const { priority, status, quarter } = values;
  const title = titleSchema.parse(values.title);
  tx.run(
    `INSERT INTO enhancements (id, title, priority, status, target_quarter, created_at, created_by,
       updated_at, updated_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    title,
    priority,
    status,
    quarter,
    tx.now,
    tx.actor,
    tx.now,
    tx.actor,
  );
  const changes = { title, priority, status, target_quarter: quarter };
  journal(tx, { entity: 'enhancement', id, action: 'create', changes });
  return id;
}

/** Takes over priority and quarter; the status is a person's matter. */
export function updateEnhancement(tx: Transaction, id: string, values: EnhancementValues): void {
  const { priority, quarter } = values;
  tx.run(
    `UPDATE enhancements SET priority = ?, target_quarter = ?, version = version + 1,
       updated_at = ?, updated_by = ? WHERE id = ?`,
    priority,
    quarter,
    tx.now,
    tx.actor,
    id,
  );
  const changes = { priority, target_quarter: quarter };
  journal(tx, { entity: 'enhancement', id, action: 'update', changes });
}

export const enhancements = {
  all: query('enhancements.all', (db) => liveEnhancements(db)),
};
