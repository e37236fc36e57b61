import { z } from 'zod';
import { query, type Transaction } from '../command';
import type { Connection } from '../connection';
import { maybeText, text } from './columns';
import { journal } from './journal';

const noteRow = z.object({
  id: text,
  plan_id: maybeText,
  work_item_id: maybeText,
  title: text,
  body: text,
  created_at: text,
  created_by: text,
});
export type NoteRow = z.output<typeof noteRow>;

const columns = Object.keys(noteRow.shape).join(', ');

/** Notes that stand: not resolved, not replaced by a later import. */
export function standingNotes(db: Connection): NoteRow[] {
  const sql = `SELECT ${columns} FROM plan_notes
    WHERE kind = 'note' AND resolved_at IS NULL ORDER BY id`;
  return db.all(noteRow, sql);
}

/** A note about a work item, or about the project as a whole. */
export function insertNote(
  tx: Transaction,
  { title, body, workItemId }: { title: string; body: string; workItemId: string | null },
): string {
  const id = tx.newId();
  tx.run(
    `INSERT INTO plan_notes (id, work_item_id, kind, title, body, created_at, created_by)
     VALUES (?, ?, 'note', ?, ?, ?, ?)`,
    id,
    workItemId,
    title,
    body,
    tx.now,
    tx.actor,
  );
  journal(tx, { entity: 'plan_note', id, action: 'create', changes: { title } });
  return id;
}

export function resolveNote(tx: Transaction, id: string): void {
  const sql = 'UPDATE plan_notes SET resolved_at = ?, resolved_by = ? WHERE id = ?';
  tx.run(sql, tx.now, tx.actor, id);
  journal(tx, { entity: 'plan_note', id, action: 'resolve' });
}

export const notes = {
  standing: query('notes.standing', (db) => standingNotes(db)),
};
