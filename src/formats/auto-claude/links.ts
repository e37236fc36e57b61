import type { Dependency, Problem } from '../../model/plan';
import { declaredEdges, distinct, documentOrder } from '../graph';
import { textOf } from '../json';
import { danglingDependency, selfDependency } from '../problems';
import type { LineIndex } from '../text';
import type { ReadGroup } from './document';

/** Turns phase references into ids: a phase's id, else its number as number or text. */
export function linkPhases(
  groups: readonly ReadGroup[],
  lines: LineIndex,
  problems: Problem[],
): void {
  const names = new Map<string, string>();
  for (const { phase } of groups) names.set(phase.key, phase.key);
  for (const { phase, group } of groups) {
    for (const key of ['phase', 'phase_number']) {
      const number = textOf(group.members.get(key));
      if (number !== null && !names.has(number)) names.set(number, phase.key);
    }
  }
  for (const { phase } of groups) phase.dependsOn = resolve(phase, names, lines, problems);
}

export function linkLeaves(
  groups: readonly ReadGroup[],
  lines: LineIndex,
  problems: Problem[],
): void {
  const subtasks = groups.flatMap(({ phase }) => phase.subtasks);
  const names = new Map(subtasks.map(({ key }) => [key, key]));
  for (const subtask of subtasks) subtask.dependsOn = resolve(subtask, names, lines, problems);
}

function resolve(
  owner: { key: string; line: number; dependsOn: Dependency[] },
  names: ReadonlyMap<string, string>,
  lines: LineIndex,
  problems: Problem[],
): Dependency[] {
  const dependencies = owner.dependsOn.map((dependency) => {
    const { id, range } = dependency;
    const at = { line: range === null ? owner.line : lines.lineAt(range.start), range };
    const key = names.get(id);
    if (key === undefined) problems.push(danglingDependency(at, owner.key, id));
    if (key === owner.key) problems.push(selfDependency(at, owner.key));
    return { ...dependency, id: key ?? id };
  });
  return distinct(dependencies);
}

/** Inside a phase that is not marked parallel-safe, subtasks follow each other. */
export function orderLeaves(groups: readonly ReadGroup[]): void {
  const all = groups.flatMap(({ phase }) => phase.subtasks);
  const { rank } = documentOrder(all.length, declaredEdges(all));
  const ranks = new Map(all.map((subtask, position) => [subtask, rank[position] ?? 0]));
  for (const { phase } of groups) {
    if (phase.parallelSafe === true) continue;
    const order = phase.subtasks.toSorted((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
    order.forEach((subtask, position) => {
      const before = order[position - 1];
      if (before === undefined || subtask.dependsOn.some(({ id }) => id === before.key)) return;
      subtask.dependsOn.push({ id: before.key, kind: 'implied', range: null });
    });
  }
}
