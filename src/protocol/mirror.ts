import type { Delta, ExecutionView, NeedView, PlanView, RunView, SubtaskView } from './views';

/** The engine's state as a client knows it: a snapshot kept up to date by deltas. */
export class Mirror {
  readonly plans = new Map<string, PlanView>();
  readonly subtasks = new Map<string, SubtaskView>();
  readonly executions = new Map<string, ExecutionView>();
  readonly runs = new Map<string, RunView>();
  readonly needs = new Map<string, NeedView>();

  /** Forgets everything, e.g. before the snapshot of a new engine. */
  clear(): void {
    for (const map of [this.plans, this.subtasks, this.executions, this.runs, this.needs]) {
      map.clear();
    }
  }

  apply(delta: Delta): void {
    put(this.plans, delta.plans);
    put(this.subtasks, delta.subtasks);
    put(this.executions, delta.executions);
    put(this.runs, delta.runs);
    put(this.needs, delta.needs);
    for (const id of delta.removed.plans) this.plans.delete(id);
    for (const id of delta.removed.subtasks) this.subtasks.delete(id);
    for (const id of delta.removed.needs) this.needs.delete(id);
  }

  /** The plan's subtasks in the plan's order. */
  subtasksOf(planId: string): SubtaskView[] {
    return [...this.subtasks.values()]
      .filter((subtask) => subtask.planId === planId)
      .sort((a, b) => a.position - b.position);
  }

  /** Newest first. */
  runsByTime(): RunView[] {
    return [...this.runs.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
  }
}

function put<T extends { id: string }>(map: Map<string, T>, items: readonly T[]): void {
  for (const item of items) map.set(item.id, item);
}
