/** A directed graph on the numbers 0 … n-1: per node the nodes that its edges lead to. */
export type Successors = readonly (readonly number[])[];

const none: readonly number[] = [];

/** Nodes in topological order; those on a cycle or behind one are left out. */
export function topologicalOrder(successors: Successors): number[] {
  const unmet = new Array<number>(successors.length).fill(0);
  for (const target of successors.flat()) unmet[target] = (unmet[target] ?? 0) + 1;
  const order = [...unmet.keys()].filter((node) => unmet[node] === 0);
  // The array grows while it is walked.
  for (const node of order) {
    for (const target of successors[node] ?? none) {
      const left = (unmet[target] ?? 0) - 1;
      unmet[target] = left;
      if (left === 0) order.push(target);
    }
  }
  return order;
}

interface Visit {
  node: number;
  edges: Iterator<number>;
}

/**
 * The strongly connected components that are cycles: of several nodes, or one with an edge to
 * itself. Tarjan's algorithm with its own stack, so that depth is no limit.
 */
export function cyclesOf(successors: Successors): number[][] {
  const cycles: number[][] = [];
  const found = new Map<number, number>();
  const low = new Map<number, number>();
  const open: number[] = [];
  const isOpen = new Set<number>();
  const path: Visit[] = [];

  const enter = (node: number) => {
    low.set(node, found.size);
    found.set(node, found.size);
    open.push(node);
    isOpen.add(node);
    path.push({ node, edges: (successors[node] ?? none)[Symbol.iterator]() });
  };
  const lower = (node: number, to: number | undefined) => {
    low.set(node, Math.min(low.get(node) ?? 0, to ?? 0));
  };
  const leave = (node: number) => {
    path.pop();
    const parent = path.at(-1);
    if (parent !== undefined) lower(parent.node, low.get(node));
    if (low.get(node) !== found.get(node)) return;
    const component = open.splice(open.lastIndexOf(node));
    for (const member of component) isOpen.delete(member);
    if (component.length > 1 || (successors[node] ?? none).includes(node)) cycles.push(component);
  };

  for (const root of successors.keys()) {
    if (!found.has(root)) enter(root);
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const edge = visit.edges.next();
      if (edge.done === true) leave(visit.node);
      else if (!found.has(edge.value)) enter(edge.value);
      else if (isOpen.has(edge.value)) lower(visit.node, found.get(edge.value));
    }
  }
  return cycles;
}

/** Per node the weight of the heaviest path that starts with it; 0 for what `order` leaves out. */
export function heaviestPaths(
  successors: Successors,
  order: readonly number[],
  weightOf: (node: number) => number,
): number[] {
  const paths = new Array<number>(successors.length).fill(0);
  for (const node of order.toReversed()) {
    let longest = 0;
    for (const target of successors[node] ?? none) longest = Math.max(longest, paths[target] ?? 0);
    paths[node] = weightOf(node) + longest;
  }
  return paths;
}
