import type { Problem } from '../../model/plan';
import type { MarkdownLine } from '../markdown';
import { problem } from '../problems';
import { pathsIn } from '../paths';
import type { ReadTask } from '../spec-kit/subtask';
import { fieldsIn } from './fields';

// What a task list says of itself, held against the rest of it. Nothing here is believed.

export function claimProblems(
  tasks: readonly ReadTask[],
  lines: readonly MarkdownLine[],
): Problem[] {
  return [...sameFiles(tasks, lines), ...results(tasks), ...order(tasks)];
}

/** `[P]` tasks under one heading whose own lines name one path, with no edge between them. */
function sameFiles(tasks: readonly ReadTask[], lines: readonly MarkdownLine[]): Problem[] {
  const headings = headingsAbove(lines);
  const owners = new Map<string, ReadTask[]>();
  return tasks.flatMap((task): Problem[] => {
    const { id, labels, title, line, range } = task.subtask;
    if (!labels.includes('P')) return [];
    let shared: { path: string; other: string } | null = null;
    for (const path of pathsIn(title).files) {
      const name = `${headings[task.entry.at] ?? 0} ${path}`;
      const before = owners.get(name) ?? [];
      const other = before.find((one) => !areLinked(one, task));
      if (other !== undefined) shared ??= { path, other: other.subtask.id };
      owners.set(name, [...before.slice(-20), task]);
    }
    if (shared === null) return [];
    const message = `${id} is marked [P] but names ${shared.path}, as ${shared.other} does. They run one after the other.`;
    return [problem('warning', 'parallel-same-file', { line, range }, message)];
  });
}

/** For each line the number of the heading above it. */
function headingsAbove(lines: readonly MarkdownLine[]): number[] {
  let above = 0;
  return lines.map(({ heading, number }) => {
    if (heading !== null) above = number;
    return above;
  });
}

function areLinked(one: ReadTask, other: ReadTask): boolean {
  const waits = (a: ReadTask, b: ReadTask) =>
    a.subtask.dependsOn.some(({ id, kind }) => kind === 'declared' && id === b.subtask.id);
  return waits(one, other) || waits(other, one);
}

const score = /\b(\d{1,6})\s*\/\s*(\d{1,6})\s+(?:tests?\s+)?pass(?:ing|ed)?\b/i;

/** A tick beside a result that counts less than all. */
function results(tasks: readonly ReadTask[]): Problem[] {
  return tasks.flatMap(({ subtask, below }): Problem[] => {
    if (subtask.status !== 'claimed') return [];
    return fieldsIn('Results?', below).flatMap(({ line, value }): Problem[] => {
      const [said = '', passing = '', all = ''] = score.exec(value) ?? [];
      if (said === '' || Number(passing) >= Number(all)) return [];
      const at = { line: line.number, range: { start: line.start, end: line.end } };
      const message = `${subtask.id} is ticked, but its result says ${said}. Check it again, or untick it.`;
      return [problem('warning', 'tick-contradicts-result', at, message)];
    });
  });
}

/** A ticked task whose own `Dependencies` name one that is open. */
function order(tasks: readonly ReadTask[]): Problem[] {
  // Of a repeated id the first task is meant.
  const named = new Map(tasks.toReversed().map(({ subtask }) => [subtask.id, subtask.status]));
  return tasks.flatMap(({ subtask }): Problem[] => {
    const { id, status, dependsOn, line, range, idRange } = subtask;
    if (status !== 'claimed') return [];
    const own = dependsOn.filter(
      (one) => one.range !== null && one.range.start >= range.start && one.range.start < range.end,
    );
    const first = own.find((one) => named.get(one.id) === 'pending');
    if (first === undefined) return [];
    const message = `${id} is ticked, but it depends on ${first.id}, which is open.`;
    return [problem('warning', 'done-before-dependency', { line, range: idRange }, message)];
  });
}
