import { cyclesOf } from '../../model/digraph';
import type { Problem, SourceRange } from '../../model/plan';
import { documentOrder } from '../graph';
import { danglingDependency, dependencyCycle, selfDependency } from '../problems';
import type { Group } from './group';
import { notAPlan, referencesOf, shortReference, type Reference } from './references';

/** `before` and `after` are positions in the list of groups. */
export interface GroupEdge {
  before: number;
  after: number;
  range: SourceRange;
}

export interface GroupOrder {
  /** As `depends_on` declares them. */
  edges: GroupEdge[];
  /** Positions of the groups in an order that the edges allow. */
  order: number[];
  problems: Problem[];
}

/** What depends on a superseded plan, given by its key or stem, depends on nothing. */
export function groupOrder(groups: readonly Group[], superseded: ReadonlySet<string>): GroupOrder {
  const find = finderOf(groups);
  const edges: GroupEdge[] = [];
  const problems: Problem[] = [];
  groups.forEach((group, after) => {
    const { path } = group.document;
    const named = new Set<number>();
    for (const reference of referencesOf(group.document)) {
      const before = find(reference, group);
      const { written, ref, isShort } = reference;
      if (isShort) problems.push(shortReference(reference, path));
      const at = { ...written, path };
      if (before === after) problems.push(selfDependency(at, group.id));
      else if (before !== null) {
        if (!named.has(before)) edges.push({ before, after, range: written.range });
        named.add(before);
      } else if (ref === null) problems.push(notAPlan(reference, path));
      else if (!superseded.has(ref.key)) problems.push(danglingDependency(at, group.id, ref.shown));
    }
  });
  const pairs = edges.map(({ before, after }): [number, number] => [before, after]);
  const { rank } = documentOrder(groups.length, pairs);
  const order = [...groups.keys()].sort((a, b) => (rank[a] ?? 0) - (rank[b] ?? 0));
  return { edges, order, problems: [...problems, ...cycles(groups, edges)] };
}

type Find = (reference: Reference, from: Group) => number | null;

/** Of several plans with one number, the one in the same folder is meant, or else the first. */
function finderOf(groups: readonly Group[]): Find {
  const byKey = new Map<string, number[]>();
  const byStem = new Map<string, number>();
  groups.forEach(({ ref, document }, position) => {
    byKey.set(ref.key, [...(byKey.get(ref.key) ?? []), position]);
    if (!byStem.has(document.stem)) byStem.set(document.stem, position);
  });
  return ({ ref, written }, from) => {
    const found = byKey.get(ref?.key ?? '') ?? [];
    const folder = folderOf(from);
    const near = found.find((position) => folderOf(groups[position]) === folder);
    return near ?? found[0] ?? byStem.get(written.text.replace(/(?:-PLAN)?\.md$/, '')) ?? null;
  };
}

function folderOf(group: Group | undefined): string {
  const path = group?.document.path ?? '';
  return path.slice(0, path.lastIndexOf('/'));
}

function cycles(groups: readonly Group[], edges: readonly GroupEdge[]): Problem[] {
  const successors: number[][] = groups.map(() => []);
  for (const { before, after } of edges) successors[before]?.push(after);
  return cyclesOf(successors).flatMap((members) => {
    const path = closedPath(members, successors);
    const first = groups[path[0] ?? -1];
    if (first === undefined) return [];
    const at = { line: 1, range: null, path: first.document.path };
    return [
      dependencyCycle(
        at,
        path.map((position) => groups[position]?.id ?? ''),
      ),
    ];
  });
}

/** A way around a cycle that ends where it begins, from its first group on. */
function closedPath(members: readonly number[], successors: readonly number[][]): number[] {
  const inside = new Set(members);
  const path: number[] = [];
  const seen = new Map<number, number>();
  let node: number | undefined = Math.min(...members);
  while (node !== undefined && !seen.has(node)) {
    seen.set(node, path.length);
    path.push(node);
    node = successors[node]?.find((next) => inside.has(next));
  }
  return node === undefined ? path : [...path.slice(seen.get(node)), node];
}
