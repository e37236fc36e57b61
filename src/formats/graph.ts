import type { Phase, Plan, Problem, Subtask } from '../model/plan';
import { dependencyCycle, type Place } from './problems';

// Order and cycles over a plan's declared dependencies. Loops, never recursion: plans are input.

/** An order of `0 … size - 1` in which every edge `[before, after]` points forward. */
export interface Order {
  /** Position of each node; nodes on a cycle, or behind one, come last and are in `stuck`. */
  rank: number[];
  stuck: ReadonlySet<number>;
}

/** Of several nodes that could come next, the one with the smallest number does. */
export function topologicalOrder(
  size: number,
  edges: readonly (readonly [number, number])[],
): Order {
  const waits = new Array<number>(size).fill(0);
  const next: number[][] = Array.from({ length: size }, () => []);
  for (const [before, after] of edges) {
    next[before]?.push(after);
    waits[after] = (waits[after] ?? 0) + 1;
  }
  const ready = new SmallestFirst();
  for (let node = 0; node < size; node += 1) if (waits[node] === 0) ready.push(node);
  const rank = new Array<number>(size).fill(-1);
  let position = 0;
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    rank[node] = position++;
    for (const after of next[node] ?? []) {
      const left = (waits[after] ?? 0) - 1;
      waits[after] = left;
      if (left === 0) ready.push(after);
    }
  }
  const stuck = new Set<number>();
  rank.forEach((value, node) => {
    if (value >= 0) return;
    stuck.add(node);
    rank[node] = position++;
  });
  return { rank, stuck };
}

/** A binary heap of numbers. */
class SmallestFirst {
  private readonly heap: number[] = [];

  push(value: number): void {
    let at = this.heap.length;
    this.heap.push(value);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.at(parent) <= value) break;
      this.heap[at] = this.at(parent);
      at = parent;
    }
    this.heap[at] = value;
  }

  pop(): number | undefined {
    const top = this.heap[0];
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return top;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = this.at(left + 1) < this.at(left) ? left + 1 : left;
      if (this.at(child) >= last) break;
      this.heap[at] = this.at(child);
      at = child;
    }
    this.heap[at] = last;
    return top;
  }

  private at(index: number): number {
    return this.heap[index] ?? Infinity;
  }
}

/** The declared dependencies among subtasks, as positions in `subtasks`. */
export function declaredEdges(subtasks: readonly Subtask[]): [number, number][] {
  const positions = new Map(subtasks.map((subtask, position) => [subtask.key, position]));
  return subtasks.flatMap((subtask, after) =>
    subtask.dependsOn.flatMap((dependency): [number, number][] => {
      const before = positions.get(dependency.id);
      return dependency.kind !== 'declared' || before === undefined || before === after
        ? []
        : [[before, after]];
    }),
  );
}

/** Declared order among phases: their own dependencies and those of their subtasks. */
export function phaseEdges(phases: readonly Phase[]): [number, number][] {
  const ids = new Map(phases.map((phase, position) => [phase.id, position]));
  const edges = phases.flatMap((phase, after) =>
    phase.dependsOn.flatMap(({ id }): [number, number][] => {
      const before = ids.get(id);
      return before === undefined || before === after ? [] : [[before, after]];
    }),
  );
  const home = phases.flatMap((phase, position) => phase.subtasks.map(() => position));
  for (const [before, after] of declaredEdges(phases.flatMap((phase) => phase.subtasks))) {
    const [from, to] = [home[before], home[after]];
    if (from !== undefined && to !== undefined && from !== to) edges.push([from, to]);
  }
  return edges;
}

interface Node {
  /** How the node shows in a message; `null` for the start and the end of a phase. */
  label: string | null;
  at: Place;
}

/**
 * One problem for each group of items that wait for each other, phases and subtasks together:
 * a phase's subtasks wait for the phases that it depends on.
 */
export function cycleProblems(plan: Plan): Problem[] {
  const { nodes, edges } = graphOf(plan.phases);
  const { stuck } = topologicalOrder(nodes.length, edges);
  if (stuck.size === 0) return [];
  return cyclesAmong(stuck, edges).map((cycle) => {
    const shown = cycle.flatMap((node) => nodes[node] ?? []).filter(({ label }) => label !== null);
    const first = shown.reduce((a, b) => (b.at.line < a.at.line ? b : a), shown[0] ?? unknownNode);
    const start = shown.indexOf(first);
    const path = [...shown.slice(start), ...shown.slice(0, start), first];
    return dependencyCycle(
      first.at,
      path.map(({ label }) => label ?? ''),
    );
  });
}

const unknownNode: Node = { label: '', at: { line: 1, range: null } };

function graphOf(phases: readonly Phase[]): { nodes: Node[]; edges: [number, number][] } {
  const subtasks = phases.flatMap((phase) => phase.subtasks);
  const start = (phase: number) => subtasks.length + 2 * phase;
  const nodes: Node[] = subtasks.map(({ id, line, idRange, range }) => ({
    label: id,
    at: { line, range: idRange ?? range },
  }));
  const edges = declaredEdges(subtasks);
  const ids = new Map(phases.map((phase, position) => [phase.id, position]));
  let subtask = 0;
  phases.forEach((phase, position) => {
    const at = { line: phase.line, range: phase.range };
    nodes.push({ label: phase.title, at }, { label: null, at });
    edges.push([start(position), start(position) + 1]);
    for (const _ of phase.subtasks) {
      edges.push([start(position), subtask], [subtask, start(position) + 1]);
      subtask += 1;
    }
    for (const { id } of phase.dependsOn) {
      const before = ids.get(id);
      if (before !== undefined && before !== position)
        edges.push([start(before) + 1, start(position)]);
    }
  });
  return { nodes, edges };
}

/** A cycle through each group; every stuck node with a stuck predecessor leads back into one. */
function cyclesAmong(
  stuck: ReadonlySet<number>,
  edges: readonly (readonly [number, number])[],
): number[][] {
  const before = new Map<number, number>();
  for (const [from, to] of edges)
    if (stuck.has(from) && stuck.has(to) && !before.has(to)) before.set(to, from);
  const seen = new Map<number, number>();
  const cycles: number[][] = [];
  for (const first of stuck) {
    const path: number[] = [];
    let node: number | undefined = first;
    while (node !== undefined && !seen.has(node)) {
      seen.set(node, first);
      path.push(node);
      node = before.get(node);
    }
    if (node !== undefined && seen.get(node) === first) {
      const start = path.indexOf(node);
      if (start >= 0) cycles.push(path.slice(start).reverse());
    }
  }
  return cycles;
}
