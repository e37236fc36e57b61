import {
  insertEnhancement,
  liveEnhancements,
  updateEnhancement,
  type EnhancementRow,
  type EnhancementValues,
} from './enhancements';
import { isImported, type ImportedNote, type ImportPass } from './import-pass';
import { insertNote, resolveNote, standingNotes } from './notes';

/** Enhancements by title; of several with one title, the first of the file is the oldest. */
export function importEnhancements(pass: ImportPass, rows: readonly EnhancementValues[]): void {
  const known = new Map<string, EnhancementRow[]>();
  for (const row of liveEnhancements(pass.db))
    known.set(row.title, [...(known.get(row.title) ?? []), row]);
  for (const row of rows) {
    const same = known.get(row.title)?.shift();
    if (same === undefined) pass.create('enhancements', (tx) => insertEnhancement(tx, row));
    else follow(pass, same, row);
  }
}

function follow(pass: ImportPass, known: EnhancementRow, row: EnhancementValues): void {
  const isSame = known.priority === row.priority && known.target_quarter === row.quarter;
  if (!isSame && isImported(known.updated_by)) {
    pass.update('enhancements', (tx) => updateEnhancement(tx, known.id, row));
    return;
  }
  pass.keep('enhancements');
  if (isSame) return;
  const message = `The file has another priority or quarter; those that ${known.updated_by} has set stay.`;
  pass.differ('enhancements', row.title, message);
}

/** One note for each title of the file; a changed text takes the earlier one's place. */
export function importNotes(
  pass: ImportPass,
  rows: readonly ImportedNote[],
  workItemIds: readonly string[],
): void {
  if (rows.length === 0) return;
  const earlier = standingNotes(pass.db).filter((note) => note.created_by === pass.actor);
  for (const { title, body, workItem } of rows) {
    const workItemId = workItem === null ? null : (workItemIds[workItem] ?? null);
    const same = earlier.find((note) => note.title === title && note.work_item_id === workItemId);
    if (same === undefined)
      pass.create('notes', (tx) => insertNote(tx, { title, body, workItemId }));
    else if (same.body === body) pass.keep('notes');
    else
      pass.update('notes', (tx) => {
        resolveNote(tx, same.id);
        insertNote(tx, { title, body, workItemId });
      });
  }
}
