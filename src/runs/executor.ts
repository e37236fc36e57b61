import { messageOf, RunsheetError } from '../model/errors';
import { decide, type ScheduleSnapshot } from '../model/schedule';
import { executions, type ExecutionRow } from '../store/repositories/executions';
import type { RunRow } from '../store/repositories/runs';
import type { GateRow } from '../store/repositories/gate-rows';
import { subtasks, type SubtaskRow } from '../store/repositories/subtasks';
import type { RunServices } from './assignment';
import { conclude } from './conclusion';
import { dueTimeOf, type Conditions } from './conditions';
import type { Dispatcher } from './dispatcher';
import type { Gatekeeper } from './gatekeeper';
import { scopeIds, type LiveExecution } from './live-execution';
import type { PlanState } from './plan-state';
import { describeStop } from './preparation';
import { RunControl } from './run-control';
import { RunLifecycle } from './run-lifecycle';
import type { Thrown } from './run-switch';
import type { WorkspaceState } from './workspace-state';
import type { WriteBack } from './write-back';

/** Carries executions out: on every change it starts what is ready and notices what is over. */
export class Executor implements Disposable {
  private readonly live = new Map<string, LiveExecution>();
  private readonly working = new Set<Promise<void>>();
  private readonly restListeners = new Set<() => void>();
  private readonly subscriptions: readonly Disposable[];
  /** Until the next attempt of something is due. */
  private timer: Disposable | null = null;

  constructor(
    private readonly state: WorkspaceState,
    private readonly services: RunServices,
    private readonly dispatcher: Dispatcher,
    private readonly conditions: Conditions,
    private readonly gatekeeper: Gatekeeper,
    private readonly writeBack: WriteBack,
  ) {
    this.subscriptions = [
      state.onUpdate((update) => {
        for (const id of update.plans) {
          const plan = this.state.plans.get(id);
          if (plan !== undefined) this.gatekeeper.look(plan);
        }
        this.stepAll();
      }),
      services.health.onChange(() => this.stepAll()),
      services.budgets.onChange(() => this.stepAll()),
      services.checkWork.onRest(() => this.lookForRest()),
    ];
  }

  [Symbol.dispose](): void {
    for (const subscription of this.subscriptions) subscription[Symbol.dispose]();
    this.timer?.[Symbol.dispose]();
  }

  /** Takes charge of an execution whose row is running. */
  add(execution: LiveExecution): void {
    this.live.set(execution.row.id, execution);
    const plan = this.state.plans.get(execution.row.plan_id);
    if (plan !== undefined) this.gatekeeper.look(plan);
    this.step(execution);
    this.wake();
  }

  executionsOf(planId: string): LiveExecution[] {
    return [...this.live.values()].filter(({ row }) => row.plan_id === planId);
  }

  /** Whether something works, or will go on by itself when its time has come. */
  isBusy(): boolean {
    const waits = this.timer !== null || this.services.health.isWaiting;
    const works = this.working.size > 0 || this.services.checkWork.isBusy;
    return works || (waits && this.live.size > 0);
  }

  /** Calls back whenever nothing goes on any more. */
  onRest(listener: () => void): Disposable {
    this.restListeners.add(listener);
    return { [Symbol.dispose]: () => this.restListeners.delete(listener) };
  }

  /** Stops one run; its subtask stays out of all executions until a person starts it again. */
  stopRun(runId: string): boolean {
    const run = this.state.runs.get(runId);
    if (run === undefined || run.state === 'ended') return false;
    return this.stopSubtasks(new Set([run.subtask_id])) > 0;
  }

  /** Stops what goes on among these subtasks, and keeps them out of their executions. */
  stopSubtasks(subtaskIds: ReadonlySet<string>): number {
    let count = 0;
    for (const execution of this.live.values()) {
      for (const id of subtaskIds) {
        execution.excluded.add(id);
        const controller = execution.active.get(id);
        if (controller === undefined) continue;
        controller.stop();
        count += 1;
      }
    }
    return count;
  }

  /** Resolves when nothing of a subtask is being done any more. */
  async ended(subtaskId: string): Promise<void> {
    while ([...this.live.values()].some(({ active }) => active.has(subtaskId))) {
      await Promise.race([...this.live.values()].flatMap(({ runs }) => [...runs]));
    }
  }

  /** Ends an execution and all its runs; resolves when no process of them is left. */
  async stop(execution: LiveExecution, actor: string): Promise<number> {
    execution.stopped = true;
    const count = execution.active.size;
    for (const control of execution.active.values()) control.stop();
    await this.services.store.command(
      executions.step,
      { id: execution.row.id, to: 'cancelled', message: 'Stopped.' },
      { actor },
    );
    await Promise.all(execution.runs);
    this.live.delete(execution.row.id);
    return count;
  }

  /** The executions that are being carried out. */
  all(): LiveExecution[] {
    return [...this.live.values()];
  }

  /** Lets runs end where they are; for an engine that goes away and leaves them to the next. */
  async abandon(): Promise<void> {
    this[Symbol.dispose]();
    for (const execution of this.live.values()) {
      execution.stopped = true;
      for (const control of execution.active.values()) control.abandon();
    }
    await this.services.checkWork.close();
    await Promise.allSettled(this.working);
  }

  /** Lets live runs stand still or go on as the plan's executions and holds say now. */
  followPauses(planId: string, by: Thrown): void {
    const plan = this.state.plans.get(planId);
    if (plan === undefined) return;
    for (const execution of this.executionsOf(planId)) {
      for (const [subtaskId, control] of execution.active) {
        control.pause.set(this.isPaused(execution, plan, subtaskId), by);
      }
    }
    this.stepAll();
  }

  private isPaused(execution: LiveExecution, plan: PlanState, subtaskId: string): boolean {
    const row = plan.subtasks.get(subtaskId);
    const isHeld = row !== undefined && plan.holdOn(row) !== null;
    return isHeld || this.stateOf(execution) === 'paused';
  }

  private stateOf({ row }: LiveExecution): ExecutionRow['state'] {
    return this.state.executions.get(row.id)?.state ?? row.state;
  }

  private stepAll(): void {
    for (const execution of [...this.live.values()]) this.step(execution);
    this.wake();
    this.lookForRest();
  }

  /** Looks again when the next delayed attempt is due. */
  private wake(): void {
    this.timer?.[Symbol.dispose]();
    this.timer = null;
    const now = this.services.clock.now();
    const due = [...this.live.values()].flatMap((execution) => this.dueTimes(execution, now));
    if (due.length === 0) return;
    this.timer = this.services.clock.after(Math.min(...due) - now, () => {
      this.timer = null;
      this.stepAll();
    });
  }

  private dueTimes(execution: LiveExecution, now: number): number[] {
    const plan = this.state.plans.get(execution.row.plan_id);
    if (plan === undefined || execution.stopped || this.stateOf(execution) === 'paused') return [];
    const scope = scopeIds(execution, plan);
    return [...plan.subtasks.values()].flatMap(({ id, status, next_run: next }) => {
      const at = dueTimeOf(next);
      if (status !== 'pending' || at === null || scope?.has(id) === false) return [];
      return at > now ? [at] : [];
    });
  }

  /** Synchronous from the look at the state to the last start, so that no two steps interleave. */
  private step(execution: LiveExecution): void {
    const plan = this.state.plans.get(execution.row.plan_id);
    if (execution.stopped || this.stateOf(execution) === 'paused') return;
    if (plan === undefined) {
      const message = 'The plan is not in the workspace any more.';
      if (execution.active.size === 0) this.record(execution, 'failed', message);
      return;
    }
    const snapshot = this.snapshotOf(execution, plan);
    const startable = this.withoutTrials(execution, plan, decide(snapshot));
    if (plan.doubt !== null && startable.length > 0) {
      // With a check or a gate that was not understood, something could pass that must not.
      if (execution.active.size === 0)
        this.wait(execution, `Waits. ${describeStop(plan.entry, plan.doubt)}`);
      return;
    }
    // It does not wait any more for what it waited for.
    const waited = (this.state.executions.get(execution.row.id)?.message ?? null) !== null;
    if (startable.length > 0 && waited) this.record(execution, 'running', null);
    for (const id of startable) {
      const row = plan.subtasks.get(id);
      if (row !== undefined) this.start(execution, plan, row);
    }
    if (execution.active.size === 0) this.settle(execution, plan, snapshot);
  }

  /** An agent that was in trouble is tried with one run before it gets more. */
  private withoutTrials(
    execution: LiveExecution,
    plan: PlanState,
    startable: readonly string[],
  ): string[] {
    const { health } = this.services;
    const busy = new Set([...this.state.runs.values()].filter(isLive).map((run) => run.agent_key));
    for (const each of this.live.values()) for (const key of each.agents.values()) busy.add(key);
    return startable.filter((id) => {
      const row = plan.subtasks.get(id);
      const { row: own, settings } = execution;
      const { agent: asked } = own.options;
      const agent = row === undefined ? null : this.conditions.agentOf(plan, row, asked, settings);
      if (agent === null || !health.isOnTrial(agent)) return true;
      const isFree = !busy.has(agent);
      busy.add(agent);
      if (isFree) execution.agents.set(id, agent);
      return isFree;
    });
  }

  private snapshotOf(execution: LiveExecution, plan: PlanState): ScheduleSnapshot {
    const live = new Set(this.state.liveRuns(plan.plan.id).map((run) => run.subtask_id));
    for (const other of this.executionsOf(plan.plan.id)) {
      for (const id of other.active.keys()) live.add(id);
    }
    return {
      graph: plan.graph,
      state: this.conditions.of(plan, live, execution.row.options.agent, execution.settings),
      scope: scopeIds(execution, plan),
      workers: execution.workers - execution.active.size,
      now: this.services.clock.now(),
      acceptClaims: this.state.configuration.claims_policy === 'accept_imported',
    };
  }

  private start(execution: LiveExecution, plan: PlanState, subtask: SubtaskRow): void {
    const control = new RunControl();
    execution.active.set(subtask.id, control);
    const work = this.carryOut(execution, plan, subtask, control)
      .catch((error: unknown) => this.onStartFailure(execution, subtask, error))
      .catch((error: unknown) => this.services.log.error('nobody could be told', error))
      // The state must know the end of a run before a step takes its subtask for startable.
      .then(() => this.state.settled())
      .finally(() => {
        execution.active.delete(subtask.id);
        execution.agents.delete(subtask.id);
        execution.runs.delete(work);
        this.working.delete(work);
        this.stepAll();
        this.lookForRest();
      });
    execution.runs.add(work);
    this.working.add(work);
  }

  private async carryOut(
    execution: LiveExecution,
    plan: PlanState,
    subtask: SubtaskRow,
    control: RunControl,
  ): Promise<void> {
    const assignment = await this.dispatcher.assign(execution, plan, subtask);
    const end = await new RunLifecycle(assignment, this.services, control).carryOut();
    if (end.subtask.to === 'done') await this.report(plan.plan.id, subtask.id);
  }

  /** Marks it where it stands by now: the file may have been edited while the run went on. */
  private async report(planId: string, subtaskId: string): Promise<void> {
    const plan = this.state.plans.get(planId);
    const key = plan?.subtasks.get(subtaskId)?.subtask_key;
    if (plan !== undefined && key !== undefined) await this.writeBack.mark(plan, key, 'done');
  }

  /** The run's row was refused: the subtask is left alone, and a person is told the reason. */
  private async onStartFailure(
    execution: LiveExecution,
    subtask: SubtaskRow,
    error: unknown,
  ): Promise<void> {
    if (RunsheetError.is(error, 'ownership_lost')) {
      execution.stopped = true;
      return;
    }
    // Somebody else was faster; the state will say by itself when it can be started.
    if (RunsheetError.is(error, 'gate_closed') || RunsheetError.is(error, 'not_ready')) return;
    if (RunsheetError.is(error, 'limit') && 'budget' in error.details) {
      await this.services.budgets.load();
      return;
    }
    execution.excluded.add(subtask.id);
    const reason = messageOf(error);
    this.services.log.error(`${subtask.subtask_key} could not be started: ${reason}`, error);
    await this.services.store
      .command(
        subtasks.step,
        { subtaskId: subtask.id, to: 'needs_attention', reason },
        { actor: 'engine' },
      )
      .catch((refused: unknown) => this.services.log.error('nobody could be told', refused));
  }

  private settle(execution: LiveExecution, plan: PlanState, snapshot: ScheduleSnapshot): void {
    const own = ownScope(execution, plan);
    const byName = execution.row.scope === 'subtask';
    const reached = (gate: GateRow) => this.gatekeeper.isReached(plan, gate);
    const { kind, message } = conclude(plan, snapshot, own, byName, reached);
    const working = this.executionsOf(plan.plan.id).flatMap(({ active }) => [...active.keys()]);
    // What another execution of the plan is doing may make more startable.
    if (kind === 'failed' && working.length > 0) return;
    // It may also have proven what this one was asked for, and not have told the plan's file yet.
    if (kind === 'completed' && working.some((id) => own?.has(id) !== false)) return;
    if (kind === 'waits') this.wait(execution, message);
    else this.record(execution, kind, message);
  }

  private wait(execution: LiveExecution, message: string): void {
    const before = this.state.executions.get(execution.row.id)?.message;
    if (before !== message) this.record(execution, 'running', message);
  }

  /** Writes how the execution stands; one that is over leaves our hands when that is durable. */
  private record(
    execution: LiveExecution,
    to: ExecutionRow['state'],
    message: string | null,
  ): void {
    const { id } = execution.row;
    const work = this.services.store
      .command(executions.step, { id, to, message }, { actor: 'engine' })
      .then(() => {
        if (to !== 'running') this.live.delete(id);
      })
      .catch((error: unknown) => this.services.log.error('an execution could not be ended', error))
      .finally(() => {
        this.working.delete(work);
        this.lookForRest();
      });
    this.working.add(work);
  }

  private lookForRest(): void {
    if (!this.isBusy()) for (const listener of this.restListeners) listener();
  }
}

/** All that the execution was asked for, what a person stopped included. */
function ownScope(execution: LiveExecution, plan: PlanState): Set<string> | null {
  return scopeIds({ ...execution, excluded: new Set() }, plan);
}

function isLive({ state }: RunRow): boolean {
  return state !== 'ended';
}
