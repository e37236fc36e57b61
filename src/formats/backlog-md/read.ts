import {
  phaseDefaults,
  planDefaults,
  type Plan,
  type Problem,
  type Subtask,
} from '../../model/plan';
import { perFile, type PlanSource, type SourceFile } from '../format';
import { cycleProblems } from '../graph';
import { noTasks, problem, selfDependency, staysInside } from '../problems';
import {
  commandNotice,
  isConfig,
  mergedConfig,
  noConfig,
  readConfig,
  type BacklogConfig,
} from './config';
import { countsOf, factsOfFolder } from './facts';
import { compareIds, foldId } from './ids';
import { linkTasks } from './links';
import { parentOf, placeKind, taskFolders } from './places';
import { subtaskOf, type ReadTask } from './subtask';
import { readTaskFile, type TaskFile, type TaskReading } from './task-file';
import { Words } from './words';
import { takeKeys } from './task-keys';

const configOf = perFile((file) => readConfig(file.text));
const taskOf = perFile(readTaskFile);

export interface BacklogReading {
  /** `null`: there is no task to show. */
  plan: Plan | null;
  tasks: ReadTask[];
  config: BacklogConfig;
  words: Words;
  problems: Problem[];
}

export function readBacklog(source: PlanSource): BacklogReading {
  return placeKind(source.path) === 'task' ? readAlone(source) : readFolder(source);
}

/** One task's file, asked for by its name. */
function readAlone(source: PlanSource): BacklogReading {
  const config = [...(source.others?.values() ?? [])].map(configOf).reduce(mergedConfig, noConfig);
  const words = new Words(config);
  const reading = readTaskFile(source);
  const { task } = reading;
  if (task === null)
    return { plan: null, tasks: [], config, words, problems: [notATask(reading, null)] };
  const { subtask, problems } = subtaskOf(task, task.id.text, words, null);
  subtask.dependsOn = task.dependencies.map(({ text, range }) => ({
    id: text,
    kind: 'declared',
    range,
  }));
  for (const { text, range, line } of task.dependencies)
    if (foldId(text) === foldId(task.id.text))
      problems.push(selfDependency({ line, range }, task.id.text));
  if (task.parent !== null) subtask.labels.push(`parent:${task.parent}`);
  const plan = planOf(subtask.title, [subtask], source.text.length);
  plan.facts = {
    ...countsOf([task], words),
    ...(task.parent === null ? {} : { parent: task.parent }),
  };
  return { plan, tasks: [{ task, subtask, parent: task.parent }], config, words, problems };
}

function readFolder(source: PlanSource): BacklogReading {
  const others = [...(source.others?.values() ?? [])];
  const { config, folder, notices } = configuration(source, others);
  const words = new Words(config);
  const below = (name: string) => others.filter(({ path }) => path.startsWith(`${folder}${name}/`));
  const readings = taskFolders.flatMap(below).map((file) => ({ file, reading: taskOf(file) }));
  const files = readings.flatMap(({ reading }) => reading.task ?? []).sort(inOrder);
  if (files.length === 0 && !isConfig(config))
    return { plan: null, tasks: [], config, words, problems: [] };
  const problems: Problem[] = [...notices];
  for (const { file, reading } of readings)
    if (reading.task === null) problems.push(notATask(reading, file.path));
  const tasks = takeKeys(files, problems).map(({ task, key }): ReadTask => {
    const { subtask, problems: found } = subtaskOf(task, key, words, task.file.path);
    problems.push(...found);
    return { task, subtask, parent: task.parent };
  });
  const [drafts, archive] = [below('drafts'), below('archive')];
  const hidden = [...drafts, ...archive].map(({ path }) => path);
  problems.push(...linkTasks(tasks, hidden));
  if (tasks.length === 0) problems.push(noTasks('The backlog has no task yet.'));
  const subtasks = tasks.map(({ subtask }) => subtask);
  const plan = planOf(config.projectName ?? titleOf(folder), subtasks, source.text.length);
  const counts = { drafts: drafts.length, archived: archive.length };
  plan.facts = { ...factsOfFolder(tasks, words), ...counts };
  return { plan, tasks, config, words, problems: problems.concat(cycleProblems(plan)) };
}

/** The configuration, and the folder of the backlog with a `/`. */
function configuration(
  source: PlanSource,
  others: readonly SourceFile[],
): { config: BacklogConfig; folder: string; notices: Problem[] } {
  const root = placeKind(source.path) === 'config' ? configOf(source) : noConfig;
  const folder =
    placeKind(source.path) === 'config'
      ? namedFolder(source.path, root, others)
      : `${source.path}/`;
  const path = `${folder}config.yml`;
  const file = source.others?.get(path);
  const own = file === undefined ? noConfig : configOf(file);
  const notices = [
    ...commandNotice(root.onStatusChange, null),
    ...commandNotice(own.onStatusChange, path),
  ];
  return { config: mergedConfig(root, own), folder, notices };
}

/** The folder that the configuration at the root of a project names. */
function namedFolder(
  path: string,
  { folder }: BacklogConfig,
  others: readonly SourceFile[],
): string {
  const root = parentOf(path);
  const named = folder?.replace(/^\.\//, '').replace(/\/+$/, '') ?? '';
  if (named !== '' && staysInside(named)) return `${root}${named}/`;
  const hidden = others.some((file) => file.path.startsWith(`${root}.backlog/`));
  return `${root}${hidden ? '.backlog' : 'backlog'}/`;
}

function titleOf(folder: string): string {
  const [above] = folder.split('/').slice(-3, -2);
  return above ?? 'Backlog';
}

function planOf(title: string, subtasks: Subtask[], length: number): Plan {
  const range = { start: 0, end: length };
  const phase = {
    ...phaseDefaults,
    key: '',
    id: null,
    title,
    dependsOn: [],
    subtasks,
    line: 1,
    range,
  };
  return { ...planDefaults, format: 'backlog-md', title, phases: [phase], declaredPhases: 0 };
}

function notATask(reading: TaskReading, path: string | null): Problem {
  const at = { line: 1, range: null, path };
  if (reading.missing === 'id')
    return problem(
      'warning',
      'missing-id',
      at,
      'The front matter has no id, so the file is no task. Add one.',
    );
  const message = 'The file has no front matter (YAML between two lines of ---), so it is no task.';
  return problem('info', 'missing-front-matter', at, message);
}

/** The order of the board: by `ordinal` where one is given, then by id. */
function inOrder(one: TaskFile, other: TaskFile): number {
  const [a, b] = [one.ordinal ?? Infinity, other.ordinal ?? Infinity];
  if (a !== b) return a - b;
  return compareIds(one.id.text, other.id.text) || (one.file.path < other.file.path ? -1 : 1);
}
