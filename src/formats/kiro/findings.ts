import type { Problem, Wave } from '../../model/plan';
import { problem, type Place } from '../problems';
import type { LineIndex } from '../text';
import { isTick } from '../ticks';
import type { Names } from './names';
import { isLeaf, requiredLeavesOf, type Scan, type TaskBox } from './scan';
import type { ReadTask } from './subtask';
import type { DeclaredWave } from './waves';

/** Groups against what stands below them: marks and numbers. */
export function groupProblems({ boxes }: Scan): Problem[] {
  return [
    ...repeatedNumbers(boxes),
    ...boxes.flatMap((box) => [...numberProblems(box), ...(isLeaf(box) ? [] : markProblems(box))]),
  ];
}

/** Numbers that a group has and something above; those of leaves alone are found as these are read. */
function repeatedNumbers(boxes: readonly TaskBox[]): Problem[] {
  const first = new Map<string, number>();
  const ofLeaves = new Set<string>();
  return boxes.flatMap((box): Problem[] => {
    const { number, line } = box;
    if (number === null) return [];
    const above = first.get(number);
    const isReported = isLeaf(box) && ofLeaves.has(number);
    if (above === undefined) first.set(number, line.number);
    if (isLeaf(box)) ofLeaves.add(number);
    return above === undefined || isReported ? [] : [repeatedNumber(box, number, above)];
  });
}

function placeOf(box: TaskBox): Place {
  return { line: box.line.number, range: box.numberRange ?? box.markRange };
}

function repeatedNumber(box: TaskBox, number: string, line: number): Problem {
  const message = `The number ${number} is already used on line ${line}. Give one of them another number.`;
  return problem('error', 'duplicate-id', placeOf(box), message);
}

function numberProblems(box: TaskBox): Problem[] {
  const above = box.parent?.number ?? null;
  if (above === null || box.number?.startsWith(`${above}.`) === true) return [];
  const message = `${box.number ?? ''} stands below ${above}. The place counts, not the number.`;
  return [problem('warning', 'group-number-mismatch', placeOf(box), message)];
}

function markProblems(box: TaskBox): Problem[] {
  const open = requiredLeavesOf(box).filter((leaf) => !isTick(leaf.mark));
  const at = { line: box.line.number, range: box.markRange };
  const name = box.number ?? box.title;
  if (isTick(box.mark) && open.length > 0) {
    const ids = open.slice(0, 5).map(({ number, title }) => number ?? title);
    const message = `${name} is ticked, but not ${ids.join(', ')}. The marks of the tasks count.`;
    return [problem('warning', 'parent-done-child-open', at, message, ' ')];
  }
  if (isTick(box.mark) || open.length > 0) return [];
  const message = `All that ${name} needs is ticked, and ${name} says [${box.mark}]. Tick it, too.`;
  return [problem('info', 'parent-open-children-done', at, message, 'x')];
}

/** Boxes without a number, in a file that numbers its tasks. */
export function unnumberedBoxes({ unnumbered, boxes }: Scan): Problem[] {
  if (unnumbered.length === 0) return [];
  const below = new Set(boxes.flatMap((box) => box.below));
  return unnumbered
    .filter((box) => !below.has(box.line))
    .map((box) =>
      problem(
        'info',
        'unnumbered-box',
        { line: box.line.number, range: box.markRange },
        'This box has no number, unlike the tasks of the file, so it is no task. Give it one to have it done.',
      ),
    );
}

/** What the waves name, against the tasks of the file. */
export function waveProblems(
  waves: readonly DeclaredWave[],
  read: readonly Wave[],
  tasks: readonly ReadTask[],
  names: Names,
  lines: LineIndex,
): Problem[] {
  const problems: Problem[] = [];
  const home = new Map<string, string>();
  for (const wave of waves)
    for (const { id, range } of wave.tasks) {
      const at = { line: lines.lineAt(range.start), range };
      const other = home.get(id);
      if (names.find(id) === null)
        problems.push(
          problem(
            'error',
            'unknown-id-in-wave',
            at,
            `The wave ${wave.id} names ${id}, which is no task of this file. Correct the number or remove it.`,
          ),
        );
      if (other !== undefined && other !== wave.id)
        problems.push(
          problem(
            'error',
            'id-in-two-waves',
            at,
            `${id} is in the waves ${other} and ${wave.id}. The first counts; remove it from the other.`,
          ),
        );
      else home.set(id, wave.id);
    }
  return [...problems, ...leftOut(read, tasks), ...sameFiles(read, tasks)];
}

function leftOut(waves: readonly Wave[], tasks: readonly ReadTask[]): Problem[] {
  const named = new Set(waves.flatMap(({ keys }) => keys));
  return tasks.flatMap(({ subtask: { key, id, agent, line, range } }): Problem[] => {
    if (named.has(key)) return [];
    if (agent !== null) {
      const message = `The checkpoint ${id} is in no wave, so Kiro runs it last. Here it runs when all above it is done.`;
      return [problem('warning', 'checkpoint-not-in-wave', { line, range }, message)];
    }
    const message = `${id} is in no wave. It runs when all above it is done.`;
    return [problem('warning', 'leaf-not-in-wave', { line, range }, message)];
  });
}

/** Tasks of one wave that name the same path; they are never run together. */
function sameFiles(waves: readonly Wave[], tasks: readonly ReadTask[]): Problem[] {
  const byKey = new Map(tasks.map(({ subtask }) => [subtask.key, subtask]));
  return waves.flatMap(({ id: wave, keys }) => {
    const owners = new Map<string, string>();
    return keys.flatMap((key): Problem[] => {
      const subtask = byKey.get(key);
      if (subtask === undefined) return [];
      const { id, files, line, range } = subtask;
      const shared = files.find((file) => owners.has(file));
      for (const file of files) if (!owners.has(file)) owners.set(file, id);
      if (shared === undefined) return [];
      const message = `${id} is in the wave ${wave} with ${owners.get(shared) ?? ''}, and both name ${shared}. They run one after the other.`;
      return [problem('warning', 'parallel-same-file', { line, range }, message)];
    });
  });
}
