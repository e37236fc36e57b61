import { planDefaults, type Facts, type Phase, type Plan, type Problem } from '../../model/plan';
import type { PlanSource } from '../format';
import { cycleProblems } from '../graph';
import { Keys } from '../keys';
import { boxOf } from '../markdown';
import { noTasks, problem } from '../problems';
import { LineIndex } from '../text';
import { checklistGate } from './checklists';
import { DeclaredReader } from './declared';
import { goesBack } from './ids';
import { linkTasks } from '../implied';
import { linkPhases, storiesAreFree } from './implied';
import { groupTasks, type PhaseEntry } from './phases';
import { scanTasks, type Scan } from './scan';
import { readTask, type ReadTask } from './subtask';

/** A tasks.md with what the format needs to write into it. */
export interface TasksReading {
  plan: Plan;
  tasks: ReadTask[];
  problems: Problem[];
}

export function readTasks(source: PlanSource): TasksReading {
  const scan = scanTasks(source.text);
  const title = titleOf(scan, source.path);
  const entries = groupTasks(scan, title);
  const problems: Problem[] = [];
  const tasks = readPhases(entries, scan, problems);
  const phases = entries.map(({ phase }) => phase);
  const declared = linkDeclared(tasks, scan, new LineIndex(source.text));
  linkTasks(phases);
  linkPhases(phases, storiesAreFree(scan.lines));
  const checklists = checklistGate(source, tasks);
  const plan: Plan = {
    ...planDefaults,
    format: 'spec-kit',
    title,
    facts: factsOf(entries),
    phases,
    gates: checklists.gates,
    declaredPhases: entries.filter((entry) => entry.declared).length,
  };
  if (tasks.length === 0)
    problems.push(noTasks('The file has no task. A task is a line such as `- [ ] T001 Title`.'));
  const found = [
    unreadable(scan),
    goingBack(tasks),
    sameFiles(phases),
    storyLabels(tasks, phases),
    checklists.problems,
  ];
  return { plan, tasks, problems: problems.concat(declared, ...found, cycleProblems(plan)) };
}

/** How many tasks are marked `[P]`, and the checkpoint lines of the phases that have a heading. */
function factsOf(entries: readonly PhaseEntry[]): Facts {
  const subtasks = entries.flatMap(({ phase }) => phase.subtasks);
  const declared = entries.filter((entry) => entry.declared);
  return {
    parallel: subtasks.filter(({ labels }) => labels.includes('P')).length,
    checkpoints: declared.flatMap(({ phase }) => phase.checkpoint?.split('\n') ?? []).length,
  };
}

function titleOf({ lines }: Scan, path: string): string {
  const title = lines.find(({ heading }) => heading?.level === 1)?.heading?.title ?? '';
  const folder = path.split('/').at(-2);
  return title.replace(/^Tasks?\s*:\s*/i, '').trim() || (folder ?? path);
}

function readPhases(entries: readonly PhaseEntry[], scan: Scan, problems: Problem[]): ReadTask[] {
  const keys = new Keys();
  let position = 0;
  return entries.flatMap(({ phase, tasks }) => {
    const read = tasks.map((task) => readTask(task, scan, (position += 1), keys, problems));
    phase.subtasks = read.map(({ subtask }) => subtask);
    return read;
  });
}

function linkDeclared(tasks: readonly ReadTask[], scan: Scan, lines: LineIndex): Problem[] {
  const reader = new DeclaredReader(
    tasks.map(({ subtask }) => subtask.id),
    lines,
  );
  for (const { subtask, entry, below } of tasks) {
    const { box, heading, textStart } = entry;
    const text = box?.text ?? heading?.title ?? '';
    // Of a repeated id the first task is meant, so only the first one's text speaks for it.
    if (subtask.key !== subtask.id) continue;
    // What steps below a box say is of the steps.
    const step = box === null ? -1 : below.findIndex((line) => boxOf(line) !== null);
    const own = step < 0 ? below : below.slice(0, step);
    reader.readTask(subtask.id, { text, start: textStart }, own);
  }
  reader.readSections(scan.lines);
  const { dependsOn, problems } = reader.result();
  for (const { subtask } of tasks) subtask.dependsOn = dependsOn.get(subtask.key) ?? [];
  return problems;
}

/** Boxes that begin like a task and have no id that can be read. */
export function unreadable({ unreadable: entries }: Scan): Problem[] {
  return entries.map(({ line, box }) =>
    problem(
      'warning',
      'unreadable-id',
      { line: line.number, range: { start: line.start, end: line.end } },
      `${(box?.text ?? '').split(/\s/, 1)[0] ?? ''} is no task id, so this box is no task. Write one id, such as T028, for each box.`,
    ),
  );
}

/** Ids that go back: document order decides, so this is worth a note and no more. */
function goingBack(tasks: readonly ReadTask[]): Problem[] {
  const last = new Map<string, string>();
  return tasks.flatMap(({ subtask: { id, line, idRange } }): Problem[] => {
    const series = /^[A-Z]*/.exec(id)?.[0] ?? '';
    const before = last.get(series);
    last.set(series, id);
    if (before === undefined || !goesBack(before, id)) return [];
    const message = `${id} stands behind ${before}. The order of the file counts, not the number.`;
    return [problem('info', 'non-monotonic-id', { line, range: idRange }, message)];
  });
}

/** `[P]` tasks of one phase that name the same path; they are never run together. */
function sameFiles(phases: readonly Phase[]): Problem[] {
  return phases.flatMap(({ subtasks }) => {
    const first = new Map<string, string>();
    return subtasks.flatMap(({ id, labels, files, line, range }): Problem[] => {
      if (!labels.includes('P')) return [];
      const shared = files.find((file) => first.has(file));
      for (const file of files) if (!first.has(file)) first.set(file, id);
      if (shared === undefined) return [];
      const message = `${id} is marked [P] but names ${shared}, as ${first.get(shared) ?? ''} does. They run one after the other.`;
      return [problem('warning', 'parallel-same-file', { line, range }, message)];
    });
  });
}

/** Tasks of a story's phase without the story's label, in a file that uses the labels. */
function storyLabels(tasks: readonly ReadTask[], phases: readonly Phase[]): Problem[] {
  const story = /^US\d+/;
  const hasLabel = ({ labels }: { labels: string[] }) => labels.some((label) => story.test(label));
  if (!tasks.some(({ subtask }) => hasLabel(subtask))) return [];
  return phases
    .filter(({ title }) => /\buser story \d/i.test(title))
    .flatMap(({ subtasks }) => subtasks.filter((subtask) => !hasLabel(subtask)))
    .map(({ id, line, range }) =>
      problem(
        'info',
        'missing-story-label',
        { line, range },
        `${id} has no [US…] label, unlike the others.`,
      ),
    );
}
