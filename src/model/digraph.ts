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

/**
 * The strongly connected components that are cycles: of several nodes, or one with an edge to
 * itself. Tarjan's algorithm with its own stack, so that depth is no limit.
 */
export function cyclesOf(successors: Successors): number[][] {
  const cycles: number[][] = [];
  const size = successors.length;
  /** The order in which nodes were found, from 1; 0: not yet. */
  const found = new Int32Array(size);
  const low = new Int32Array(size);
  const isOpen = new Uint8Array(size);
  /** How many edges of a node were followed. */
  const followed = new Int32Array(size);
  const open: number[] = [];
  const path: number[] = [];
  let count = 0;

  const enter = (node: number) => {
    count += 1;
    found[node] = count;
    low[node] = count;
    open.push(node);
    isOpen[node] = 1;
    path.push(node);
  };
  const lower = (node: number, to = 0) => {
    low[node] = Math.min(low[node] ?? 0, to);
  };
  const leave = (node: number) => {
    path.pop();
    const parent = path.at(-1);
    if (parent !== undefined) lower(parent, low[node]);
    if (low[node] !== found[node]) return;
    const component = open.splice(open.lastIndexOf(node));
    for (const member of component) isOpen[member] = 0;
    if (component.length > 1 || (successors[node] ?? none).includes(node)) cycles.push(component);
  };

  for (let root = 0; root < size; root += 1) {
    if (found[root] === 0) enter(root);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const edge = followed[node] ?? 0;
      const target = successors[node]?.[edge];
      followed[node] = edge + 1;
      if (target === undefined) leave(node);
      else if (found[target] === 0) enter(target);
      else if (isOpen[target] === 1) lower(node, found[target]);
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
