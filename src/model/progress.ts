import type { PlanGraph } from './graph';
import { isLeftOut } from './left-out';
import { isClosed } from './schedule';
import type { PhaseStatus, PlanState, Proof, SubtaskStatus } from './status';

/** What roll-ups ask of a subtask or work item. */
export interface Leaf {
  status: SubtaskStatus;
  proof: Proof | null;
  optional: boolean;
  /** Whether its file leaves it out. */
  leftOut: boolean;
}

export interface Tally {
  /** Without those that their file leaves out. */
  total: number;
  /** Proven or accepted. */
  done: number;
  proven: number;
  accepted: number;
  claimed: number;
  pending: number;
  /** In progress or in review. */
  running: number;
  blocked: number;
  needsAttention: number;
  failed: number;
  skipped: number;
  cancelled: number;
  /** Neither done nor to be done, as their file leaves them out. */
  leftOut: number;
  /** Not optional, and not yet done, skipped or cancelled. */
  open: number;
}

type StatusCount = Exclude<keyof Tally, 'total' | 'proven' | 'accepted' | 'leftOut' | 'open'>;

const countOf: Readonly<Record<SubtaskStatus, StatusCount>> = {
  pending: 'pending',
  claimed: 'claimed',
  in_progress: 'running',
  in_review: 'running',
  blocked: 'blocked',
  needs_attention: 'needsAttention',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
  cancelled: 'cancelled',
};

export function tally(leaves: Iterable<Leaf>): Tally {
  const counts: Tally = {
    total: 0,
    done: 0,
    proven: 0,
    accepted: 0,
    claimed: 0,
    pending: 0,
    running: 0,
    blocked: 0,
    needsAttention: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
    leftOut: 0,
    open: 0,
  };
  for (const leaf of leaves) {
    if (isLeftOut(leaf.status, leaf.leftOut)) {
      counts.leftOut += 1;
      continue;
    }
    counts.total += 1;
    counts[countOf[leaf.status]] += 1;
    if (leaf.proof !== null) counts[leaf.proof] += 1;
    if (!leaf.optional && !isClosed(leaf.status, false)) counts.open += 1;
  }
  return counts;
}

/**
 * The status of a phase by its leaves. A phase without leaves, or whose checkpoint has not passed,
 * is not done. Blocked: something is stuck and nothing moves.
 */
export function phaseStatusOf(leaves: Tally, checkpointPassed: boolean): PhaseStatus {
  const isEmpty = leaves.total + leaves.leftOut === 0;
  if (!isEmpty && leaves.skipped === leaves.total) return 'skipped';
  if (leaves.running > 0) return 'in_progress';
  if (leaves.blocked + leaves.failed + leaves.needsAttention > 0 && leaves.open > 0)
    return 'blocked';
  if (leaves.total > 0 && leaves.open === 0 && checkpointPassed) return 'done';
  return leaves.done > 0 ? 'in_progress' : 'pending';
}

/** What may still happen in a plan, besides what its leaves say. */
export interface Outlook {
  /** Items that could start now, or that a run works on. */
  ready: number;
  /** Gates that are neither approved nor overridden. */
  closedGates: number;
}

/**
 * The state that an active plan goes to: `completed` when all required leaves are closed and no
 * gate is, `failed` when something failed and nothing else can go on, `active` otherwise.
 */
export function planStateOf(
  leaves: Tally,
  { ready, closedGates }: Outlook,
): Extract<PlanState, 'active' | 'completed' | 'failed'> {
  const isEmpty = leaves.total + leaves.leftOut === 0;
  if (!isEmpty && leaves.open === 0 && leaves.running === 0 && closedGates === 0)
    return 'completed';
  const stuck = ready === 0 && leaves.running === 0 && leaves.needsAttention === 0;
  return leaves.failed > 0 && stuck ? 'failed' : 'active';
}

/** A finished run, for estimates. */
export interface Sample {
  /** Weight of its item. */
  weight: number;
  durationMs: number;
}

export interface EtaFacts {
  graph: PlanGraph;
  /** Whether nothing more is expected of the item. */
  isOver(id: string): boolean;
  samples: readonly Sample[];
  /** Milliseconds since the runs that are going on were started, by item. */
  elapsed: ReadonlyMap<string, number>;
  workers: number;
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return middle.length === 0 ? null : middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/**
 * Estimated milliseconds until the plan is done: the remaining critical path or the remaining work
 * over all workers, whichever is longer, at the median speed of what has finished. `null` while
 * nothing has finished or when something can never start.
 */
export function etaOf(facts: EtaFacts): number | null {
  const { graph, samples, elapsed, workers } = facts;
  const speed = median(
    samples.filter(({ weight }) => weight > 0).map(({ weight, durationMs }) => durationMs / weight),
  );
  const left = new Map<string, number>();
  for (const { item } of graph.nodes) {
    if (facts.isOver(item.id)) continue;
    if (speed === null || (graph.unreachable.has(item.id) && !item.optional)) return null;
    left.set(item.id, Math.max(0, item.weight * speed - (elapsed.get(item.id) ?? 0)));
  }
  const work = [...left.values()].reduce((sum, ms) => sum + ms, 0);
  return Math.max(
    graph.heaviestPath((item) => left.get(item.id) ?? 0),
    work / Math.max(1, workers),
  );
}
