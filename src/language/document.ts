import type { SourceFile } from '../formats/format';
import type { Phase, Plan, PlanReading, Problem } from '../model/plan';
import { Positions } from './positions';

/** A plan as it stands in one file, as the features see it: made anew for each version of its text. */
export interface PlanDocument {
  path: string;
  text: string;
  /** Whether the plan's own place is this file, and not another file or a folder. */
  isOwn: boolean;
  /** At most one plan, with what of it stands in this file. */
  reading: PlanReading;
  positions: Positions;
}

/**
 * The plans of a file, one document each; the file's problems are in the first. A file that holds
 * none has one document without a plan.
 * @param home where the plans are: this file's path, or that of which it is a part.
 */
export function planDocuments(
  file: SourceFile,
  home: string,
  reading: PlanReading,
): PlanDocument[] {
  const { path, text } = file;
  const positions = new Positions(text);
  const isOwn = home === path;
  const problems = reading.problems.filter((one) => (one.path ?? home) === path);
  const of = (plans: Plan[], own: Problem[]): PlanDocument => {
    return { path, text, isOwn, reading: { ...reading, plans, problems: own }, positions };
  };
  const [first, ...rest] = reading.plans.map((plan) => standingIn(plan, home, path));
  if (first === undefined) return [of([], problems)];
  return [of([first], problems), ...rest.map((plan) => of([plan], []))];
}

function standingIn(plan: Plan, home: string, path: string): Plan {
  const isHere = (where: string | null) => (where ?? home) === path;
  const phases = plan.phases.flatMap((phase): Phase[] => {
    const subtasks = phase.subtasks.filter((subtask) => isHere(subtask.path));
    if (isHere(phase.path)) return [{ ...phase, subtasks }];
    const [first] = subtasks;
    // Its heading stands elsewhere: here it is what its subtasks are below, and no more.
    return first === undefined
      ? []
      : [{ ...phase, id: null, subtasks, line: first.line, range: first.range }];
  });
  return { ...plan, phases, gates: home === path ? plan.gates : [] };
}
