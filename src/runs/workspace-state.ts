import type { Problem } from '../model/plan';
import type { Change, Entity } from '../store/command';
import { configuration, type Configuration } from '../store/repositories/configuration';
import { events, type EventRow } from '../store/repositories/events';
import { executions, type ExecutionRow } from '../store/repositories/executions';
import { escalations } from '../store/repositories/escalations';
import { gates } from '../store/repositories/gates';
import { holds } from '../store/repositories/holds';
import { permissions, type PermissionRow } from '../store/repositories/permissions';
import { phases } from '../store/repositories/phases';
import { plans } from '../store/repositories/plans';
import { runs, type RunRow } from '../store/repositories/runs';
import { specs } from '../store/repositories/specs';
import { subtasks, type SubtaskRow } from '../store/repositories/subtasks';
import type { Store } from '../store/store';
import type { Log } from '../platform/log';
import type { PlanEntry, PlanLibrary } from './plan-library';
import { PlanState, type SpecPriorities } from './plan-state';
import { problemThatStops } from './preparation';

/** Ids of what changed since the last update. */
export interface StateUpdate {
  plans: ReadonlySet<string>;
  removedPlans: ReadonlySet<string>;
  subtasks: ReadonlySet<string>;
  removedSubtasks: ReadonlySet<string>;
  executions: ReadonlySet<string>;
  runs: ReadonlySet<string>;
  /** Runs whose story went on. */
  events: ReadonlySet<string>;
  permissions: boolean;
}

const keptRuns = 300;

/**
 * The part of the database that is asked for all the time, in memory: loaded once, then kept up to
 * date by the change feed. Reads are synchronous; they see what was durable a moment ago.
 */
export class WorkspaceState implements Disposable {
  readonly plans = new Map<string, PlanState>();
  readonly executions = new Map<string, ExecutionRow>();
  readonly runs = new Map<string, RunRow>();
  readonly lastEvents = new Map<string, EventRow>();
  permissions: readonly PermissionRow[] = [];
  private settings: Configuration | null = null;
  private readonly listeners = new Set<(update: StateUpdate) => void>();
  private pending: Change[] = [];
  private readonly stale = new Set<PlanEntry>();
  private working: Promise<void> | null = null;
  private readonly subscriptions: Disposable[] = [];

  constructor(
    private readonly store: Store,
    private readonly library: PlanLibrary,
    private readonly log: Log,
  ) {}

  get configuration(): Configuration {
    if (this.settings === null) throw new Error('the state has not been loaded');
    return this.settings;
  }

  /** Loads everything; the library must have discovered its plans. */
  async load(): Promise<void> {
    this.settings = await this.store.query(configuration.read, undefined);
    for (const row of await this.store.query(runs.recent, { planId: null, limit: keptRuns })) {
      this.runs.set(row.id, row);
    }
    for (const row of await this.store.query(runs.live, undefined)) this.runs.set(row.id, row);
    for (const row of await this.store.query(executions.live, undefined)) {
      this.executions.set(row.id, row);
    }
    await this.loadLastEvents([...this.runs.keys()]);
    this.permissions = await this.store.query(permissions.allOpen, undefined);
    for (const entry of this.library.all()) await this.loadPlan(entry);
    this.subscriptions.push(
      this.store.onChanges((changes) => this.take(changes)),
      this.library.onRead((entry) => this.takePlan(entry)),
    );
  }

  [Symbol.dispose](): void {
    for (const subscription of this.subscriptions) subscription[Symbol.dispose]();
  }

  onUpdate(listener: (update: StateUpdate) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }

  /** Resolves when everything that the feed told so far is in the state. */
  async settled(): Promise<void> {
    while (this.working !== null) await this.working;
  }

  liveRuns(planId?: string): RunRow[] {
    return [...this.runs.values()].filter(
      (run) => run.state !== 'ended' && (planId === undefined || run.plan_id === planId),
    );
  }

  liveExecutions(): ExecutionRow[] {
    return [...this.executions.values()].filter((execution) => execution.ended_at === null);
  }

  private take(changes: readonly Change[]): void {
    this.pending.push(...changes);
    this.work();
  }

  private takePlan(entry: PlanEntry): void {
    this.stale.add(entry);
    this.work();
  }

  private work(): void {
    this.working ??= this.drain().then((followed) => {
      this.working = null;
      if (followed && (this.pending.length > 0 || this.stale.size > 0)) this.work();
    });
  }

  /** `false` when it could not follow: the next change tries again. */
  private async drain(): Promise<boolean> {
    while (this.pending.length > 0 || this.stale.size > 0) {
      const changes = this.pending;
      const entries = [...this.stale];
      this.pending = [];
      this.stale.clear();
      try {
        this.tell(await this.follow(changes, entries));
      } catch (error) {
        // The store is going down, or a row is damaged.
        this.log.error('the state could not follow the database', error);
        this.pending.unshift(...changes);
        for (const entry of entries) this.stale.add(entry);
        return false;
      }
    }
    return true;
  }

  private tell(update: StateUpdate): void {
    for (const listener of this.listeners) {
      try {
        listener(update);
      } catch (error) {
        this.log.error('a listener of the state failed', error);
      }
    }
  }

  private async follow(
    changes: readonly Change[],
    entries: readonly PlanEntry[],
  ): Promise<StateUpdate> {
    const ids = idsByEntity(changes);
    const known = new Set(this.plans.keys());
    const removedSubtasks = new Set<string>();
    const whole = new Map(entries.map((entry) => [entry.planId, entry]));
    const touched = new Set<string>([...whole.keys(), ...ids('plan'), ...ids('hold')]);

    await this.followRuns([...ids('run')], touched);
    await this.followExecutions([...ids('plan_execution')], touched);
    await this.loadLastEvents([...ids('event')].filter((id) => this.runs.has(id)));
    if (ids('permission_request').size > 0 || ids('run').size > 0) {
      this.permissions = await this.store.query(permissions.allOpen, undefined);
    }
    const changedSubtasks = [...ids('subtask')];
    const moved =
      changedSubtasks.length === 0 ? [] : await this.store.query(subtasks.byIds, changedSubtasks);
    for (const row of moved) touched.add(row.plan_id);
    await this.followGates([...ids('gate')], touched);
    if (ids('agent_spec').size > 0) await this.followSpecs();
    for (const entry of whole.values()) {
      const before = this.plans.get(entry.planId);
      await this.loadPlan(entry);
      for (const id of before?.subtasks.keys() ?? []) {
        if (this.plans.get(entry.planId)?.subtasks.has(id) !== true) removedSubtasks.add(id);
      }
    }
    await this.refresh(
      [...touched].filter((id) => !whole.has(id)),
      moved,
    );
    for (const id of known) {
      if (this.library.get(id) !== null) continue;
      for (const subtaskId of this.plans.get(id)?.subtasks.keys() ?? []) {
        removedSubtasks.add(subtaskId);
      }
      this.plans.delete(id);
    }
    const removedPlans = new Set([...known].filter((id) => !this.plans.has(id)));
    return {
      plans: new Set([...touched].filter((id) => this.plans.has(id))),
      removedPlans,
      subtasks: new Set(changedSubtasks),
      removedSubtasks,
      executions: ids('plan_execution'),
      runs: ids('run'),
      events: ids('event'),
      permissions: ids('permission_request').size > 0,
    };
  }

  private async followRuns(ids: readonly string[], touched: Set<string>): Promise<void> {
    if (ids.length === 0) return;
    for (const row of await this.store.query(runs.byIds, ids)) {
      this.runs.set(row.id, row);
      touched.add(row.plan_id);
    }
    if (this.runs.size > 2 * keptRuns) this.forgetOldRuns();
  }

  private forgetOldRuns(): void {
    const ended = [...this.runs.values()].filter((run) => run.state === 'ended');
    ended.sort((a, b) => (a.id < b.id ? 1 : -1));
    for (const run of ended.slice(keptRuns)) {
      this.runs.delete(run.id);
      this.lastEvents.delete(run.id);
    }
  }

  private async followExecutions(ids: readonly string[], touched: Set<string>): Promise<void> {
    if (ids.length === 0) return;
    for (const row of await this.store.query(executions.byIds, ids)) {
      this.executions.set(row.id, row);
      touched.add(row.plan_id);
    }
  }

  private async followGates(ids: readonly string[], touched: Set<string>): Promise<void> {
    for (const id of ids) {
      const row = await this.store.query(gates.byId, id);
      touched.add(row.plan_id);
      const plan = this.plans.get(row.plan_id);
      if (plan !== undefined) plan.gates = plan.gates.map((gate) => (gate.id === id ? row : gate));
    }
  }

  /** What moved in plans, with what the database derives from it: all at once for who looks. */
  private async refresh(planIds: readonly string[], moved: readonly SubtaskRow[]): Promise<void> {
    for (const id of planIds) {
      const state = this.plans.get(id);
      if (state === undefined) continue;
      const plan = await this.store.query(plans.byId, id);
      const phaseRows = await this.store.query(phases.ofPlan, id);
      const attempts = await this.attemptsOf(id);
      const held = await this.store.query(holds.ofPlan, id);
      const escalated = await this.escalatedIn(id);
      state.take({ plan, phases: phaseRows, attempts, holds: held, escalated }, moved);
    }
  }

  private async loadPlan(entry: PlanEntry): Promise<void> {
    const id = entry.planId;
    const rows = {
      plan: await this.store.query(plans.byId, id),
      phases: await this.store.query(phases.ofPlan, id),
      subtasks: await this.store.query(subtasks.ofPlan, id),
      gates: await this.store.query(gates.ofPlan, id),
      attempts: await this.attemptsOf(id),
      holds: await this.store.query(holds.ofPlan, id),
      escalated: await this.escalatedIn(id),
      priorities: await this.priorities(),
    };
    this.plans.set(id, new PlanState(entry, rows, this.doubtIn(entry)));
  }

  /** A file that nobody can read leaves the plan as it was read last, and as good as it was then. */
  private doubtIn(entry: PlanEntry): Problem | null {
    const before = this.plans.get(entry.planId);
    return before?.entry.plan === entry.plan ? before.doubt : problemThatStops(entry);
  }

  private async priorities(): Promise<SpecPriorities> {
    const rows = await this.store.query(specs.priorities, undefined);
    return {
      byName: new Map(rows.map(({ name, priority }) => [name, priority])),
      bySubtask: new Map(
        rows.flatMap(({ subtask_id: id, priority }) => (id === null ? [] : [[id, priority]])),
      ),
    };
  }

  private async followSpecs(): Promise<void> {
    const priorities = await this.priorities();
    for (const plan of this.plans.values()) plan.prioritize(priorities);
  }

  private async escalatedIn(planId: string): Promise<ReadonlySet<string>> {
    return new Set(await this.store.query(escalations.openOfPlan, planId));
  }

  private async attemptsOf(
    planId: string,
  ): Promise<Map<string, { lastRunId: string; used: number }>> {
    const rows = await this.store.query(runs.attemptsOfPlan, planId);
    return new Map(
      rows.map((row) => [row.subtask_id, { lastRunId: row.last_run_id, used: row.used }]),
    );
  }

  private async loadLastEvents(runIds: readonly string[]): Promise<void> {
    if (runIds.length === 0) return;
    for (const row of await this.store.query(events.lastOf, runIds)) {
      this.lastEvents.set(row.run_id, row);
    }
  }
}

function idsByEntity(changes: readonly Change[]): (entity: Entity) => Set<string> {
  const byEntity = new Map<Entity, Set<string>>();
  for (const { entity, id } of changes) {
    const ids = byEntity.get(entity) ?? new Set();
    byEntity.set(entity, ids.add(id));
  }
  return (entity) => byEntity.get(entity) ?? new Set();
}
