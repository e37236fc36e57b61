import { messageOf, RunsheetError } from '../model/errors';
import { decide, type ScheduleSnapshot } from '../model/schedule';
import { executions, type ExecutionRow } from '../store/repositories/executions';
import { runs } from '../store/repositories/runs';
import type { GateRow } from '../store/repositories/gates';
import { subtasks, type SubtaskRow } from '../store/repositories/subtasks';
import type { Assignment, RunServices } from './assignment';
import { conclude } from './conclusion';
import type { Gatekeeper } from './gatekeeper';
import { scopeIds, type LiveExecution } from './live-execution';
import type { PlanState } from './plan-state';
import { abandoned, RunLifecycle } from './run-lifecycle';
import { SpecDesk } from './spec-desk';
import { agentKeyOf, type AgentCatalog, type WorkspaceSettings } from './workspace-settings';
import type { WorkspaceState } from './workspace-state';
import type { WriteBack } from './write-back';

/** Carries executions out: on every change it starts what is ready and notices what is over. */
export class Executor implements Disposable {
  private readonly live = new Map<string, LiveExecution>();
  private readonly working = new Set<Promise<void>>();
  private readonly restListeners = new Set<() => void>();
  private readonly subscription: Disposable;

  constructor(
    private readonly state: WorkspaceState,
    private readonly services: RunServices,
    private readonly catalog: AgentCatalog,
    private readonly gatekeeper: Gatekeeper,
    private readonly writeBack: WriteBack,
    private readonly engineId: string,
  ) {
    this.subscription = state.onUpdate((update) => {
      for (const id of update.plans) {
        const plan = this.state.plans.get(id);
        if (plan !== undefined) this.gatekeeper.look(plan);
      }
      this.stepAll();
    });
  }

  [Symbol.dispose](): void {
    this.subscription[Symbol.dispose]();
  }

  /** Takes charge of an execution whose row is running. */
  add(execution: LiveExecution): void {
    this.live.set(execution.row.id, execution);
    const plan = this.state.plans.get(execution.row.plan_id);
    if (plan !== undefined) this.gatekeeper.look(plan);
    this.step(execution);
  }

  executionsOf(planId: string): LiveExecution[] {
    return [...this.live.values()].filter(({ row }) => row.plan_id === planId);
  }

  isBusy(): boolean {
    return this.working.size > 0;
  }

  /** Calls back whenever nothing goes on any more. */
  onRest(listener: () => void): Disposable {
    this.restListeners.add(listener);
    return { [Symbol.dispose]: () => this.restListeners.delete(listener) };
  }

  /** Stops one run; its subtask stays out of the execution until a person starts it again. */
  stopRun(runId: string): boolean {
    const run = this.state.runs.get(runId);
    if (run === undefined || run.state === 'ended') return false;
    const subtaskId = run.subtask_id;
    for (const execution of this.live.values()) {
      const controller = execution.active.get(subtaskId);
      if (controller === undefined) continue;
      execution.excluded.add(subtaskId);
      controller.abort();
      return true;
    }
    return false;
  }

  /** Stops what goes on among these subtasks, and keeps them out of their executions. */
  stopSubtasks(subtaskIds: ReadonlySet<string>): number {
    let count = 0;
    for (const execution of this.live.values()) {
      for (const id of subtaskIds) {
        execution.excluded.add(id);
        const controller = execution.active.get(id);
        if (controller === undefined) continue;
        controller.abort();
        count += 1;
      }
    }
    return count;
  }

  /** Ends an execution and all its runs; resolves when no process of them is left. */
  async stop(execution: LiveExecution, actor: string): Promise<number> {
    execution.stopped = true;
    const count = execution.active.size;
    for (const controller of execution.active.values()) controller.abort();
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
    this.subscription[Symbol.dispose]();
    for (const execution of this.live.values()) {
      execution.stopped = true;
      for (const controller of execution.active.values()) controller.abort(abandoned);
    }
    await Promise.allSettled(this.working);
  }

  private stepAll(): void {
    for (const execution of [...this.live.values()]) this.step(execution);
  }

  /** Synchronous from the look at the state to the last start, so that no two steps interleave. */
  private step(execution: LiveExecution): void {
    const plan = this.state.plans.get(execution.row.plan_id);
    if (execution.stopped) return;
    if (plan === undefined) {
      const message = 'The plan is not in the workspace any more.';
      if (execution.active.size === 0) this.record(execution, 'failed', message);
      return;
    }
    const snapshot = this.snapshotOf(execution, plan);
    const startable = decide(snapshot);
    // It does not wait any more for what it waited for.
    const waited = (this.state.executions.get(execution.row.id)?.message ?? null) !== null;
    if (startable.length > 0 && waited) this.record(execution, 'running', null);
    for (const id of startable) {
      const row = plan.subtasks.get(id);
      if (row !== undefined) this.start(execution, plan, row);
    }
    if (execution.active.size === 0) this.settle(execution, plan, snapshot);
  }

  private snapshotOf(execution: LiveExecution, plan: PlanState): ScheduleSnapshot {
    const live = new Set(this.state.liveRuns(plan.plan.id).map((run) => run.subtask_id));
    for (const other of this.executionsOf(plan.plan.id)) {
      for (const id of other.active.keys()) live.add(id);
    }
    return {
      graph: plan.graph,
      state: plan.itemStates(live, this.state.configuration.max_attempts),
      scope: scopeIds(execution, plan),
      workers: execution.workers - execution.active.size,
      now: this.services.clock.now(),
      acceptClaims: this.state.configuration.claims_policy === 'accept_imported',
    };
  }

  private start(execution: LiveExecution, plan: PlanState, subtask: SubtaskRow): void {
    const controller = new AbortController();
    execution.active.set(subtask.id, controller);
    const work = this.carryOut(execution, plan, subtask, controller.signal)
      .catch((error: unknown) => this.onStartFailure(execution, subtask, error))
      // The state must know the end of a run before a step takes its subtask for startable.
      .then(() => this.state.settled())
      .finally(() => {
        execution.active.delete(subtask.id);
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
    signal: AbortSignal,
  ): Promise<void> {
    const assignment = await this.assign(execution, plan, subtask);
    const end = await new RunLifecycle(assignment, this.services, signal).carryOut();
    if (end.subtask.to === 'done') await this.report(plan.plan.id, subtask.id);
  }

  /** Marks it where it stands by now: the file may have been edited while the run went on. */
  private async report(planId: string, subtaskId: string): Promise<void> {
    const plan = this.state.plans.get(planId);
    const key = plan?.subtasks.get(subtaskId)?.subtask_key;
    if (plan !== undefined && key !== undefined) await this.writeBack.mark(plan.entry, key, 'done');
  }

  /** Makes the run's row; durable when it resolves. */
  private async assign(
    execution: LiveExecution,
    plan: PlanState,
    subtask: SubtaskRow,
  ): Promise<Assignment> {
    const { store } = this.services;
    const { settings, row: executionRow } = execution;
    const content = plan.contentOf(subtask);
    if (content === null) throw new Error(`subtask ${subtask.subtask_key} is not in its file`);
    const file = plan.entry.plan;
    const agentKey = agentKeyOf(content, file, settings, executionRow.options.agent) ?? 'command';
    const definition = (await this.catalog.find(agentKey))?.definition;
    if (definition === undefined) {
      throw new RunsheetError('agent_missing', `There is no agent "${agentKey}" any more.`);
    }
    const { spec, ...ids } = await new SpecDesk(store).resolve({
      ...{ subtaskId: subtask.id, subtask: content, plan: file, planPath: plan.entry.path },
      ...{ settings, agentKey },
    });
    const attempts = plan.attempts.get(subtask.id);
    const run = await store.command(
      runs.dispatch,
      {
        planId: plan.plan.id,
        executionId: executionRow.id,
        subtaskId: subtask.id,
        agentSpecId: ids.agentSpecId,
        agentKey,
        engineId: this.engineId,
        startedBecause: attempts === undefined ? 'first' : 'manual',
        continues: null,
        runLimits: [],
        attemptLimit: plan.attemptLimitOf(subtask, this.state.configuration.max_attempts),
        gateIds: plan.gatesBefore(subtask).map((gate) => gate.id),
      },
      { actor: executionRow.created_by },
    );
    return {
      run,
      plan: file,
      planPath: plan.entry.path,
      phase: file.phases.find((phase) => phase.subtasks.includes(content)) ?? null,
      subtask: content,
      checks: spec.acceptance.validators,
      acceptanceSpecId: ids.acceptanceSpecId,
      definition,
      branch: execution.branch,
      setup: file.settings.setup ?? settings.setup,
      copy: [...settings.copy, ...file.settings.copy],
      limits: limitsOf(settings.limits, spec.timeout_seconds),
      dependencies: dependenciesOf(plan, subtask),
    };
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
    // What another execution of the plan is doing may make more startable.
    const others = this.executionsOf(plan.plan.id);
    if (kind === 'failed' && others.some(({ active }) => active.size > 0)) return;
    const before = this.state.executions.get(execution.row.id)?.message;
    if (kind !== 'waits') this.record(execution, kind, message);
    else if (before !== message) this.record(execution, 'running', message);
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

function limitsOf(limits: WorkspaceSettings['limits'], usualSeconds: number): Assignment['limits'] {
  return {
    startMs: limits.startSeconds * 1000,
    silenceMs: limits.silenceSeconds * 1000,
    totalMs: (limits.runSeconds ?? usualSeconds) * 1000,
    permissionMs: limits.permissionSeconds * 1000,
  };
}

function dependenciesOf(plan: PlanState, subtask: SubtaskRow): Assignment['dependencies'] {
  const node = plan.graph.byId.get(subtask.id);
  return (node?.dependencies ?? []).flatMap(({ item }) => {
    const before = plan.subtasks.get(item.id);
    if (before === undefined) return [];
    const status = before.proof ?? before.status;
    return [{ id: before.subtask_key, title: before.title, status }];
  });
}
