import { subtaskDefaults, type Problem, type Subtask } from '../../model/plan';
import type { Box } from '../markdown';
import { problem, staysInside } from '../problems';
import { isTick } from '../ticks';
import { baseName } from '../text';
import { commandNotice } from './config';
import { namesOtherId } from './ids';
import type { TaskFile } from './task-file';
import { isDraft, type Words } from './words';

/** A task with its subtask. */
export interface ReadTask {
  task: TaskFile;
  subtask: Subtask;
  /** Key of its parent, or its id as written where there is no such task. */
  parent: string | null;
}

/** A task as a subtask without dependencies; `path` is its file where that is a part of the plan. */
export function subtaskOf(
  task: TaskFile,
  key: string,
  words: Words,
  path: string | null,
): { subtask: Subtask; problems: Problem[] } {
  const { id, status, range } = task;
  const word = status?.text ?? words.initial;
  const { status: meaning, known } = words.read(word);
  const subtask: Subtask = {
    ...subtaskDefaults,
    key,
    keyOrigin: 'declared',
    id: id.text,
    title: task.title ?? id.text,
    detail: task.detail,
    status: meaning,
    fileStatus: status?.text ?? null,
    notReady: isDraft(word) ? 'It is a draft.' : null,
    dependsOn: [],
    files: task.files.filter(staysInside),
    labels: [...task.labels],
    verification: [...task.criteria, ...task.definitionOfDone].map(wordingOf),
    checks: [],
    path,
    line: id.line,
    range,
    idRange: id.range,
  };
  return { subtask, problems: problemsOf(task, subtask, known, words) };
}

function wordingOf({ mark, text }: Box): string {
  return `[${mark}] ${text}`;
}

export function openCriteria({ criteria }: TaskFile): Box[] {
  return criteria.filter(({ mark }) => !isTick(mark));
}

function problemsOf(
  task: TaskFile,
  { status, path }: Subtask,
  known: boolean,
  words: Words,
): Problem[] {
  const { id, file } = task;
  const at = { line: id.line, range: id.range, path };
  const problems = commandNotice(task.onStatusChange, path);
  if (task.status === null) {
    const message = `${id.text} has no status; it counts as ${words.initial}. Add a status: line to have it written.`;
    problems.push(problem('info', 'missing-status', at, message));
  } else if (!known) {
    const place = { line: task.status.line, range: task.status.range, path };
    const message = `The status ${task.status.text} is none of the project's: ${words.statuses.join(', ')}. Use one of them, or add it to the configuration.`;
    problems.push(problem('warning', 'unknown-status', place, message));
  }
  const open = openCriteria(task);
  if (status === 'claimed' && open[0] !== undefined) {
    const message = `${id.text} is marked done, but ${open.length} of its ${task.criteria.length} acceptance criteria are open. Tick what is met, or set it back.`;
    problems.push(problem('warning', 'done-with-open-criteria', at, message));
  }
  if (namesOtherId(baseName(file.path), id.text)) {
    const message = `The file's name begins with another id than ${id.text}, which counts. Rename the file.`;
    problems.push(problem('info', 'id-file-mismatch', at, message));
  }
  return problems;
}
