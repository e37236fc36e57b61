import type { SubtaskStatus } from '../../model/status';
import type { TextEdit } from '../format';
import { isTick } from '../ticks';
import type { Dialect } from './dialect';
import { requiredLeavesOf, type TaskBox } from './scan';

/**
 * The edits that make a leaf say a status. A parent follows what the file then says of the leaves
 * that it needs: ticked with the last of them, open again with the first that is opened.
 */
export function statusEdits(box: TaskBox, status: SubtaskStatus, dialect: Dialect): TextEdit[] {
  const mark = markOf(status, dialect);
  if (mark === null || mark === box.mark || (mark === 'x' && isTick(box.mark))) return [];
  const edits: TextEdit[] = [{ range: box.markRange, text: mark }];
  for (let group = box.parent; group !== null; group = group.parent) {
    const required = requiredLeavesOf(group);
    if (!required.includes(box)) break;
    const isComplete = required.every((leaf) => (leaf === box ? mark === 'x' : isTick(leaf.mark)));
    const reopens = isTick(box.mark) && isTick(group.mark);
    if (isComplete && !isTick(group.mark)) edits.push({ range: group.markRange, text: 'x' });
    else if (!isComplete && reopens) edits.push({ range: group.markRange, text: ' ' });
  }
  return edits;
}

/** `null` for what the format has no mark; the rest stays in the database. */
function markOf(status: SubtaskStatus, dialect: Dialect): string | null {
  switch (status) {
    case 'pending':
      return ' ';
    case 'in_progress':
      return '-';
    case 'done':
    case 'claimed':
      return 'x';
    case 'blocked':
      return dialect === 'spec-workflow' ? '~' : null;
    case 'in_review':
    case 'failed':
    case 'skipped':
    case 'cancelled':
    case 'needs_attention':
      return null;
  }
}
