import type { Facts, Plan, PlanReading, Problem } from '../model/plan';
import { sortProblems } from './problems';

/** A file of the kind `plan`, or of a kind that the format names, with the plans that it holds. */
export function readingOf(
  plans: Plan[],
  problems: readonly Problem[],
  kind = 'plan',
  facts: Facts = {},
): PlanReading {
  return { kind, plans, problems: sortProblems(problems), facts };
}
