import { planDefaults, type Plan, type Problem } from '../../model/plan';
import type { PlanSource } from '../format';
import { cycleProblems } from '../graph';
import { Keys } from '../keys';
import { boxOf, type MarkdownLine } from '../markdown';
import { noTasks } from '../problems';
import { isPhaseTitle } from '../phase-title';
import { linkPhases } from '../spec-kit/implied';
import { groupTasks } from '../spec-kit/phases';
import { unreadable } from '../spec-kit/read';
import { scanTasks, type Scan } from '../spec-kit/scan';
import { readTask, type ReadTask } from '../spec-kit/subtask';
import { isTick, usualTick } from '../ticks';
import { linkDependencies } from './dependencies';
import { isField } from './fields';
import { claimProblems } from './claims';

// `specs/<nnn>-<name>/tasks.md`: the lines are those of spec-kit, and mean a little less.

export interface TasksReading {
  plan: Plan;
  tasks: ReadTask[];
  problems: Problem[];
  /** The mark for done that the file uses. */
  tick: 'x' | 'X';
}

export function readTasks({ path, text }: PlanSource): TasksReading {
  const scan = withoutLists(scanTasks(text));
  const heading = scan.lines.find((line) => line.heading?.level === 1)?.heading?.title ?? '';
  const title = heading.replace(/^Tasks?\s*:\s*/i, '').trim() || (path.split('/').at(-2) ?? path);
  const entries = groupTasks(scan, title);
  const [problems, keys]: [Problem[], Keys] = [[], new Keys()];
  let position = 0;
  const tasks = entries.flatMap(({ phase, tasks: grouped }) => {
    const read = grouped.map((task) => readTask(task, scan, ++position, keys, problems, filesIn));
    for (const task of read) labelDeferred(task);
    phase.subtasks = read.map(({ subtask }) => subtask);
    return read;
  });
  const phases = entries.map(({ phase }) => phase);
  const found = linkDependencies(tasks, scan.lines);
  linkPhases(phases, false);
  const plan: Plan = {
    ...planDefaults,
    format: 'codebase-mcp',
    title,
    phases,
    declaredPhases: entries.filter(({ declared }) => declared).length,
  };
  if (tasks.length === 0)
    problems.push(
      noTasks(
        'The file has no task. A task is a line such as `- [ ] **T001** Title` below a phase.',
      ),
    );
  problems.push(...found, ...unreadable(scan), ...claimProblems(tasks, scan.lines));
  return { plan, tasks, problems: problems.concat(cycleProblems(plan)), tick: tickOf(scan, tasks) };
}

/**
 * Boxes outside phases are checklists that repeat the ids of tasks; in a file without phases all
 * boxes with an id count.
 */
function withoutLists(scan: Scan): Scan {
  const isPhase = ({ heading }: MarkdownLine) =>
    heading?.level === 2 && isPhaseTitle(heading.title);
  const all = !scan.lines.some(isPhase);
  let inside = false;
  const counts = scan.lines.map((line) => {
    if (line.heading !== null && line.heading.level <= 2) inside = isPhase(line);
    return all || inside;
  });
  const named = scan.tasks.filter(
    ({ at, box, text }) => counts[at] === true && box !== null && /^[A-Z]/.test(text.id ?? ''),
  );
  // The box alone says whether a task is done.
  const tasks = named.map((task) => ({ ...task, text: { ...task.text, skipped: null } }));
  const unreadable = scan.unreadable.filter(({ at }) => counts[at] === true);
  const taskAt = new Map(tasks.map((task) => [task.at, task]));
  return { mode: 'box', lines: scan.lines, tasks, taskAt, unreadable };
}

/** A task's files are those of its own line and of its `File` bullets; others are only talked of. */
function filesIn(title: string, below: readonly MarkdownLine[]): string {
  const bullets = below.filter(({ text }) => isField('Files?', text));
  return [title, ...bullets.map(({ text }) => text)].join('\n');
}

const putOff = /\[DEFERRED\]|\bDeferred to\b|^\s*[-*+]\s+\[.\]\s+\**SKIP(?:PED)?\b/;
const skipped = /\bSKIP(?:PED)?\b/;

/** What was put off keeps its box and has a label; `SKIPPED` further on may be about a part. */
function labelDeferred({ subtask, entry, below }: ReadTask): void {
  const said = below.filter(({ text }) => isField('Status|Result', text));
  const lines = [entry.line, ...said].map(({ text }) => text);
  const isPutOff = lines.some((text) => putOff.test(text));
  if (isPutOff) subtask.leftOut = 'its lines say that it is deferred or skipped';
  if (isPutOff || lines.some((text) => skipped.test(text))) subtask.labels.push('deferred');
}

function tickOf({ lines }: Scan, tasks: readonly ReadTask[]): 'x' | 'X' {
  const marks = tasks.map(({ entry }) => entry.box?.mark ?? ' ');
  return usualTick(marks.some(isTick) ? marks : lines.map((line) => boxOf(line)?.mark));
}
