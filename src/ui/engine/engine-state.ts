import { Mirror } from '../../protocol/mirror';
import type {
  Delta,
  ExecutionView,
  NeedView,
  PlanView,
  RunView,
  SubtaskView,
} from '../../protocol/views';
import { Signal } from '../lifetime';

/** A thing before and after a change; `null`: it was not, or is not any more, there. */
export interface Change<T> {
  before: T | null;
  after: T | null;
}

/** What a delta really changed. */
export interface StateChange {
  /** The first state that this window gets: what is in it is not news. */
  first: boolean;
  plans: Change<PlanView>[];
  subtasks: Change<SubtaskView>[];
  executions: Change<ExecutionView>[];
  runs: Change<RunView>[];
  needs: Change<NeedView>[];
}

/** The engine's state in this window, and word of what changes in it. */
export class EngineState {
  readonly mirror = new Mirror();
  private readonly changes = new Signal<StateChange>();
  readonly onDidChange = this.changes.on;
  private begun = false;

  /**
   * Takes the answer of a subscription: the whole of plans, subtasks and needs. What it does not
   * name is gone, for its removal may have been told to a subscription that this one replaced.
   */
  show(snapshot: Delta): void {
    const { plans, subtasks, needs } = this.mirror;
    const removed = {
      plans: missing(plans, snapshot.plans),
      subtasks: missing(subtasks, snapshot.subtasks),
      needs: missing(needs, snapshot.needs),
    };
    const first = !this.begun;
    this.begun = true;
    this.take({ ...snapshot, removed }, first);
  }

  apply(delta: Delta): void {
    this.take(delta, false);
  }

  /** What is equal to what is known is not announced: a new subscription repeats the whole state. */
  private take(delta: Delta, first: boolean): void {
    const change = changesBy(delta, this.mirror, first);
    this.mirror.apply(delta);
    const { plans, subtasks, executions, runs, needs } = change;
    const something = [plans, subtasks, executions, runs, needs].some((list) => list.length > 0);
    if (something || first) this.changes.fire(change);
  }
}

function missing(known: ReadonlyMap<string, unknown>, items: readonly { id: string }[]): string[] {
  const named = new Set(items.map((item) => item.id));
  return [...known.keys()].filter((id) => !named.has(id));
}

function changesBy(delta: Delta, known: Mirror, first: boolean): StateChange {
  return {
    first,
    plans: compare(known.plans, delta.plans, delta.removed.plans),
    subtasks: compare(known.subtasks, delta.subtasks, delta.removed.subtasks),
    executions: compare(known.executions, delta.executions, []),
    runs: compare(known.runs, delta.runs, []),
    needs: compare(known.needs, delta.needs, delta.removed.needs),
  };
}

function compare<T extends { id: string }>(
  known: ReadonlyMap<string, T>,
  items: readonly T[],
  removed: readonly string[],
): Change<T>[] {
  const changes: Change<T>[] = [];
  for (const after of items) {
    const before = known.get(after.id) ?? null;
    // Both were parsed by one schema, so equal values have equal texts.
    if (JSON.stringify(before) !== JSON.stringify(after)) changes.push({ before, after });
  }
  for (const id of removed) {
    const before = known.get(id);
    if (before !== undefined) changes.push({ before, after: null });
  }
  return changes;
}
