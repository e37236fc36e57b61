import type { z } from 'zod';
import type { subscribe } from '../protocol/messages';
import type { Delta, NeedView } from '../protocol/views';
import type { StateUpdate } from '../runs/workspace-state';
import { events } from '../store/repositories/events';
import type { EngineContext } from './engine-context';
import { needViews } from './needs';
import { troubleNeeds } from './trouble-needs';
import { SubtaskViews } from './subtask-views';
import { eventView, executionView, planView, runView } from './views';

export type Wish = z.output<typeof subscribe.params>;

/** How long changes gather before a client is told. */
const gatherMs = 40;
const eventPage = 200;

export const emptyDelta = (): Delta => ({
  plans: [],
  subtasks: [],
  executions: [],
  runs: [],
  needs: [],
  events: [],
  removed: { plans: [], subtasks: [], needs: [] },
});

interface Gathered {
  plans: Set<string>;
  removedPlans: Set<string>;
  removedSubtasks: Set<string>;
  executions: Set<string>;
  runs: Set<string>;
  events: Set<string>;
  needs: boolean;
}

const nothing = (): Gathered => ({
  plans: new Set(),
  removedPlans: new Set(),
  removedSubtasks: new Set(),
  executions: new Set(),
  runs: new Set(),
  events: new Set(),
  needs: false,
});

/** What of the engine a client is told. */
export type SubscriptionSource = Pick<
  EngineContext,
  'state' | 'store' | 'clock' | 'log' | 'conditions' | 'desks' | 'proofAges' | 'workspaceChecks'
>;

/** What one client shows: its first state, then what changes of it, gathered for a moment. */
export class Subscription implements Disposable {
  private gathered = nothing();
  private timer: Disposable | null = null;
  private readonly updates: readonly Disposable[];
  private readonly sentSubtasks = new Map<string, string>();
  private readonly sentNeeds = new Map<string, string>();
  private readonly eventsSent: Map<string, number>;
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly wish: Wish,
    private readonly engine: SubscriptionSource,
    private readonly send: (delta: Delta) => void,
  ) {
    this.eventsSent = new Map(wish.events.map(({ runId, after }) => [runId, after]));
    this.updates = [
      engine.state.onUpdate((update) => this.gather(update)),
      engine.conditions.onChange(() => this.gatherPlans(engine.state.plans.keys())),
      engine.proofAges.onChange((planId) => this.gatherPlans([planId])),
      engine.desks.open.onUpdate(() => this.gatherPlans([])),
    ];
  }

  [Symbol.dispose](): void {
    for (const update of this.updates) update[Symbol.dispose]();
    this.timer?.[Symbol.dispose]();
  }

  /** Everything that was wished for, as it is now. What changes meanwhile is told after it. */
  first(): Promise<Delta> {
    const first = this.sending.then(() => this.snapshot());
    this.sending = first.then(
      () => undefined,
      () => undefined,
    );
    return first;
  }

  private async snapshot(): Promise<Delta> {
    const delta = emptyDelta();
    // First what takes time, so that the rest is as new as what is told next.
    await this.addEvents(delta, this.eventsSent.keys());
    if (this.wish.plans) this.addPlans(delta, this.engine.state.plans.keys());
    if (this.wish.runs !== null) {
      const runs = [...this.engine.state.runs.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
      const ended = runs.filter((run) => run.state === 'ended').slice(0, this.wish.runs);
      const live = runs.filter((run) => run.state !== 'ended');
      delta.runs = [...live, ...ended].map((run) => runView(run, this.engine.state));
      delta.executions = [...this.engine.state.executions.values()].map((execution) =>
        executionView(execution, this.engine.state),
      );
    }
    if (this.wish.needs) this.addNeeds(delta);
    return delta;
  }

  private gather(update: StateUpdate): void {
    const { gathered } = this;
    for (const id of update.plans) gathered.plans.add(id);
    for (const id of update.removedPlans) gathered.removedPlans.add(id);
    for (const id of update.removedSubtasks) gathered.removedSubtasks.add(id);
    for (const id of update.executions) gathered.executions.add(id);
    for (const id of update.runs) gathered.runs.add(id);
    for (const id of update.events) gathered.events.add(id);
    gathered.needs ||= update.permissions || update.plans.size + update.removedPlans.size > 0;
    this.timer ??= this.engine.clock.after(gatherMs, () => this.flush());
  }

  /** What keeps subtasks from starting has changed. */
  private gatherPlans(ids: Iterable<string>): void {
    for (const id of ids) this.gathered.plans.add(id);
    this.gathered.needs = true;
    this.timer ??= this.engine.clock.after(gatherMs, () => this.flush());
  }

  private flush(): void {
    this.timer = null;
    const gathered = this.gathered;
    this.gathered = nothing();
    this.sending = this.sending
      .then(() => this.tell(gathered))
      .catch((error: unknown) =>
        this.engine.log.error('a client could not be told of changes', error),
      );
  }

  private async tell(gathered: Gathered): Promise<void> {
    const delta = emptyDelta();
    if (this.wish.plans) {
      this.addPlans(delta, gathered.plans);
      // A file that is replaced is gone for a moment.
      delta.removed.plans = [...gathered.removedPlans].filter(
        (id) => !this.engine.state.plans.has(id),
      );
      delta.removed.subtasks = this.gone(gathered.removedSubtasks);
    }
    if (this.wish.runs !== null) this.addRuns(delta, gathered);
    if (this.wish.needs && gathered.needs) this.addNeeds(delta);
    await this.addEvents(
      delta,
      [...gathered.events].filter((id) => this.eventsSent.has(id)),
    );
    if (!isEmpty(delta)) this.send(delta);
  }

  /** Subtasks that left their plan and did not come back in the meantime. */
  private gone(ids: ReadonlySet<string>): string[] {
    const plans = [...this.engine.state.plans.values()];
    const gone = [...ids].filter((id) => !plans.some((plan) => plan.subtasks.has(id)));
    for (const id of gone) this.sentSubtasks.delete(id);
    return gone;
  }

  /** Plans whole, of their subtasks only those that look different than before. */
  private addPlans(delta: Delta, planIds: Iterable<string>): void {
    const { state, conditions, clock, workspaceChecks, proofAges } = this.engine;
    const now = clock.now();
    for (const id of planIds) {
      const plan = state.plans.get(id);
      if (plan === undefined) continue;
      delta.plans.push(planView(plan, state, now));
      const views = new SubtaskViews(plan, state, conditions, now, workspaceChecks(), proofAges);
      for (const row of plan.subtasks.values()) {
        const view = views.view(row);
        if (isNews(this.sentSubtasks, view.id, view)) delta.subtasks.push(view);
      }
    }
  }

  private addRuns(delta: Delta, gathered: Gathered): void {
    for (const id of new Set([...gathered.runs, ...gathered.events])) {
      const run = this.engine.state.runs.get(id);
      if (run !== undefined) delta.runs.push(runView(run, this.engine.state));
    }
    // Whether an execution waits for a person depends on its runs and gates.
    for (const execution of this.engine.state.executions.values()) {
      const touched = gathered.executions.has(execution.id);
      const live = execution.ended_at === null && gathered.plans.has(execution.plan_id);
      if (touched || live) delta.executions.push(executionView(execution, this.engine.state));
    }
  }

  private addNeeds(delta: Delta): void {
    const { state, desks, conditions } = this.engine;
    const needs = [...needViews(state, desks.open), ...troubleNeeds(state, conditions)];
    delta.needs = needs.filter((need: NeedView) => isNews(this.sentNeeds, need.id, need));
    const left = new Set(needs.map((need) => need.id));
    delta.removed.needs = [...this.sentNeeds.keys()].filter((id) => !left.has(id));
    for (const id of delta.removed.needs) this.sentNeeds.delete(id);
  }

  private async addEvents(delta: Delta, runIds: Iterable<string>): Promise<void> {
    for (const runId of runIds) {
      for (;;) {
        const after = this.eventsSent.get(runId) ?? 0;
        const page = await this.engine.store.query(events.page, { runId, after, limit: eventPage });
        delta.events.push(...page.map(eventView));
        const last = page.at(-1);
        if (last !== undefined) this.eventsSent.set(runId, last.sequence);
        if (page.length < eventPage) break;
      }
    }
  }
}

function isNews(sent: Map<string, string>, id: string, view: object): boolean {
  const text = JSON.stringify(view);
  if (sent.get(id) === text) return false;
  sent.set(id, text);
  return true;
}

function isEmpty(delta: Delta): boolean {
  const { removed, ...lists } = delta;
  return [...Object.values(lists), ...Object.values(removed)].every((list) => list.length === 0);
}
