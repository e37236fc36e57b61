import type { Facts, Plan, PlanReading, Problem } from '../model/plan';
import { problem, sortProblems } from './problems';

/** A file of the kind `plan`, or of a kind that the format names, with the plans that it holds. */
export function readingOf(
  plans: Plan[],
  problems: readonly Problem[],
  kind = 'plan',
  facts: Facts = {},
): PlanReading {
  return { kind, plans, problems: sortProblems(problems), facts };
}

/** How many problems of a reading are told one by one. */
export const mostProblems = 1000;

/**
 * The problems that are told, by line: the gravest first where they are too many, at least one of
 * each rule and severity, and in the end one that counts the others.
 */
export function toldProblems(problems: readonly Problem[]): Problem[] {
  const sorted = sortProblems(problems);
  if (sorted.length <= mostProblems) return sorted;
  const rules = new Set<string>();
  const isFirst = ({ rule, severity }: Problem) => {
    const name = `${severity} ${rule}`;
    return !rules.has(name) && rules.add(name);
  };
  const told = new Set(sorted.filter(isFirst).slice(0, mostProblems));
  for (const severity of ['error', 'warning', 'info'] as const)
    for (const one of sorted) {
      if (told.size >= mostProblems) break;
      if (one.severity === severity) told.add(one);
    }
  const rest = sorted.filter((one) => !told.has(one));
  return [
    ...sorted.filter((one) => told.has(one)),
    ...rest.slice(0, 1).map((at) => more(rest, at)),
  ];
}

const mostRules = 5;

function more(rest: readonly Problem[], { line }: Problem): Problem {
  const counts = new Map<string, number>();
  for (const { rule } of rest) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const rules = [...counts].toSorted((a, b) => b[1] - a[1]);
  const named = rules.slice(0, mostRules).map(([rule, count]) => `${count} of ${rule}`);
  const others = rules.length > mostRules ? ' and other rules' : '';
  const message = `… and ${rest.length} more problems: ${named.join(', ')}${others}.`;
  return problem('warning', 'more-problems', { line, range: null }, message);
}
