import { boxOf, markdownLines, type Box } from '../../formats/markdown';
import { readBacklog } from '../../formats/backlog-md/read';
import { openCriteria } from '../../formats/backlog-md/subtask';
import { isTick, usualTick } from '../../formats/ticks';
import { subtasksOf } from '../../model/plan';
import { edit, type Fix, type Fixer, type Trouble } from './fix';

/** Ticks what is open below a ticked box: the other way out of a contradiction. */
export const tickSteps: Fixer = {
  rules: ['parent-done-child-open', 'task-done-step-open'],
  changes: ['status', 'words'],
  propose(trouble) {
    const { path, problem, text } = trouble;
    if (!path.endsWith('.md')) return [];
    const lines = markdownLines(text);
    const own = lines[problem.line - 1];
    const box = own === undefined ? null : boxOf(own);
    if (own === undefined || box === null) return [];
    const below = lines.slice(problem.line);
    const end = below.findIndex((line) => line.heading !== null || isOutside(boxOf(line), box));
    const inside = end < 0 ? below : below.slice(0, end);
    const optional = optionalLines(trouble);
    const open = inside
      .filter(({ number }) => !optional.has(number))
      .flatMap((line) => boxOf(line) ?? [])
      .filter(({ mark }) => !isTick(mark));
    return tickAll(path, open, usualTick(lines.map((line) => boxOf(line)?.mark)));
  },
};

/** Ticks the acceptance criteria of a task that is said to be done. */
export const tickCriteria: Fixer = {
  rules: ['done-with-open-criteria'],
  changes: ['status', 'words'],
  propose({ files: { source }, path }) {
    const { tasks } = readBacklog(source);
    const found = tasks.find(({ subtask }) => (subtask.path ?? source.path) === path);
    return found === undefined ? [] : tickAll(path, openCriteria(found.task), 'x');
  },
};

function tickAll(path: string, open: readonly Box[], tick: string): Fix[] {
  if (open.length === 0) return [];
  const title = open.length === 1 ? 'Tick the open box' : `Tick the ${open.length} open boxes`;
  return [
    { title, edits: open.map((box) => edit(path, box.markRange.start, box.markRange.end, tick)) },
  ];
}

function isOutside(box: Box | null, around: Box): boolean {
  return box !== null && box.indent <= around.indent;
}

function optionalLines({ files: { reading } }: Trouble): Set<number> {
  const subtasks = reading.plans.flatMap(subtasksOf).filter(({ optional }) => optional);
  return new Set(subtasks.map(({ line }) => line));
}
