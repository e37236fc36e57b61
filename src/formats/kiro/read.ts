import { planDefaults, type Facts, type Plan, type Problem, type Wave } from '../../model/plan';
import type { PlanSource } from '../format';
import { cycleProblems, dropContradictions } from '../graph';
import { Keys } from '../keys';
import { noTasks } from '../problems';
import { LineIndex } from '../text';
import { linkDeclared } from './declared';
import { dialectOf, isArchived, type Dialect } from './dialect';
import { groupProblems, unnumberedBoxes, waveProblems } from './findings';
import { linkImplied } from './implied';
import { Names } from './names';
import { declaredPhases, phasesOf, type PhaseEntry } from './phases';
import { scanTasks, type Scan } from './scan';
import { approvalGates, sidecarFacts, unknownRequirements } from './sidecars';
import { readTask, type ReadTask } from './subtask';
import { descriptionOf, titleOf } from './texts';
import { readOrder, type DeclaredWave } from './waves';

/** A tasks.md with what the format needs to write into it. */
export interface TasksReading {
  plan: Plan;
  dialect: Dialect;
  tasks: ReadTask[];
  problems: Problem[];
}

export function readTasks(source: PlanSource): TasksReading {
  const scan = scanTasks(source.text);
  const dialect = dialectOf(source, scan);
  const title = titleOf(scan, source.path);
  const entries = phasesOf(scan, title);
  const problems: Problem[] = [];
  const tasks = readPhases(entries, dialect, problems);
  const ordered = orderTasks(source, scan, entries, tasks);
  const sidecars = sidecarFacts(source, scan.boxes);
  const plan: Plan = {
    ...planDefaults,
    format: 'kiro',
    title,
    description: descriptionOf(scan, source),
    statusNote: isArchived(source.path) ? archivedNote : null,
    facts: factsOf(dialect, tasks, ordered.declared, sidecars.facts),
    waves: ordered.waves,
    phases: entries.map(({ phase }) => phase),
    gates: approvalGates(source, tasks),
    declaredPhases: declaredPhases(entries),
  };
  if (tasks.length === 0) problems.push({ ...noTasks(nothingToDo), severity: 'info' });
  const found = [
    ordered.problems,
    groupProblems(scan),
    unnumberedBoxes(scan),
    unknownRequirements(source, tasks),
    sidecars.problems,
    cycleProblems(plan),
  ];
  return { plan, dialect, tasks, problems: problems.concat(...found) };
}

const archivedNote =
  'The spec is archived, so statuses are not written into it. Move it back among the specs to go on with it.';
const nothingToDo = 'The file has no task. A task is a line such as `- [ ] 1. Title`.';

function readPhases(
  entries: readonly PhaseEntry[],
  dialect: Dialect,
  problems: Problem[],
): ReadTask[] {
  const keys = new Keys();
  let position = 0;
  return entries.flatMap(({ phase, leaves }) => {
    const read = leaves.map((box) => readTask(box, dialect, (position += 1), keys, problems));
    phase.subtasks = read.map(({ subtask }) => subtask);
    return read;
  });
}

interface Ordered {
  waves: Wave[];
  declared: DeclaredWave[] | null;
  problems: Problem[];
}

function orderTasks(
  source: PlanSource,
  scan: Scan,
  entries: readonly PhaseEntry[],
  tasks: readonly ReadTask[],
): Ordered {
  const order = readOrder(source.text, scan.lines);
  const names = new Names(scan.boxes, tasks, entries);
  const lines = new LineIndex(source.text);
  const problems = [...order.problems, ...linkDeclared(tasks, entries, order, names, lines)];
  const waves = (order.waves ?? []).map(({ id, title, tasks: named }): Wave => {
    const keys = named.flatMap((task) => names.find(task.id)?.keys ?? []);
    return { id, title, keys: [...new Set(keys)] };
  });
  if (order.waves !== null) problems.push(...waveProblems(order.waves, waves, tasks, names, lines));
  const phases = entries.map(({ phase }) => phase);
  linkImplied(phases, tasks, order.waves === null ? null : waves.map(({ keys }) => keys));
  dropContradictions(phases);
  return { waves, declared: order.waves, problems };
}

function factsOf(
  dialect: Dialect,
  tasks: readonly ReadTask[],
  waves: readonly DeclaredWave[] | null,
  sidecars: Facts,
): Facts {
  return {
    dialect,
    // The spec's own approval is no checkpoint.
    gates: tasks.filter(({ subtask }) => subtask.agent !== null).length,
    ...(waves === null ? {} : { waves: waves.map((wave) => wave.tasks.map(({ id }) => id)) }),
    ...sidecars,
  };
}
