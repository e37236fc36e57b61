import { subtaskDefaults, type Problem, type Subtask } from '../../model/plan';
import type { SourceFile } from '../format';
import type { Keys } from '../keys';
import { quotedPathsIn } from '../paths';
import { duplicateId, pathOutsideWorkspace, problem } from '../problems';
import { isTick } from '../ticks';
import type { TaskLine } from './scan';

/** A subtask with what only the format needs. */
export interface ReadTask {
  subtask: Subtask;
  task: TaskLine;
  file: SourceFile;
}

/** What tells a task of this file apart from those of the plan's others. */
export interface TaskHome {
  file: SourceFile;
  /** Where the file is not the plan's own. */
  path: string | null;
  /** Before each key; may be empty. */
  prefix: string;
  /** The plan has no other file with tasks. */
  isOnly: boolean;
}

/** `position`: of the box in its file, from 1. */
export function readTask(
  task: TaskLine,
  position: number,
  { file, path, prefix }: TaskHome,
  keys: Keys,
  problems: Problem[],
): ReadTask {
  const { id, idStart, title } = numberOf(task.text);
  const range = { start: task.start, end: task.belowEnd };
  const at = { line: task.line, range, path };
  const start = task.textStart + idStart;
  const idRange = id === null ? null : { start, end: start + id.length };
  const written = `${prefix}${id ?? `#${position}`}`;
  const { key, firstLine } = keys.take(written, task.line);
  if (id !== null && firstLine !== null)
    problems.push(duplicateId({ ...at, range: idRange }, id, firstLine));
  if (title === '') problems.push(untitled(at, written));
  const { files, outside } = quotedPathsIn([title, ...task.below].join('\n'));
  for (const one of outside)
    problems.push({ ...pathOutsideWorkspace(at, one), severity: 'warning' });
  const subtask: Subtask = {
    ...subtaskDefaults,
    key,
    keyOrigin: id === null ? 'position' : 'declared',
    id: written,
    title: title === '' ? '(untitled)' : title,
    detail: task.below.join('\n'),
    status: isTick(task.mark) ? 'claimed' : 'pending',
    fileStatus: task.mark,
    dependsOn: [],
    files,
    labels: task.group === null ? [] : [task.group],
    verification: [title, ...task.below].flatMap((line) => verificationIn(line) ?? []),
    checks: [],
    path,
    line: task.line,
    range,
    idRange,
  };
  return { subtask, task, file };
}

function untitled(at: Parameters<typeof problem>[2], id: string): Problem {
  const message = `The box ${id} says nothing, and the tool counts it as a task. Say what it is about, or remove it.`;
  return problem('info', 'empty-task', at, message);
}

const numbered = /^(\*\*|__)?(\d+(?:\.\d+)+[A-Za-z]*)(\*\*|__)?[.:]?(\*\*|__)?(?=\s|$)/;

/** `1.1 Title`; the number may be bold, alone or with the title. */
function numberOf(text: string): { id: string | null; idStart: number; title: string } {
  const [whole, bold = '', id = null, closed, closedLate] = numbered.exec(text) ?? [];
  if (whole === undefined || id === null) return { id: null, idStart: 0, title: text };
  const rest = text.slice(whole.length).trim();
  const isOpen = bold !== '' && closed === undefined && closedLate === undefined;
  return { id, idStart: bold.length, title: isOpen ? rest.replace(bold, '').trim() : rest };
}

const verify = /(?:\bVerif(?:y|ication)|验证|驗證|検証)(?:\*\*|__)?\s*[:：](?:\*\*|__)?\s*(\S.*)$/i;
const run = /\bRun\s+(`[^`]+`.*)$/;

/** What the line says of how the task is checked: shown, and never run. */
function verificationIn(line: string): string | null {
  return (verify.exec(line) ?? run.exec(line))?.[1]?.trim() ?? null;
}
