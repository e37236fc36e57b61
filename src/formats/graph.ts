import { cyclesOf, type Successors } from '../model/digraph';
import type { Dependency, DependencyKind, Phase, Plan, Problem, Subtask } from '../model/plan';
import { mostTakenApart, planOrder, type PlanOrder } from '../model/plan-order';
import { dependencyCycle, problem, type Place } from './problems';

// Order and cycles over a plan's declared dependencies. Loops, never recursion: plans are input.

/** An order of `0 … size - 1` in which every edge `[before, after]` points forward. */
export interface Order {
  /** Position of each node; nodes on a cycle, or behind one, come last and are in `stuck`. */
  rank: number[];
  stuck: ReadonlySet<number>;
}

/** A topological order that keeps to the file's where it can: of several the smallest is next. */
export function documentOrder(size: number, edges: readonly (readonly [number, number])[]): Order {
  if (edges.every(([before, after]) => before < after))
    return { rank: Array.from({ length: size }, (_, node) => node), stuck: new Set() };
  const waits = new Array<number>(size).fill(0);
  const next = successorsOf(size, edges);
  for (const [, after] of edges) waits[after] = (waits[after] ?? 0) + 1;
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

/** Each dependency once, as first written. */
export function distinct(dependencies: readonly Dependency[]): Dependency[] {
  const seen = new Set<string>();
  return dependencies.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** The declared dependencies among subtasks, as positions in `subtasks`. */
export function declaredEdges(subtasks: readonly Subtask[]): [number, number][] {
  return edgesAmong(subtasks, ({ dependsOn }) => dependsOn, ['declared']);
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
  const home = phases.flatMap(({ subtasks }, position) =>
    new Array<number>(subtasks.length).fill(position),
  );
  for (const [before, after] of declaredEdges(phases.flatMap((phase) => phase.subtasks))) {
    const [from, to] = [home[before], home[after]];
    if (from !== undefined && to !== undefined && from !== to) edges.push([from, to]);
  }
  return edges;
}

interface Node {
  /** How the node shows in a message; `null` for the end of a phase. */
  label: string | null;
  at: Place;
}

/**
 * One problem for each group of items that wait for each other, phases and subtasks together: a
 * phase's subtasks wait for the phases that it depends on. And one for groups too large to be
 * waited for.
 */
export function cycleProblems({ phases }: Plan): Problem[] {
  if (isInOrder(phases, ['declared'])) return [];
  const order = planOrder({ phases });
  const successors = successorsAmong(phases, order, ['declared']);
  const cycles = cyclesOf(successors);
  const nodes = cycles.length === 0 ? [] : nodesOf(phases);
  const found = cycles.flatMap((members) => {
    const shown = closedPath(members, successors).flatMap((node) => nodes[node] ?? []);
    const labelled = shown.filter(({ label }) => label !== null);
    const [start] = labelled.toSorted((a, b) => a.at.line - b.at.line);
    if (start === undefined) return [];
    const first = labelled.indexOf(start);
    const path = [...labelled.slice(first), ...labelled.slice(0, first), start];
    return [
      dependencyCycle(
        start.at,
        path.map(({ label }) => label ?? ''),
      ),
    ];
  });
  return order.overfull === null ? found : [...found, ...overfullGroup(phases, order.overfull)];
}

function overfullGroup(phases: readonly Phase[], overfull: string): Problem[] {
  const message = `The tasks wait for groups of so many that this means more than ${mostTakenApart} dependencies. This one and others below can never start. Name the last task of the group instead.`;
  return phases
    .flatMap(({ subtasks }) => subtasks)
    .filter(({ key }) => key === overfull)
    .map(({ line, idRange, range, path }) =>
      problem('error', 'too-many-dependencies', { line, range: idRange ?? range, path }, message),
    );
}

/**
 * Takes away the implied dependencies that lie on a cycle, so that they never contradict what the
 * file declares.
 */
export function dropContradictions(phases: readonly Phase[]): void {
  if (isInOrder(phases, ['declared', 'implied'])) return;
  const cycles = cyclesOf(successorsAmong(phases, planOrder({ phases }), ['declared', 'implied']));
  if (cycles.length === 0) return;
  const cycleOf = new Map<number, number>();
  cycles.forEach((members, cycle) => {
    for (const node of members) cycleOf.set(node, cycle);
  });
  const count = phases.reduce((sum, { subtasks }) => sum + subtasks.length, 0);
  const nodes = new Map<string, number>();
  // A phase as what must be done first: its end, and its subtasks.
  const phaseNodes = new Map<string, number[]>();
  phases.forEach((phase, index) => {
    const own = phase.subtasks.map(({ key }) => {
      nodes.set(key, nodes.size);
      return nodes.size - 1;
    });
    const id = phase.id ?? phase.key;
    if (!phaseNodes.has(id)) phaseNodes.set(id, [count + 2 * index + 1, ...own]);
  });
  const keep = (own: number) => (dependency: Dependency) => {
    const cycle = cycleOf.get(own);
    if (dependency.kind !== 'implied' || cycle === undefined) return true;
    const subtask = nodes.get(dependency.id);
    if (subtask !== undefined && cycleOf.get(subtask) === cycle) return false;
    const phase = phaseNodes.get(dependency.id) ?? [];
    return phase.every((node) => cycleOf.get(node) !== cycle);
  };
  phases.forEach((phase, index) => {
    phase.dependsOn = phase.dependsOn.filter(keep(count + 2 * index));
    for (const subtask of phase.subtasks)
      subtask.dependsOn = subtask.dependsOn.filter(keep(nodes.get(subtask.key) ?? -1));
  });
}

/**
 * Whether all wait only for what stands above them, so that none waits for itself: nearly every
 * plan, and far less to find out than its cycles. `kinds` are those among subtasks.
 */
function isInOrder(phases: readonly Phase[], kinds: readonly DependencyKind[]): boolean {
  const subtasks = phases.flatMap((phase) => phase.subtasks);
  const subtaskAt = new Map(subtasks.map(({ key }, position) => [key, position]));
  const phaseAt = new Map(phases.map(({ id, key }, position) => [id ?? key, position]));
  // Where a phase waits for a subtask, or a subtask for a phase, a closer look is needed.
  return (
    phases.every(({ dependsOn }, own) =>
      dependsOn.every(({ id }) => (phaseAt.get(id) ?? (subtaskAt.has(id) ? Infinity : -1)) <= own),
    ) &&
    subtasks.every(({ dependsOn }, own) =>
      dependsOn.every(
        ({ id, kind }) =>
          !kinds.includes(kind) || (subtaskAt.get(id) ?? (phaseAt.has(id) ? Infinity : -1)) <= own,
      ),
    )
  );
}

/** Nodes on one way around a group in which each node leads to another of the group. */
function closedPath(members: readonly number[], successors: Successors): number[] {
  const group = new Set(members);
  const steps = new Map<number, number>();
  const path: number[] = [];
  let node = members[0];
  while (node !== undefined && !steps.has(node)) {
    steps.set(node, path.length);
    path.push(node);
    node = successors[node]?.find((next) => group.has(next));
  }
  return path.slice(node === undefined ? 0 : steps.get(node));
}

/** Subtasks first, then for each phase its start and its end. */
function nodesOf(phases: readonly Phase[]): Node[] {
  const ofSubtasks = phases.flatMap(({ subtasks }) =>
    subtasks.map(({ id, line, idRange, range, path }): Node => {
      return { label: id, at: { line, range: idRange ?? range, path } };
    }),
  );
  const ofPhases = phases.flatMap(({ title, line, range, path }): Node[] => {
    const at = { line, range, path };
    return [
      { label: title, at },
      { label: null, at },
    ];
  });
  return [...ofSubtasks, ...ofPhases];
}

/** The graph on the nodes of `nodesOf`; `kinds` are those among subtasks. */
function successorsAmong(
  phases: readonly Phase[],
  order: PlanOrder,
  kinds: readonly DependencyKind[],
): number[][] {
  const subtasks = phases.flatMap((phase) => phase.subtasks);
  const start = (phase: number) => subtasks.length + 2 * phase;
  const edges = edgesAmong(subtasks, ({ key }) => order.subtasks.get(key) ?? [], kinds);
  const successors = successorsOf(subtasks.length + 2 * phases.length, edges);
  const phaseAt = new Map(phases.map((phase, position) => [phase.key, position]));
  let subtask = 0;
  phases.forEach((phase, position) => {
    const [own, end] = [start(position), start(position) + 1];
    successors[own]?.push(end);
    for (const last = subtask + phase.subtasks.length; subtask < last; subtask += 1) {
      successors[own]?.push(subtask);
      successors[subtask]?.push(end);
    }
    for (const { id } of order.phases.get(phase.key) ?? []) {
      const before = phaseAt.get(id);
      if (before !== undefined && before !== position) successors[start(before) + 1]?.push(own);
    }
  });
  return successors;
}

function edgesAmong(
  subtasks: readonly Subtask[],
  dependenciesOf: (subtask: Subtask) => readonly Dependency[],
  kinds: readonly DependencyKind[],
): [number, number][] {
  const positions = new Map(subtasks.map((subtask, position) => [subtask.key, position]));
  const edges: [number, number][] = [];
  subtasks.forEach((subtask, after) => {
    for (const { id, kind } of dependenciesOf(subtask)) {
      const before = kinds.includes(kind) ? positions.get(id) : undefined;
      if (before !== undefined && before !== after) edges.push([before, after]);
    }
  });
  return edges;
}

function successorsOf(size: number, edges: readonly (readonly [number, number])[]): number[][] {
  const successors: number[][] = Array.from({ length: size }, () => []);
  for (const [before, after] of edges) successors[before]?.push(after);
  return successors;
}
