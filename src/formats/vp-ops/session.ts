import type { Phase, Plan, Problem } from '../../model/plan';
import type { PlanSource, SourceFile } from '../format';
import { cycleProblems } from '../graph';
import { Keys } from '../keys';
import { duplicateId } from '../problems';
import { linkBatches, phaseOf, planOf } from './build';
import { batchProblems, checkpointProblems, waveProblems } from './checks';
import { stateFacts } from './document';
import { needsLog } from './engineering';
import { candidateCommand, placeGates } from './gates';
import type { OpsDocument } from './ops';
import { titleOf } from './product';
import { claimProblems, loggedClaims, summaryTasks } from './reports';
import { datesOf, dateProblems, mixedSession } from './session-checks';
import { filesOf, type SessionFiles } from './session-files';
import { TaskSources } from './task-sources';

// One session is one plan: the operations file with what the other files say of its tasks.

export function readSession(source: PlanSource): { plan: Plan; problems: Problem[] } {
  const files = filesOf(source);
  const { ops: own, log } = files;
  const problems = [...own.problems];
  const tasks = new TaskSources(files);
  const phases = readBatches(own, tasks, problems);
  tasks.link(phases, problems);
  linkBatches(phases);
  const milestones = log === null ? new Map<string, string[]>() : tasks.milestones(log.rows);
  const gates = placeGates(own.gates, phases, milestones, problems);
  const plan = planOf({
    title: titleOf(own),
    description: (files.product?.phases ?? []).map(({ name }) => name).join('\n'),
    phases,
    declaredPhases: phases.length,
    gates,
    facts: factsOf(files, phases),
    batches: true,
  });
  problems.push(
    ...batchProblems(phases),
    ...cycleProblems(plan),
    ...sessionProblems(files, phases),
  );
  return { plan, problems };
}

function readBatches(own: OpsDocument, tasks: TaskSources, problems: Problem[]): Phase[] {
  const [phaseKeys, keys] = [new Keys(), new Keys()];
  return own.batches.map((batch): Phase => {
    const { id, name, parallelSafe, checkpoint, line } = batch;
    const at = { line: line.number, range: { start: line.start, end: line.end } };
    const { key, firstLine } = phaseKeys.take(id, line.number);
    if (firstLine !== null) problems.push(duplicateId(at, id, firstLine));
    const subtasks = tasks.leavesOf(batch, keys);
    return phaseOf({ key, title: name, parallelSafe, checkpoint, subtasks, ...at });
  });
}

function factsOf(files: SessionFiles, phases: readonly Phase[]): Plan['facts'] {
  const { ops: own, log, minutes: minuted, product: planned } = files;
  const commands = own.gates.flatMap(({ title, criteria }) =>
    criteria.flatMap((criterion) => {
      const command = candidateCommand(criterion);
      return command === null ? [] : [{ gate: title, command }];
    }),
  );
  const criteria = planned?.phases.reduce((sum, phase) => sum + phase.criteria.length, 0);
  return {
    ...stateFacts(own),
    groups: own.themes.length,
    parallel_safe: phases.map(({ parallelSafe }) => parallelSafe),
    concerns: log?.rows.concerns ?? own.concerns,
    risks: log?.rows.risks ?? own.risks,
    ...(own.maxStreams === null ? {} : { max_streams: own.maxStreams }),
    ...(own.criticalPath === null ? {} : { critical_path: own.criticalPath }),
    ...(commands.length === 0 ? {} : { candidate_commands: commands }),
    ...(criteria === undefined ? {} : { criteria }),
    ...(minuted?.facts['decision'] === undefined ? {} : { decision: minuted.facts['decision'] }),
  };
}

/** What shows only when the files of a session are read together. */
function sessionProblems(files: SessionFiles, phases: readonly Phase[]): Problem[] {
  const {
    ops: own,
    log,
    engineering: tasks,
    minutes: minuted,
    summary: summed,
    product: planned,
  } = files;
  const problems = [...dateProblems(datesOf(files)), ...mixedSession(files)];
  const first = phases[0];
  const logged = log?.rows;
  if (logged !== undefined && first !== undefined)
    problems.push(...waveProblems(phases, first), ...checkpointProblems(phases));
  else if (tasks !== null) problems.push(...inFile(needsLog(tasks), tasks.file));
  if (log !== null) problems.push(...inFile(log.problems, log.file));
  for (const part of [planned, tasks, minuted, summed])
    if (part !== null) problems.push(...inFile(part.problems, part.file));
  for (const report of [minuted, summed])
    if (report !== null) problems.push(...inFile(report.blockers, report.file));
  const counts = {
    phases: planned?.phases.length ?? own.themes.length,
    tasks: logged?.tasks.length ?? tasks?.tasks.length ?? 0,
    batches: own.batches.length,
  };
  for (const row of logged?.minutes ?? [])
    problems.push(...loggedClaims(row, counts, log?.file.path ?? null));
  if (minuted !== null) problems.push(...claimProblems(minuted, counts));
  if (summed !== null && logged !== undefined && logged.tasks.length > 0)
    problems.push(...summaryTasks(summed, logged.tasks.length));
  return problems;
}

function inFile(problems: readonly Problem[], { path }: SourceFile): Problem[] {
  return problems.map((one) => ({ ...one, path }));
}
