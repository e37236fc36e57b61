import { personAgent, subtaskDefaults, type Problem, type Subtask } from '../../model/plan';
import type { SubtaskStatus } from '../../model/status';
import type { Validator } from '../../model/validator';
import type { Keys } from '../keys';
import { duplicateId, pathOutsideWorkspace, problem, unknownMarker } from '../problems';
import { withoutParallelMark, type Dialect } from './dialect';
import { fieldsOf, type Fields } from './fields';
import type { TaskBox } from './scan';

/** A subtask with what only the format needs. */
export interface ReadTask {
  subtask: Subtask;
  box: TaskBox;
  fields: Fields;
}

export function readTask(
  box: TaskBox,
  dialect: Dialect,
  position: number,
  keys: Keys,
  problems: Problem[],
): ReadTask {
  const { line, number, numberRange } = box;
  const fields = fieldsOf(box);
  const { key, firstLine } = keys.take(number ?? String(position), line.number);
  if (number !== null && firstLine !== null)
    problems.push(duplicateId({ line: line.number, range: numberRange }, number, firstLine));
  const range = { start: line.start, end: box.below.at(-1)?.end ?? line.end };
  for (const path of fields.paths.outside)
    problems.push({
      ...pathOutsideWorkspace({ line: line.number, range }, path),
      severity: 'warning',
    });
  const { title, isParallel } = withoutParallelMark(box.title);
  const subtask: Subtask = {
    ...subtaskDefaults,
    key,
    keyOrigin: number === null ? 'position' : 'declared',
    id: number ?? key,
    title: title || (number ?? key),
    detail: detailOf(box),
    status: readStatus(box, dialect, problems),
    fileStatus: box.mark,
    dependsOn: [],
    files: fields.paths.files,
    labels: labelsOf(fields, isParallel),
    optional: box.optional,
    verification: fields.verification,
    checks: [],
    line: line.number,
    range,
    idRange: numberRange,
  };
  return { subtask: isCheckpoint(title) ? forPerson(subtask) : subtask, box, fields };
}

/** Characters: what stands above many tasks is repeated in each. */
const mostContext = 2000;

/** Its own lines, and behind them those of the boxes that it stands below. */
function detailOf(box: TaskBox): string {
  let context = '';
  for (
    let { parent } = box;
    parent !== null && context.length < mostContext;
    parent = parent.parent
  )
    if (parent.below.length > 0)
      context = `${parent.number ?? ''} ${parent.title}\n${textOf(parent)}\n\n${context}`;
  const parts = [textOf(box), context.trim().slice(0, mostContext)];
  return parts.filter((text) => text !== '').join('\n\n');
}

function textOf({ below }: TaskBox): string {
  return below.map(({ text }) => text).join('\n');
}

function labelsOf({ requirements, boundary }: Fields, isParallel: boolean): string[] {
  return [
    ...(isParallel ? ['P'] : []),
    ...requirements.map((id) => `req:${id}`),
    ...(boundary === null || boundary === '' ? [] : [`boundary:${boundary}`]),
  ];
}

const checkpoint = /^[*_]*(?:final\s+)?checkpoint\b|^[*_]*(?:チェックポイント|检查点|檢查點)/i;

function isCheckpoint(title: string): boolean {
  return checkpoint.test(title);
}

/** A checkpoint stops the work and asks the person; no agent is sent. */
function forPerson(subtask: Subtask): Subtask {
  const instruction = `${subtask.title}\n${subtask.detail}`.trim().slice(0, 2000).trim();
  const asked: Validator = {
    id: 'checkpoint',
    type: 'manual',
    weight: 1,
    required: true,
    config: { instruction },
  };
  return { ...subtask, agent: personAgent, checks: [asked] };
}

const usual: Readonly<Record<string, SubtaskStatus>> = {
  ' ': 'pending',
  x: 'claimed',
  X: 'claimed',
  '-': 'in_progress',
};

function readStatus(
  { mark, line, markRange }: TaskBox,
  dialect: Dialect,
  problems: Problem[],
): SubtaskStatus {
  const at = { line: line.number, range: markRange };
  if (mark === '~') {
    if (dialect === 'spec-workflow') return 'blocked';
    const message =
      '[~] says that the task waits in a queue. Unless Kiro is running it now, put a space between the brackets: agents take the mark for skipped.';
    problems.push(problem('info', 'queued-mark', at, message, ' '));
    return 'pending';
  }
  const known = Object.hasOwn(usual, mark) ? usual[mark] : undefined;
  if (known === undefined) problems.push(unknownMarker(at, mark, '[ ] [x] [-] [~]'));
  if (mark === 'X' && dialect === 'spec-workflow') {
    const message = 'The tool that this list is for does not see [X]. Write [x].';
    problems.push(problem('warning', 'capital-x', at, message, 'x'));
  }
  return known ?? 'needs_attention';
}
