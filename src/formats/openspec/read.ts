import { planDefaults, type Plan, type Problem } from '../../model/plan';
import { perFile, type PlanSource, type SourceFile } from '../format';
import { linkPhasesInOrder, linkTasks } from '../implied';
import { Keys } from '../keys';
import { problem } from '../problems';
import { baseName } from '../text';
import { changeProblems, fileProblems } from './findings';
import { phasesOf, type PhaseEntry } from './phases';
import { changeOf, readable, type ChangePlace } from './place';
import { scanTasks } from './scan';
import { sidecarsOf, type Sidecars } from './sidecars';
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
  for (const home of homesOf(source, place)) {
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
  problems.push(...schemaProblems(source, sidecars));
  return { plan, tasks, problems };
}

const archivedNote =
  'The change is archived, so statuses are not written into it. Move it back among the changes to go on with it.';

/** The one file of most changes; where it is a folder, all its task files, a group of phases each. */
function homesOf(source: PlanSource, place: ChangePlace | null): TaskHome[] {
  if (place === null || source.path !== place.folder)
    return [{ file: source, path: null, prefix: '' }];
  const start = `${place.folder}/`;
  return [...(source.others?.values() ?? [])]
    .filter(({ path }) => path.startsWith(start) && baseName(path) === 'tasks.md')
    .map((file): TaskHome => {
      const inside = file.path.slice(start.length, -'tasks.md'.length);
      return { file, path: file.path, prefix: inside };
    });
}

/** A schema may name other files for tasks; its own file lies outside what is read with a change. */
function schemaProblems({ path }: PlanSource, sidecars: Sidecars | null): Problem[] {
  const schema = sidecars?.schema ?? null;
  if (schema === null) return [];
  const message = `The change follows the schema ${schema}, which is not looked into. The tasks are those of ${path.endsWith('.md') ? 'tasks.md' : 'all its tasks.md files'}.`;
  return [problem('warning', 'unresolved-schema', { line: 1, range: null }, message)];
}
