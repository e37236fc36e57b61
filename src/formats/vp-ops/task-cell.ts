import type { SourceRange } from '../../model/plan';
import type { Cell } from '../markdown-table';

/** A task as a batch names it: `Task 1.1 (Schema Books)`. */
export interface TaskReference {
  id: string;
  remark: string | null;
  range: SourceRange;
  idRange: SourceRange;
}

const piece = /^(?:Tasks?\s+|T)?(\d{1,4}\.\d{1,4})(?:\s*\(([^()]*)\))?$/i;

/** The tasks of a cell; `null` when any piece of it is no task: then all of it is free text. */
export function tasksIn({ text, range }: Cell): TaskReference[] | null {
  const found: TaskReference[] = [];
  for (const { start, end } of piecesOf(text)) {
    const written = text.slice(start, end);
    const lead = written.length - written.trimStart().length;
    const trimmed = written.trim();
    const [, id, remark] = piece.exec(trimmed) ?? [];
    if (id === undefined) return null;
    const from = range.start + start + lead;
    const idAt = from + trimmed.indexOf(id);
    found.push({
      id,
      remark: remark?.trim() ?? null,
      range: { start: from, end: from + trimmed.length },
      idRange: { start: idAt, end: idAt + id.length },
    });
  }
  return found.length === 0 ? null : found;
}

/** The id of an entry of a log's batch; `null` for free text. */
export function taskLabel(entry: string): { id: string; remark: string | null } | null {
  const [, id, remark] = piece.exec(entry.trim()) ?? [];
  return id === undefined ? null : { id, remark: remark?.trim() ?? null };
}

/** Between commas that stand outside parentheses. */
function piecesOf(text: string): SourceRange[] {
  const pieces: SourceRange[] = [];
  let [start, depth] = [0, 0];
  for (let at = 0; at <= text.length; at += 1) {
    const sign = text[at];
    if (sign === '(') depth += 1;
    else if (sign === ')') depth = Math.max(0, depth - 1);
    else if (at === text.length || (sign === ',' && depth === 0)) {
      if (text.slice(start, at).trim() !== '') pieces.push({ start, end: at });
      start = at + 1;
    }
  }
  return pieces;
}
