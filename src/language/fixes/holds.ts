import { readPlan } from '../../formats/registry';
import type { PlanReading, Problem } from '../../model/plan';
import { problemsOf } from '../diagnostics';
import type { PlanFiles } from '../document';
import { editedSource, type Aspect, type Fix } from './fix';

/** Fields of a reading that an aspect stands for. */
const fields: Readonly<Record<Aspect, readonly string[]>> = {
  status: ['status', 'fileStatus', 'notReady', 'labels', 'checkpoint', 'facts'],
  order: ['dependsOn', 'waves', 'notReady', 'after', 'blocks', 'facts'],
  ids: ['id', 'key', 'keyOrigin', 'dependsOn', 'waves', 'keys', 'after', 'blocks', 'facts'],
  facts: ['facts'],
  words: ['title', 'detail', 'description', 'verification', 'labels', 'parallelSafe', 'facts'],
};

/**
 * Whether a change does what it is for: the problem is gone, no other error or warning has come
 * up, and all else is read as before. Nothing else is offered to a person.
 */
export function holds(
  { edits }: Pick<Fix, 'edits'>,
  problem: Problem,
  files: PlanFiles,
  changes: readonly Aspect[],
): boolean {
  const { source, format, reading } = files;
  const after = readPlan(editedSource(source, edits), format);
  if (after === null) return false;
  const [before, now] = [problemsOf(reading), problemsOf(after)];
  const isSame = (one: Problem) =>
    one.rule === problem.rule && one.message === problem.message && one.path === problem.path;
  if (now.filter(isSame).length >= before.filter(isSame).length) return false;
  return !worsens(before, now) && restOf(reading, changes) === restOf(after, changes);
}

function worsens(before: readonly Problem[], now: readonly Problem[]): boolean {
  const known = serious(before);
  return [...serious(now)].some(([rule, count]) => count > (known.get(rule) ?? 0));
}

function serious(problems: readonly Problem[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { rule, severity } of problems)
    if (severity !== 'info') counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
}

/** All that is read but problems, places, and what may change. */
function restOf({ plans, facts, kind }: PlanReading, changes: readonly Aspect[]): string {
  const left = new Set(['line', 'range', 'idRange', ...changes.flatMap((one) => fields[one])]);
  const own = left.has('facts') ? {} : facts;
  return JSON.stringify({ kind, plans, own }, (name, value: unknown) =>
    left.has(name) ? undefined : value,
  );
}
