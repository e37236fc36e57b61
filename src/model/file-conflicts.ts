import { topologicalOrder } from './digraph';
import { withAncestors } from './file-claims';
import type { PlanGraph } from './graph';
import type { Dependency, Plan } from './plan';
import { graphOf } from './plan-graph';

// Of many subtasks on one file each names the nearest before it; all pairs would be too many.
const mostNamed = 20;

/**
 * Subtasks that work on the same file though no dependency orders them, so that they must not run
 * together: by the key of the later one its dependencies on the earlier ones.
 */
export function fileConflicts(plan: Plan): Map<string, Dependency[]> {
  const graph = graphOf(plan);
  const pairs = pairsOnOnePlace(graph);
  const ordered = orderedPairs(graph, pairs);
  const conflicts = new Map<string, Dependency[]>();
  for (const [earlier, later] of pairs) {
    const [first, second] = [graph.nodes[earlier], graph.nodes[later]];
    if (first === undefined || second === undefined) continue;
    if (ordered.has(pairKey(earlier, later)) || ordered.has(pairKey(later, earlier))) continue;
    const list = conflicts.get(second.item.id) ?? [];
    list.push({ id: first.item.id, kind: 'conflict', range: null });
    conflicts.set(second.item.id, list);
  }
  return conflicts;
}

type Pair = readonly [earlier: number, later: number];

/** Nodes whose places are equal, or one of which covers the other. */
function pairsOnOnePlace({ nodes }: PlanGraph): Pair[] {
  const at = new Map<string, number[]>();
  const below = new Map<string, number[]>();
  return nodes.flatMap(({ index, places }) => {
    const earlier = new Set<number>();
    for (const place of places.keys()) {
      for (const node of nearest(below.get(place))) earlier.add(node);
      for (const covering of withAncestors(place))
        for (const node of nearest(at.get(covering))) earlier.add(node);
    }
    for (const place of places.keys()) {
      append(at, place, index);
      for (const covering of withAncestors(place)) append(below, covering, index);
    }
    return nearest([...earlier].sort((a, b) => a - b)).map((node): Pair => [node, index]);
  });
}

function nearest(nodes: readonly number[] | undefined): readonly number[] {
  return nodes?.slice(-mostNamed) ?? [];
}

function append(lists: Map<string, number[]>, key: string, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else if (list.at(-1) !== value) list.push(value);
}

function pairKey(before: number, after: number): string {
  return `${before} ${after}`;
}

// Columns of the reachability matrix that are computed at once: bounds memory at 1 KiB a node.
const columns = 8192;

/** Which of the pairs, taken both ways, are ordered by dependencies, directly or not. */
function orderedPairs(graph: PlanGraph, pairs: readonly Pair[]): Set<string> {
  const successors = successorsOf(graph);
  const order = topologicalOrder(successors);
  const asked = pairs.flatMap(([a, b]): Pair[] => [
    [a, b],
    [b, a],
  ]);
  const ordered = new Set<string>();
  for (let first = 0; first < graph.nodes.length; first += columns) {
    const inBlock = asked.filter(([before]) => before >= first && before < first + columns);
    if (inBlock.length === 0) continue;
    const words = Math.ceil(Math.min(columns, graph.nodes.length - first) / 32);
    const rows = reachedFrom(successors, order, first, words);
    for (const [before, after] of inBlock) {
      const column = before - first;
      const word = rows[after * words + (column >> 5)] ?? 0;
      if ((word >>> (column & 31)) & 1) ordered.add(pairKey(before, after));
    }
  }
  return ordered;
}

/** Per node a row of bits: which nodes of the block, from `first` on, come before it. */
function reachedFrom(
  successors: readonly (readonly number[])[],
  order: readonly number[],
  first: number,
  words: number,
): Uint32Array {
  const rows = new Uint32Array(successors.length * words);
  for (const node of order) {
    const column = node - first;
    const own = column >= 0 && column < words * 32 ? column : null;
    for (const next of successors[node] ?? []) {
      for (let word = 0; word < words; word += 1)
        rows[next * words + word] =
          (rows[next * words + word] ?? 0) | (rows[node * words + word] ?? 0);
      if (own === null) continue;
      const place = next * words + (own >> 5);
      rows[place] = (rows[place] ?? 0) | (1 << (own & 31));
    }
  }
  return rows;
}

/** Items first, then for each phase its start and its end. */
function successorsOf({ nodes, phaseNodes }: PlanGraph): number[][] {
  const successors: number[][] = Array.from(
    { length: nodes.length + 2 * phaseNodes.length },
    () => [],
  );
  const start = (phase: number) => nodes.length + 2 * phase;
  for (const { index, dependencies } of nodes)
    for (const before of dependencies) successors[before.index]?.push(index);
  for (const { index, items, dependencies } of phaseNodes) {
    successors[start(index)]?.push(start(index) + 1);
    for (const item of items) {
      successors[start(index)]?.push(item.index);
      successors[item.index]?.push(start(index) + 1);
    }
    for (const before of dependencies) successors[start(before.index) + 1]?.push(start(index));
  }
  return successors;
}
