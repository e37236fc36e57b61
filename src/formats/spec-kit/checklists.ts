import type { Gate, Problem } from '../../model/plan';
import { perFile, type PlanSource, type SourceFile } from '../format';
import { boxOf, markdownLines } from '../markdown';
import { problem, type Place } from '../problems';
import { baseName } from '../text';
import type { ReadTask } from './subtask';

// `checklists/*.md` beside a tasks.md ask whether the specification is ready to be built. The tool
// stops before the first task while one of their boxes is open, and asks.

/** Globs of the checklists of the feature to which a tasks.md belongs. */
export function checklistsOf(path: string): string[] {
  const name = baseName(path);
  return name === 'tasks.md' ? [`${path.slice(0, -name.length)}checklists/*.md`] : [];
}

interface Checklist {
  path: string;
  open: number;
  /** Of the first open box. */
  at: Place;
}

const openBoxes = perFile(({ path, text }: SourceFile): Checklist | null => {
  const boxes = markdownLines(text).flatMap((line) => {
    const box = boxOf(line);
    return box?.mark === ' ' ? [{ line: line.number, range: box.markRange }] : [];
  });
  const [first] = boxes;
  return first === undefined ? null : { path, open: boxes.length, at: { ...first, path } };
});

/** The gate before the tasks that are still to be done, and what is open in each checklist. */
export function checklistGate(
  { path, others }: PlanSource,
  tasks: readonly ReadTask[],
): { gates: Gate[]; problems: Problem[] } {
  const todo = tasks.filter(({ subtask: { status } }) => status === 'pending');
  const [first] = todo;
  const folder = path.slice(0, path.length - baseName(path).length);
  const open = [...(others?.values() ?? [])]
    .filter((file) => file.path.startsWith(`${folder}checklists/`))
    .flatMap((file) => openBoxes(file) ?? []);
  if (first === undefined || open.length === 0) return { gates: [], problems: [] };
  const { line, range } = first.subtask;
  const gate: Gate = {
    key: 'checklists',
    id: 'checklists',
    title: `Go on with what is open in ${open.map((one) => `${baseName(one.path)} (${one.open})`).join(', ')}`,
    kind: 'human',
    trigger: { type: 'manual' },
    after: [],
    blocks: todo.map(({ subtask }) => subtask.key),
    criteria: [],
    line,
    range: { start: range.start, end: range.start },
  };
  const problems = open.map(({ open: count, at }) =>
    problem(
      'warning',
      'open-checklist',
      at,
      `${count === 1 ? 'A box is' : `${count} boxes are`} open, so the tasks wait for your word. Tick what is met, or approve the gate.`,
    ),
  );
  return { gates: [gate], problems };
}
