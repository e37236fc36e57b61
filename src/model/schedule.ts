import { FileClaims } from './file-claims';
import type { ItemNode, PhaseNode, PlanGraph } from './graph';
import type { Reason } from './reasons';
import type { SubtaskStatus } from './status';

/** What is known about an item at the moment of a scheduling step. */
export interface ItemState {
  status: SubtaskStatus;
  /** Whether a run of it has not ended. */
  live: boolean;
  attemptsUsed: number;
  attemptLimit: number;
  /** Names of the gates that keep it waiting, for people. */
  closedGates: readonly string[];
  /** Milliseconds since the epoch before which it is not tried again. */
  retryNotBefore: number | null;
  escalated: boolean;
  /** Who paused it or its phase; `null` when nobody did. */
  heldBy: string | null;
  /** Why its agent takes no work now, as a sentence; `null` when it does. */
  agentProblem: string | null;
  /** Which budget is used up, as a sentence; `null` when its budgets hold. */
  budgetProblem: string | null;
  /** Why its plan says that it is not ready to be run, though it is open. */
  notReady: string | null;
  /** Why its file leaves it out, as a clause; `null` when it is to be done, or that is settled. */
  leftOut: string | null;
}

export interface ScheduleSnapshot {
  graph: PlanGraph;
  /** One entry for each item of the graph. */
  state: ReadonlyMap<string, ItemState>;
  /** Only these may start; `null`: all. */
  scope: ReadonlySet<string> | null;
  /** Places that are free now. */
  workers: number;
  /** Milliseconds since the epoch. */
  now: number;
  /** Whether a claim counts as done for what waits for it. */
  acceptClaims: boolean;
}

/** Whether an item of this status lets those go on that depend on it. */
export function satisfiesDependents(status: SubtaskStatus, acceptClaims: boolean): boolean {
  return status === 'done' || status === 'skipped' || (acceptClaims && status === 'claimed');
}

/** Whether nothing more is expected of an item of this status. */
export function isClosed(status: SubtaskStatus, acceptClaims: boolean): boolean {
  return satisfiesDependents(status, acceptClaims) || status === 'cancelled';
}

/** A snapshot with what many items ask of it computed once: build it per step, in linear time. */
export class Readiness {
  private readonly states: readonly ItemState[];
  /** Per phase the number of its items that keep it from being done. */
  private readonly open: number[];
  private readonly finishedPhases = new Set<PhaseNode>();
  private readonly files = new FileClaims();

  constructor(private readonly snapshot: ScheduleSnapshot) {
    const { graph, acceptClaims } = snapshot;
    this.states = graph.nodes.map((node) => this.lookUp(node.item.id));
    this.open = new Array<number>(graph.phaseNodes.length).fill(0);
    for (const node of graph.nodes) {
      const state = this.stateOf(node);
      if (state.live) this.start(node);
      const isOver = state.leftOut !== null || isClosed(state.status, acceptClaims);
      if (node.phase !== null && !node.item.optional && !isOver)
        this.open[node.phase.index] = this.openIn(node.phase) + 1;
    }
    for (const phase of graph.phaseNodes)
      if (this.openIn(phase) === 0 && !this.isPassage(phase)) this.finishedPhases.add(phase);
    for (const phase of graph.phaseOrder)
      if (this.isPassage(phase) && phase.dangling.length === 0 && this.isEnterable(phase))
        this.finishedPhases.add(phase);
  }

  /** From now on the item's files are taken. */
  start(node: ItemNode): void {
    this.files.take(node.item.id, node.places.keys());
  }

  /** Whether what waits for the phase passes through it: no item of it must be done. */
  private isPassage(phase: PhaseNode): boolean {
    return phase.items.every((node) => node.item.optional || this.stateOf(node).leftOut !== null);
  }

  private stateOf(node: ItemNode): ItemState {
    return this.states[node.index] ?? this.lookUp(node.item.id);
  }

  isReady(node: ItemNode): boolean {
    const { status, live } = this.stateOf(node);
    return status === 'pending' && !live && this.reasons(node).next().done === true;
  }

  /** Every condition that is not met, those of the plan first. */
  *reasons(node: ItemNode): Generator<Reason> {
    const state = this.stateOf(node);
    if (state.live) {
      yield { code: 'live' };
      return;
    }
    if (state.leftOut !== null) {
      yield { code: 'left_out', why: state.leftOut };
      return;
    }
    if (state.status !== 'pending') yield { code: 'status', status: state.status };
    if (isClosed(state.status, false)) return;
    yield* this.planReasons(node);
    yield* this.ownReasons(state);
    for (const [place, path] of node.places) {
      const heldBy = this.files.holderOf(place);
      if (heldBy !== undefined) yield { code: 'files', path, heldBy };
    }
  }

  private *planReasons(node: ItemNode): Generator<Reason> {
    const { graph, acceptClaims } = this.snapshot;
    let waits = false;
    for (const before of node.dependencies) {
      const { status, leftOut } = this.stateOf(before);
      if (satisfiesDependents(status, acceptClaims)) continue;
      waits = true;
      if (leftOut === null) yield { code: 'dependency', id: before.item.id, status };
      else yield { code: 'dependency_left_out', id: before.item.id, why: leftOut };
    }
    for (const id of node.dangling) yield { code: 'dangling', id };
    for (const id of node.phase?.dangling ?? []) yield { code: 'dangling_phase', id };
    for (const phase of node.phase?.dependencies ?? []) {
      if (this.finishedPhases.has(phase)) continue;
      waits = true;
      yield { code: 'phase', id: phase.phase.id, open: this.openIn(phase) };
    }
    // A cycle is no condition of its own: a person may close one of its members.
    const cycle = waits ? graph.cycleOf.get(node.item.id) : undefined;
    if (cycle !== undefined) yield { code: 'cycle', items: cycle.items, phases: cycle.phases };
  }

  private *ownReasons(state: ItemState): Generator<Reason> {
    for (const gate of state.closedGates) yield { code: 'gate', gate };
    if (state.attemptsUsed >= state.attemptLimit)
      yield { code: 'attempts', used: state.attemptsUsed, limit: state.attemptLimit };
    if (state.escalated) yield { code: 'escalated' };
    if (state.heldBy !== null) yield { code: 'held', by: state.heldBy };
    if (state.notReady !== null) yield { code: 'not_ready', problem: state.notReady };
    if (state.budgetProblem !== null) yield { code: 'budget', problem: state.budgetProblem };
    if (state.agentProblem !== null) yield { code: 'agent', problem: state.agentProblem };
    const inMs = (state.retryNotBefore ?? 0) - this.snapshot.now;
    if (inMs > 0) yield { code: 'retry', inMs };
  }

  private lookUp(id: string): ItemState {
    const state = this.snapshot.state.get(id);
    if (state === undefined) throw new Error(`The snapshot has no state of item ${id}.`);
    return state;
  }

  private openIn(phase: PhaseNode): number {
    return this.open[phase.index] ?? 0;
  }

  private isEnterable(phase: PhaseNode): boolean {
    return phase.dependencies.every((before) => this.finishedPhases.has(before));
  }
}

/** The ids to start now, first the most urgent. Same snapshot, same answer. */
export function decide(snapshot: ScheduleSnapshot): string[] {
  if (snapshot.workers <= 0) return [];
  const readiness = new Readiness(snapshot);
  const chosen: string[] = [];
  for (const node of snapshot.graph.startOrder) {
    if (chosen.length >= snapshot.workers) break;
    if (snapshot.scope?.has(node.item.id) === false || !readiness.isReady(node)) continue;
    readiness.start(node);
    chosen.push(node.item.id);
  }
  return chosen;
}

/** Every condition that keeps the item from being ready; none for an id that is not in the graph. */
export function whyNotReady(snapshot: ScheduleSnapshot, id: string): Reason[] {
  const node = snapshot.graph.byId.get(id);
  return node === undefined ? [] : [...new Readiness(snapshot).reasons(node)];
}

/** Why the item does not start now: as `whyNotReady`, and for a ready one what `decide` adds. */
export function whyNotStarted(snapshot: ScheduleSnapshot, id: string): Reason[] {
  const reasons = whyNotReady(snapshot, id);
  if (reasons.length > 0) return reasons;
  if (snapshot.scope?.has(id) === false) return [{ code: 'scope' }];
  return snapshot.workers > 0 ? [] : [{ code: 'workers' }];
}
