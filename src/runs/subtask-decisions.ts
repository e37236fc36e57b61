import { RunsheetError } from '../model/errors';
import type { SubtaskStatus } from '../model/status';
import { subtaskTransitions } from '../model/transitions';
import { executions } from '../store/repositories/executions';
import { plans } from '../store/repositories/plans';
import { events } from '../store/repositories/events';
import { runs, type RunRow } from '../store/repositories/runs';
import {
  refuseWithoutReason,
  subtasks,
  type SubtaskDecision,
  type SubtaskRow,
} from '../store/repositories/subtasks';
import type { Store } from '../store/store';
import type { AcceptedWork } from './accepted-work';
import type { Conditions } from './conditions';
import type { Executor } from './executor';
import type { PauseRequest } from './pauses';
import type { PlanState } from './plan-state';
import { keysOf } from './preparation';
import { resumptionOf } from './recovery';
import type { RunService } from './run-service';
import type { WorkspaceState } from './workspace-state';
import type { WriteBack } from './write-back';

export interface DecideRequest extends PauseRequest {
  action: SubtaskDecision;
  reason: string;
}

const statusAfter: Readonly<Record<SubtaskDecision, SubtaskStatus>> = {
  accept: 'done',
  skip: 'skipped',
  reset: 'pending',
  resume: 'pending',
  cancel: 'cancelled',
  block: 'blocked',
};

/** A person's word on subtasks, one by one, on those of a phase, or of a plan. */
export class SubtaskDecisions {
  constructor(
    private readonly store: Store,
    private readonly state: WorkspaceState,
    private readonly executor: Executor,
    private readonly conditions: Pick<Conditions, 'usualAttempts'>,
    private readonly accepted: AcceptedWork,
    private readonly writeBack: WriteBack,
    private readonly goOn: RunService['goOn'],
  ) {}

  /**
   * How many subtasks it concerned. What is named must allow it; of a phase or a plan those are
   * meant that do. Cancelling stops what goes on; cancelling a plan cancels nothing of its content.
   * Errors: `not_found`, `not_ready`, `invalid_transition`, `validation`, `version_conflict`.
   */
  async decide(request: DecideRequest, actor: string): Promise<number> {
    const plan = this.plan(request.planId);
    const isWhole = request.subtasks === null && request.phases === null;
    if (request.action === 'cancel' && isWhole) return this.cancelPlan(plan, actor);
    const rows = this.rowsOf(plan, request);
    for (const { status } of rows) refuseWithoutReason(request.action, status, request.reason);
    for (const row of rows) await this.decideOne(plan, row, request, actor);
    if (request.action === 'resume') {
      const keys = rows.map(({ subtask_key: key }) => key);
      await this.goOn(plan.plan.id, keys, actor);
    }
    await this.store.command(executions.settle, plan.plan.id, { actor: 'engine' });
    return rows.length;
  }

  private rowsOf(plan: PlanState, request: DecideRequest): SubtaskRow[] {
    const { keys } = keysOf(plan.entry.plan, request);
    const rows = [...keys].flatMap((key) => plan.byKey(key) ?? []);
    if (request.subtasks !== null) return rows;
    const to = statusAfter[request.action];
    return rows.filter(
      ({ id, status }) =>
        subtaskTransitions[status].includes(to) &&
        (request.action === 'cancel' || !this.isLive(plan, id)) &&
        (request.action !== 'resume' || plan.attempts.has(id)),
    );
  }

  private async decideOne(
    plan: PlanState,
    row: SubtaskRow,
    { action, reason }: DecideRequest,
    actor: string,
  ): Promise<void> {
    const { id: subtaskId, subtask_key: key } = row;
    if (action === 'cancel') await this.stop(row);
    if (this.isLive(plan, subtaskId)) {
      throw new RunsheetError('not_ready', `A run of ${key} is going on. Stop it first.`, { key });
    }
    if (action === 'accept') await this.accepted.merge(plan, row);
    const nextRun = action === 'resume' ? await this.resumption(plan, row) : null;
    const attemptLimit = plan.plannedAttemptsOf(row, this.conditions.usualAttempts);
    const input = { subtaskId, action, reason, nextRun, attemptLimit };
    await this.store.command(subtasks.decide, input, { actor });
    await this.writeBack.mark(plan, key, statusAfter[action]);
  }

  /** The newest run's work goes on, in its conversation where its agent can. */
  private async resumption(plan: PlanState, row: SubtaskRow) {
    const lastRunId = plan.attempts.get(row.id)?.lastRunId;
    const run = lastRunId === undefined ? null : await this.store.query(runs.byId, lastRunId);
    if (run !== null && run.worktree_path !== null)
      return resumptionOf(run, await this.wasResolving(run));
    const message = `There is no run of ${row.subtask_key} whose work could be resumed. Run it instead.`;
    throw new RunsheetError('not_ready', message, { key: row.subtask_key });
  }

  /** Whether it, or what it went on with, had a conflict to resolve that is not merged yet. */
  private async wasResolving(run: RunRow): Promise<boolean> {
    for (let one = run; ;) {
      const told = await this.store.query(events.typesOf, one.id);
      if (told.includes('branch_taken_in')) return true;
      if (one.previous_run_id === null) return false;
      one = await this.store.query(runs.byId, one.previous_run_id);
      if (one.merge_commit !== null) return false;
    }
  }

  private async cancelPlan(plan: PlanState, actor: string): Promise<number> {
    const live = this.executor.executionsOf(plan.plan.id);
    await Promise.all(live.map((execution) => this.executor.stop(execution, actor)));
    const step = { planId: plan.plan.id, to: 'cancelled' as const };
    await this.store.command(plans.step, step, { actor });
    return plan.subtasks.size;
  }

  private async stop({ id }: SubtaskRow): Promise<void> {
    if (this.executor.stopSubtasks(new Set([id])) === 0) return;
    await this.executor.ended(id);
    await this.state.settled();
  }

  private isLive(plan: PlanState, subtaskId: string): boolean {
    return this.state.liveRuns(plan.plan.id).some((run) => run.subtask_id === subtaskId);
  }

  private plan(planId: string): PlanState {
    const plan = this.state.plans.get(planId);
    if (plan !== undefined) return plan;
    throw new RunsheetError('not_found', 'There is no such plan.', { entity: 'plan', id: planId });
  }
}
