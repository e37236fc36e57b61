import type { Dependency, Facts, Gate, Phase, Plan, Problem, Subtask } from '../../model/plan';
import { cycleProblems } from '../graph';
import { Keys } from '../keys';
import { danglingDependency, duplicateId, problem, selfDependency } from '../problems';
import { rangeOf } from '../text';
import { leafOf, linkBatches, phaseOf, planOf } from './build';
import { batchProblems, waveProblems } from './checks';
import { duplicateNames } from './document';
import { placeOfLine, textIn, type EventLog } from './events';
import { placeGates } from './gates';
import { loggedClaims } from './reports';
import {
  sessionRows,
  statusOfLogged,
  type LoggedBatch,
  type LoggedTask,
  type SessionRows,
} from './session-rows';
import { taskLabel } from './task-cell';

/** The plan that a log holds alone; `null` for a session that never got one. */
export function readLog(log: EventLog): { plan: Plan | null; facts: Facts; problems: Problem[] } {
  const rows = sessionRows(log);
  const problems = [...log.problems];
  const phases = phasesOf(rows, problems);
  const facts = factsOf(rows, log.events);
  if (phases.length === 0) return { plan: null, facts, problems };
  const declared = rows.batches.length > 0 ? rows.batches.length : rows.phases.length;
  linkBatches(phases);
  const batches = phases.slice(0, declared);
  const gates = loggedGates(rows, batches, problems);
  const [session] = [...rows.sessions.values()];
  const plan = planOf({
    title: session === undefined ? 'Boardroom session' : `Boardroom session ${session.id}`,
    description: session === undefined ? '' : (textIn(session, 'proposal_path') ?? ''),
    phases,
    declaredPhases: declared,
    gates,
    batches: rows.batches.length > 0,
    // In the order of the log; the phases show them in the order of the batches.
    facts: { ...facts, ids: idsOf(rows) },
  });
  const first = batches[0];
  if (rows.batches.length > 0 && first !== undefined)
    problems.push(...batchProblems(batches), ...waveProblems(batches, first));
  const named = rows.phases.map(({ name, line }) => ({ name, at: placeOfLine(line) }));
  problems.push(...duplicateNames(named, 'phase'), ...cycleProblems(plan));
  const counts = {
    phases: rows.phases.length,
    tasks: rows.tasks.length,
    batches: rows.batches.length,
  };
  for (const row of rows.minutes) problems.push(...loggedClaims(row, counts, null));
  return { plan, facts: {}, problems };
}

function idsOf({ tasks, phases }: SessionRows): string[] {
  if (tasks.length > 0) return tasks.map(({ id }) => id);
  return phases.flatMap(({ milestones }) => milestones.map(({ id }) => id));
}

export function factsOf(rows: SessionRows, events: number): Facts {
  const milestones = rows.phases.reduce((sum, phase) => sum + phase.milestones.length, 0);
  return {
    events,
    groups: rows.phases.length,
    milestones,
    gates: rows.gates.length,
    risks: rows.risks,
    concerns: rows.concerns,
  };
}

function phasesOf(rows: SessionRows, problems: Problem[]): Phase[] {
  const leaves = leavesOf(rows, problems);
  return rows.batches.length > 0
    ? batchesOf(rows, leaves, problems)
    : themesOf(rows, leaves, problems);
}

interface LoggedLeaf {
  subtask: Subtask;
  label: string | null;
}

/** The tasks, or the milestones where nobody wrote tasks. */
function leavesOf(rows: SessionRows, problems: Problem[]): LoggedLeaf[] {
  const keys = new Keys();
  if (rows.tasks.length > 0) {
    const known = new Set(rows.tasks.map(({ id }) => id));
    return rows.tasks.map((task) => ({
      label: task.label,
      subtask: taskLeaf(task, keys, known, problems),
    }));
  }
  return rows.phases.flatMap((phase) =>
    phase.milestones.map(({ id, label, name, description, line }): LoggedLeaf => {
      const { key } = keys.take(id, line.number);
      const labels = [`phase:${phase.number} ${phase.name}`];
      const range = rangeOf(line);
      const start = { key, id, title: name, detail: description, labels, line: line.number, range };
      return { label, subtask: leafOf(start) };
    }),
  );
}

function taskLeaf(
  task: LoggedTask,
  keys: Keys,
  known: ReadonlySet<string>,
  problems: Problem[],
): Subtask {
  const at = placeOfLine(task.line);
  const { key, firstLine } = keys.take(task.id, task.line.number);
  if (firstLine !== null) problems.push(duplicateId(at, task.id, firstLine));
  const dependsOn = [...new Set(task.dependencies)].map((id): Dependency => {
    if (id === key) problems.push(selfDependency(at, key));
    else if (!known.has(id)) problems.push(danglingDependency(at, key, id));
    return { id, kind: 'declared', range: null };
  });
  return leafOf({
    key,
    id: task.id,
    title: task.title,
    detail: task.description,
    status: statusOfLogged(task.status),
    fileStatus: task.status,
    dependsOn,
    files: task.files,
    labels: [...(task.label === null ? [] : [`task:${task.label}`]), ...labelsOf(task)],
    verification: task.verification === null ? [] : [task.verification],
    line: task.line.number,
    range: rangeOf(task.line),
  });
}

/** The theme and the milestone of a task. */
export function labelsOf({ milestone, theme }: LoggedTask): string[] {
  return [
    ...(theme === null ? [] : [`phase:${theme}`]),
    ...(milestone === null ? [] : [`milestone:${milestone.name}`]),
  ];
}

function batchesOf(rows: SessionRows, leaves: readonly LoggedLeaf[], problems: Problem[]): Phase[] {
  const keys = new Keys();
  const placement = new Placement(leaves, problems);
  const phases = rows.batches.map((batch) => {
    const { key } = keys.take(String(batch.number), batch.line.number);
    return phaseOf({
      key,
      title: batch.name,
      parallelSafe: batch.parallelSafe,
      checkpoint: batch.checkpoint,
      subtasks: placement.tasksOf(batch),
      line: batch.line.number,
      range: rangeOf(batch.line),
    });
  });
  const rest = placement.rest();
  const [first] = rest;
  if (first === undefined) return phases;
  // Where a batch names its tasks in prose, any of them may be meant.
  if (rows.batches.every(({ entries }) => entries.every((entry) => taskLabel(entry) !== null)))
    for (const { subtask, label } of rest) {
      const message = `Task ${label ?? subtask.id} is in no batch. Add it to one.`;
      problems.push(problem('error', 'task-not-scheduled', subtask, message));
    }
  const { line, range } = first.subtask;
  const subtasks = rest.map(({ subtask }) => subtask);
  return [
    ...phases,
    phaseOf({ key: 'none', id: null, title: 'In no batch', subtasks, line, range }),
  ];
}

/** Puts tasks into the batches that name them, each into one. */
class Placement {
  private readonly byLabel: ReadonlyMap<string, Subtask>;
  private readonly placed = new Set<Subtask>();

  constructor(
    private readonly leaves: readonly LoggedLeaf[],
    private readonly problems: Problem[],
  ) {
    const labelled = leaves.flatMap(({ label, subtask }): [string, Subtask][] =>
      label === null ? [] : [[label, subtask]],
    );
    this.byLabel = new Map(labelled.toReversed());
  }

  tasksOf({ number, entries, line }: LoggedBatch): Subtask[] {
    const at = placeOfLine(line);
    const labels = entries.map(taskLabel);
    if (labels.includes(null)) {
      const message = `The tasks of batch ${number} are no list of numbers such as 1.2, so it is not known which of the tasks they are.`;
      this.problems.push(problem('warning', 'batch-tasks-free-text', at, message));
    }
    return labels.flatMap((label): Subtask[] => {
      const subtask = label === null ? undefined : this.byLabel.get(label.id);
      if (label === null) return [];
      if (subtask === undefined) {
        const message = `Batch ${number} names task ${label.id}, which the log does not have.`;
        this.problems.push(problem('error', 'unknown-task-ref', at, message));
        return [];
      }
      if (this.placed.has(subtask)) {
        const message = `Task ${label.id} is in an earlier batch already. Leave it in one of them.`;
        this.problems.push(problem('error', 'task-in-two-batches', at, message));
        return [];
      }
      this.placed.add(subtask);
      return [subtask];
    });
  }

  rest(): LoggedLeaf[] {
    return this.leaves.filter(({ subtask }) => !this.placed.has(subtask));
  }
}

function themesOf(rows: SessionRows, leaves: readonly LoggedLeaf[], problems: Problem[]): Phase[] {
  const keys = new Keys();
  const homes = new Map<string, Phase>();
  const phases = rows.phases.map(({ number, name, line }) => {
    const { key, firstLine } = keys.take(String(number), line.number);
    if (firstLine !== null)
      problems.push(duplicateId(placeOfLine(line), String(number), firstLine));
    const phase = phaseOf({ key, title: name, line: line.number, range: rangeOf(line) });
    if (!homes.has(String(number))) homes.set(String(number), phase);
    return phase;
  });
  const rest: Subtask[] = [];
  for (const { subtask, label } of leaves)
    (homes.get(label?.split('.', 1)[0] ?? '')?.subtasks ?? rest).push(subtask);
  const [first] = rest;
  if (first === undefined) return phases;
  const { line, range } = first;
  return [
    ...phases,
    phaseOf({ key: 'none', id: null, title: 'In no phase', subtasks: rest, line, range }),
  ];
}

/** Gates by their own triggers; one without is behind the batch that names it. */
function loggedGates(rows: SessionRows, phases: readonly Phase[], problems: Problem[]): Gate[] {
  const batches = new Map(rows.batches.map(({ gate, number }) => [gate, number]));
  const read = rows.gates.map(({ name, trigger, criteria, line }) => {
    const batch = batches.get(name);
    const said = trigger === '' && batch !== undefined ? `After Batch ${batch}` : trigger;
    return { title: name, trigger: said, criteria, at: placeOfLine(line), range: rangeOf(line) };
  });
  const milestones = tasksByMilestone(rows, ({ id }) => id);
  return placeGates(read, phases, milestones, problems);
}

/** The keys of tasks by the labels of their milestones. */
export function tasksByMilestone(
  { tasks }: SessionRows,
  keyOf: (task: LoggedTask) => string | null,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const task of tasks) {
    const key = keyOf(task);
    if (task.milestone === null || key === null) continue;
    const known = found.get(task.milestone.label);
    if (known === undefined) found.set(task.milestone.label, [key]);
    else known.push(key);
  }
  return found;
}
