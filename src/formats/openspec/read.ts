import { planDefaults, type Plan, type Problem } from '../../model/plan';
import { perFile, type PlanSource, type SourceFile } from '../format';
import { matchesGlob } from '../globs';
import { linkPhasesInOrder, linkTasks } from '../implied';
import { Keys } from '../keys';
import { problem } from '../problems';
import { baseName } from '../text';
import { changeProblems, fileProblems } from './findings';
import { phasesOf, type PhaseEntry } from './phases';
import { changeOf, readable, type ChangePlace } from './place';
import { scanTasks } from './scan';
import { schemaOf, type TaskSchema } from './schema';
import { sidecarsOf } from './sidecars';
import { readTask, type ReadTask, type TaskHome } from './subtask';

/** A change with what the format needs to write into it. */
export interface ChangeReading {
  plan: Plan;
  tasks: ReadTask[];
  problems: Problem[];
}

const scanned = perFile(({ text }: SourceFile) => scanTasks(text));

export function readChange(source: PlanSource): ChangeReading {
  const place = changeOf(source.path);
  const title = readable(place?.id ?? baseName(source.path).replace(/\.md$/i, ''));
  const problems: Problem[] = [];
  const keys = { phases: new Keys(), tasks: new Keys() };
  const entries: PhaseEntry[] = [];
  const tasks: ReadTask[] = [];
  const schema = place === null ? null : schemaOf(source, place);
  const { homes, isTracked } = homesOf(source, place, schema);
  for (const home of homes) {
    const scan = scanned(home.file);
    const own = phasesOf(scan.tasks, home, keys.phases, title);
    let position = 0;
    const read = own.flatMap(({ phase, tasks: lines }) => {
      const ofPhase = lines.map((task) =>
        readTask(task, (position += 1), home, keys.tasks, problems),
      );
      phase.subtasks = ofPhase.map(({ subtask }) => subtask);
      return ofPhase;
    });
    problems.push(...fileProblems(scan, read, home.path));
    entries.push(...own);
    tasks.push(...read);
  }
  const phases = entries.map(({ phase }) => phase);
  linkTasks(phases);
  linkPhasesInOrder(phases);
  const sidecars = place === null ? null : sidecarsOf(source, place);
  const plan: Plan = {
    ...planDefaults,
    format: 'openspec',
    title,
    description: sidecars?.description ?? '',
    statusNote: place?.isArchived === true ? archivedNote : null,
    facts: sidecars?.facts ?? {},
    phases,
    declaredPhases: entries.filter(({ declared }) => declared).length,
  };
  problems.push(...changeProblems(tasks, place), ...(sidecars?.problems ?? []));
  if (schema !== null && !isTracked) problems.push(unresolved(schema));
  return { plan, tasks, problems };
}

const archivedNote =
  'The change is archived, so statuses are not written into it. Move it back among the changes to go on with it.';

interface Homes {
  homes: TaskHome[];
  /** They are those that the change's schema names. */
  isTracked: boolean;
}

/**
 * The files that the change's schema names for tasks. Without such a schema the one file of most
 * changes; where that is a folder, all its task files, a group of phases each.
 */
function homesOf(source: PlanSource, place: ChangePlace | null, schema: TaskSchema | null): Homes {
  if (place === null) return { homes: [homeOf(source, source, '', true)], isTracked: false };
  const start = `${place.folder}/`;
  const isFolder = source.path === place.folder;
  const below = [...(source.others?.values() ?? [])].filter(
    ({ path }) => path.startsWith(start) && baseName(path) === 'tasks.md',
  );
  const files = isFolder ? below : [source, ...below];
  const glob = schema?.files ?? null;
  const named =
    glob === null ? [] : files.filter(({ path }) => matchesGlob(path.slice(start.length), [glob]));
  const isTracked = named.length > 0;
  const used = isTracked ? named : isFolder ? below : [source];
  const homes = used.map((file) => homeOf(file, source, start, used.length === 1));
  return { homes, isTracked };
}

function homeOf(file: SourceFile, source: PlanSource, start: string, isOnly: boolean): TaskHome {
  const isOwn = file.path === source.path;
  const prefix = isOwn ? '' : file.path.slice(start.length, -'tasks.md'.length);
  return { file, path: isOwn ? null : file.path, prefix, isOnly: isOnly && prefix === '' };
}

function unresolved({ name, files }: TaskSchema): Problem {
  const message =
    files === null
      ? `The change follows the schema ${name}, and openspec/schemas/${name}/schema.yaml does not say where its tasks are. Those of tasks.md are taken.`
      : `The schema ${name} has its tasks in ${files}, and the change has no such tasks.md. Those of its tasks.md are taken.`;
  return problem('warning', 'unresolved-schema', { line: 1, range: null }, message);
}
