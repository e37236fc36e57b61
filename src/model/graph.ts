import { cyclesOf, heaviestPaths, topologicalOrder, type Successors } from './digraph';
import { placesOf } from './file-claims';

export interface GraphItem {
  id: string;
  phaseId: string | null;
  /** Order in the plan. */
  position: number;
  /** Ids of items that must be done first; an id that is no item's is dangling. */
  dependsOn: readonly string[];
  /** Paths or globs, relative to the workspace, that the item works on. */
  files: readonly string[];
  /** Expected duration, in any unit that all items share; 1 when nothing is known. */
  weight: number;
  /** Lower goes first; `defaultPriority` when nothing is said. */
  priority: number;
  /** The item's phase is done without it. */
  optional: boolean;
}

export interface GraphPhase {
  id: string;
  position: number;
  dependsOn: readonly string[];
}

export const defaultPriority = 500;

/** An item among its neighbours. */
export interface ItemNode {
  readonly item: GraphItem;
  /** Place in `PlanGraph.nodes`. */
  readonly index: number;
  readonly phase: PhaseNode | null;
  readonly dependencies: readonly ItemNode[];
  readonly dependents: readonly ItemNode[];
  readonly dangling: readonly string[];
  /** `files` in comparable form, each with the path as written. */
  readonly places: ReadonlyMap<string, string>;
}

export interface PhaseNode {
  readonly phase: GraphPhase;
  /** Place in `PlanGraph.phaseNodes`. */
  readonly index: number;
  readonly items: readonly ItemNode[];
  readonly dependencies: readonly PhaseNode[];
  readonly dangling: readonly string[];
}

/** Items and phases that wait for each other in a circle. */
export interface Cycle {
  items: readonly string[];
  phases: readonly string[];
}

/** The arithmetic of a plan's dependencies. Arrays by node go by `index`. */
export interface PlanGraph {
  readonly nodes: readonly ItemNode[];
  readonly phaseNodes: readonly PhaseNode[];
  readonly byId: ReadonlyMap<string, ItemNode>;
  readonly phaseById: ReadonlyMap<string, PhaseNode>;
  /** Phases, each after those it depends on; those that cannot be reached are left out. */
  readonly phaseOrder: readonly PhaseNode[];
  readonly cycles: readonly Cycle[];
  readonly cycleOf: ReadonlyMap<string, Cycle>;
  /** Items that cannot start as the plan stands: in or behind a cycle or a dangling dependency. */
  readonly unreachable: ReadonlySet<string>;
  /**
   * Weight of the heaviest path from the item to the end of the plan, itself and phases included;
   * 0 for items in or behind a cycle.
   */
  readonly remaining: ReadonlyMap<string, number>;
  /** Items that could start together if every level waited for the one before. */
  readonly waves: readonly (readonly string[])[];
  readonly criticalPath: readonly string[];
  /** The nodes in the order in which they get a free place. */
  readonly startOrder: readonly ItemNode[];
  /** Weight of the heaviest path of the plan under other weights. */
  heaviestPath(weightOf: (item: GraphItem) => number): number;
}

interface ItemDraft extends ItemNode {
  readonly phase: PhaseDraft | null;
  readonly dependencies: ItemDraft[];
  readonly dependents: ItemDraft[];
  readonly dangling: string[];
}

interface PhaseDraft extends PhaseNode {
  readonly items: ItemDraft[];
  readonly dependencies: PhaseDraft[];
  readonly dangling: string[];
}

function linkPhases(phases: readonly GraphPhase[]): Map<string, PhaseDraft> {
  const drafts = phases.map((phase, index): PhaseDraft => {
    return { phase, index, items: [], dependencies: [], dangling: [] };
  });
  const byId = new Map(drafts.map((draft) => [draft.phase.id, draft]));
  for (const draft of drafts) {
    for (const id of new Set(draft.phase.dependsOn)) {
      const target = byId.get(id);
      if (target === undefined) draft.dangling.push(id);
      else draft.dependencies.push(target);
    }
  }
  return byId;
}

function linkItems(
  items: readonly GraphItem[],
  phases: ReadonlyMap<string, PhaseDraft>,
): Map<string, ItemDraft> {
  const drafts = items.map((item, index): ItemDraft => {
    const phase = (item.phaseId === null ? undefined : phases.get(item.phaseId)) ?? null;
    const places = placesOf(item.files);
    return { item, index, phase, dependencies: [], dependents: [], dangling: [], places };
  });
  const byId = new Map(drafts.map((draft) => [draft.item.id, draft]));
  for (const draft of drafts) {
    draft.phase?.items.push(draft);
    for (const id of new Set(draft.item.dependsOn)) {
      const target = byId.get(id);
      target?.dependents.push(draft);
      if (target === undefined) draft.dangling.push(id);
      else draft.dependencies.push(target);
    }
  }
  return byId;
}

/**
 * Items are numbered by their index; behind them each phase has two numbers, its beginning and its
 * end, so that a phase which waits for another costs one edge and not one per pair of items.
 */
function edgesOf(nodes: readonly ItemNode[], phases: readonly PhaseNode[]): number[][] {
  const begin = (phase: PhaseNode) => nodes.length + 2 * phase.index;
  const end = (phase: PhaseNode) => begin(phase) + 1;
  const ofItems = nodes.map((node) => {
    const targets = node.dependents.map((dependent) => dependent.index);
    if (node.phase !== null && !node.item.optional) targets.push(end(node.phase));
    return targets;
  });
  const ofPhases = phases.flatMap((phase): number[][] => {
    const inside = phase.items.map((node) => node.index);
    const passesThrough = phase.items.every((node) => node.item.optional);
    return [passesThrough ? [...inside, end(phase)] : inside, []];
  });
  const edges = [...ofItems, ...ofPhases];
  for (const phase of phases)
    for (const before of phase.dependencies) edges[end(before)]?.push(begin(phase));
  return edges;
}

/** Per node the number of its wave, from 1; 0 for what cannot be reached. */
function levelsOf(
  nodes: readonly ItemNode[],
  phases: readonly PhaseNode[],
  edges: Successors,
  order: readonly number[],
): number[] {
  const before = new Array<number>(edges.length).fill(0);
  const levels = new Array<number>(edges.length).fill(0);
  const stuck = new Set<number>();
  for (const node of nodes) if (node.dangling.length > 0) stuck.add(node.index);
  for (const phase of phases)
    if (phase.dangling.length > 0) stuck.add(nodes.length + 2 * phase.index);
  for (const node of order) {
    const level = (before[node] ?? 0) + (node < nodes.length ? 1 : 0);
    if (!stuck.has(node)) levels[node] = level;
    for (const target of edges[node] ?? []) {
      before[target] = Math.max(before[target] ?? 0, level);
      if (stuck.has(node)) stuck.add(target);
    }
  }
  return levels;
}

function wavesOf(nodes: readonly ItemNode[], levels: readonly number[]): string[][] {
  const waves: string[][] = [];
  for (const node of nodes) {
    const level = levels[node.index] ?? 0;
    if (level > 0) (waves[level - 1] ??= []).push(node.item.id);
  }
  return waves;
}

function heaviest(candidates: Iterable<number>, paths: readonly number[]): number | undefined {
  let best: number | undefined;
  for (const node of candidates)
    if (best === undefined || (paths[node] ?? 0) > (paths[best] ?? 0)) best = node;
  return best;
}

function criticalPathOf(
  nodes: readonly ItemNode[],
  edges: Successors,
  order: readonly number[],
  paths: readonly number[],
): string[] {
  const path: string[] = [];
  const reachable = new Set(order);
  let next = heaviest(order, paths);
  while (next !== undefined) {
    const node = nodes[next];
    if (node !== undefined) path.push(node.item.id);
    next = heaviest(
      (edges[next] ?? []).filter((target) => reachable.has(target)),
      paths,
    );
  }
  return path;
}

function cyclesAmong(
  nodes: readonly ItemNode[],
  phases: readonly PhaseNode[],
  edges: Successors,
): Cycle[] {
  return cyclesOf(edges).map((members) => {
    const sorted = members.toSorted((a, b) => a - b);
    const phaseIds = sorted.flatMap((node) => phases[(node - nodes.length) >> 1]?.phase.id ?? []);
    return {
      items: sorted.flatMap((node) => nodes[node]?.item.id ?? []),
      phases: [...new Set(phaseIds)],
    };
  });
}

/** Ids must be unique. Linear in items, phases and dependencies; no depth is too great. */
export function buildGraph(items: readonly GraphItem[], phases: readonly GraphPhase[]): PlanGraph {
  const phaseById = linkPhases(phases);
  const phaseNodes = [...phaseById.values()];
  const byId = linkItems(items, phaseById);
  const nodes = [...byId.values()];
  const edges = edgesOf(nodes, phaseNodes);
  const order = topologicalOrder(edges);
  const pathsBy = (weightOf: (item: GraphItem) => number) =>
    heaviestPaths(edges, order, (node) => {
      const item = nodes[node]?.item;
      return item === undefined ? 0 : weightOf(item);
    });
  const paths = pathsBy((item) => item.weight);
  const path = (node: ItemNode) => paths[node.index] ?? 0;
  const levels = levelsOf(nodes, phaseNodes, edges, order);
  const cycles = cyclesAmong(nodes, phaseNodes, edges);
  return {
    nodes,
    phaseNodes,
    byId,
    phaseById,
    phaseOrder: order.flatMap((node) => {
      return (node - nodes.length) % 2 === 0 ? (phaseNodes[(node - nodes.length) / 2] ?? []) : [];
    }),
    cycles,
    cycleOf: new Map(cycles.flatMap((cycle) => cycle.items.map((id) => [id, cycle]))),
    unreachable: new Set(nodes.filter((n) => levels[n.index] === 0).map((n) => n.item.id)),
    remaining: new Map(nodes.map((node) => [node.item.id, path(node)])),
    waves: wavesOf(nodes, levels),
    criticalPath: criticalPathOf(nodes, edges, order, paths),
    startOrder: nodes.toSorted(
      (a, b) =>
        a.item.priority - b.item.priority ||
        path(b) - path(a) ||
        a.item.position - b.item.position ||
        a.index - b.index,
    ),
    heaviestPath: (weightOf) =>
      pathsBy(weightOf).reduce((most, weight) => Math.max(most, weight), 0),
  };
}
