import {
  phaseDefaults,
  planDefaults,
  subtaskDefaults,
  type Phase,
  type Plan,
  type Problem,
  type Subtask,
} from '../../model/plan';
import type { SourceFile } from '../format';
import { Keys } from '../keys';
import type { Box, Heading, MarkdownLine } from '../markdown';
import { noTasks, problem, unknownMarker } from '../problems';
import { baseName, slug } from '../text';
import { knownMarks, statusOfMark } from './marks';
import { scanChecklist, taskBoxOf, type Item } from './scan';

export interface ListReading {
  plan: Plan;
  boxes: { key: string; box: Box; subtask: Subtask }[];
  problems: Problem[];
}

/** Any Markdown file with boxes: the headings that own boxes are its phases. */
export function readChecklist({ path, text }: SourceFile): ListReading {
  const { items, title } = scanChecklist(text);
  const [phaseKeys, keys] = [new Keys(), new Keys()];
  const reading: Omit<ListReading, 'plan'> = { boxes: [], problems: [] };
  const phases: Phase[] = [];
  let owner: Heading | null | undefined;
  for (const item of items) {
    if (item.heading !== owner || phases.length === 0) {
      owner = item.heading;
      phases.push(phaseOf(item, phaseKeys));
    }
    const subtask = subtaskOf(item, keys, reading.problems);
    phases.at(-1)?.subtasks.push(subtask);
    reading.boxes.push({ key: subtask.key, box: item.box, subtask });
  }
  if (items.length === 0)
    reading.problems.push(noTasks('The file has no box. A task is a line such as `- [ ] Title`.'));
  const plan: Plan = {
    ...planDefaults,
    format: 'markdown',
    title: title ?? baseName(path).replace(/\.md$/i, ''),
    phases,
    declaredPhases: phases.filter(({ id }) => id !== null).length,
  };
  return { plan, ...reading };
}

function phaseOf({ heading, line, headingLine }: Item, keys: Keys): Phase {
  const at = headingLine ?? line;
  const { key } = keys.take(heading === null ? '' : slug(heading.title), at.number);
  return {
    ...phaseDefaults,
    key,
    id: heading === null ? null : key,
    title: heading?.title ?? 'Tasks',
    dependsOn: [],
    subtasks: [],
    line: at.number,
    range: heading?.range ?? { start: line.start, end: line.end },
  };
}

function subtaskOf({ box, line, below }: Item, keys: Keys, problems: Problem[]): Subtask {
  const status = statusOfMark(box.mark);
  if (status === null)
    problems.push(unknownMarker({ line: line.number, range: box.markRange }, box.mark, knownMarks));
  const steps = below.map(taskBoxOf).filter((step) => step !== null);
  const undone = steps.filter(({ mark }) => statusOfMark(mark) === 'pending').length;
  const at = { line: line.number, range: box.markRange };
  if (status === 'claimed' && undone > 0)
    problems.push(
      problem(
        'warning',
        'parent-done-child-open',
        at,
        `The task is ticked, but ${undone} of its ${steps.length} steps are open. One of the two is wrong.`,
        ' ',
      ),
    );
  const { key } = keys.take(slug(box.text) || 'task', line.number);
  return {
    ...subtaskDefaults,
    key,
    keyOrigin: 'derived',
    id: key,
    title: box.text === '' ? '(untitled)' : box.text,
    detail: detailOf(below),
    status: status ?? 'needs_attention',
    fileStatus: box.mark,
    dependsOn: [],
    files: [],
    labels: [],
    verification: [],
    checks: [],
    line: line.number,
    range: { start: line.start, end: below.at(-1)?.end ?? line.end },
  };
}

function detailOf(below: readonly MarkdownLine[]): string {
  return below.map(({ text }) => text).join('\n');
}
