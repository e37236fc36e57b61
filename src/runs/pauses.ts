import { nameOf } from '../model/actors';
import { RunsheetError } from '../model/errors';
import { executions } from '../store/repositories/executions';
import { holds, type HoldTarget } from '../store/repositories/holds';
import type { Store } from '../store/store';
import type { Executor } from './executor';
import type { PlanState } from './plan-state';
import { keysOf } from './preparation';
import type { WorkspaceState } from './workspace-state';

/** What is paused or goes on: a plan's executions, phases, or subtasks. */
export interface PauseRequest {
  planId: string;
  /** Keys; `null`: all that the phases or the plan hold. */
  subtasks: readonly string[] | null;
  /** Keys, ids or titles of phases; `null`: the whole plan. */
  phases: readonly string[] | null;
}

/** Lets plans, phases and subtasks stand still and go on: nothing starts, live runs freeze. */
export class Pauses {
  constructor(
    private readonly store: Store,
    private readonly state: WorkspaceState,
    private readonly executor: Executor,
  ) {}

  /** How many things stand still that did not before. Errors: `not_found`, `not_ready`. */
  pause(request: PauseRequest, reason: string, actor: string): Promise<number> {
    return this.throwAll(request, true, reason === '' ? null : reason, actor);
  }

  /** How many things go on again. Errors: `not_found`. */
  resume(request: PauseRequest, reason: string, actor: string): Promise<number> {
    return this.throwAll(request, false, reason === '' ? null : reason, actor);
  }

  private async throwAll(
    request: PauseRequest,
    isPause: boolean,
    reason: string | null,
    actor: string,
  ): Promise<number> {
    const plan = this.state.plans.get(request.planId);
    if (plan === undefined) {
      const details = { entity: 'plan', id: request.planId };
      throw new RunsheetError('not_found', 'There is no such plan.', details);
    }
    const isWhole = request.subtasks === null && request.phases === null;
    const count = isWhole
      ? await this.throwPlan(plan, isPause, reason, actor)
      : await this.throwParts(plan, request, isPause, reason, actor);
    await this.state.settled();
    this.executor.followPauses(plan.plan.id, { actor, reason });
    return count;
  }

  private async throwPlan(
    plan: PlanState,
    isPause: boolean,
    reason: string | null,
    actor: string,
  ): Promise<number> {
    const from = isPause ? 'running' : 'paused';
    const live = [...this.state.executions.values()].filter(
      (row) => row.plan_id === plan.plan.id && row.state === from,
    );
    if (live.length === 0 && isPause) {
      throw new RunsheetError('not_ready', 'Nothing of this plan is being run.');
    }
    for (const { id } of live) {
      const message = isPause
        ? `Paused by ${nameOf(actor)}${reason === null ? '' : `: ${reason}`}.`
        : null;
      const step = { id, to: isPause ? ('paused' as const) : ('running' as const), message };
      await this.store.command(executions.step, step, { actor });
    }
    return live.length;
  }

  private async throwParts(
    plan: PlanState,
    request: PauseRequest,
    isPause: boolean,
    reason: string | null,
    actor: string,
  ): Promise<number> {
    const command = isPause ? holds.hold : holds.release;
    let count = 0;
    for (const target of targetsOf(plan, request)) {
      if (await this.store.command(command, { ...target, reason }, { actor })) count += 1;
    }
    return count;
  }
}

function targetsOf(plan: PlanState, request: PauseRequest): HoldTarget[] {
  const planId = plan.plan.id;
  const { keys, phaseKeys } = keysOf(plan.entry.plan, request);
  if (phaseKeys !== null) {
    return plan.phases
      .filter(({ phase_key: key }) => phaseKeys.includes(key))
      .map(({ id }) => ({ planId, phaseId: id, subtaskId: null }));
  }
  return [...keys].flatMap((key) => {
    const subtaskId = plan.idByKey.get(key);
    return subtaskId === undefined ? [] : [{ planId, phaseId: null, subtaskId }];
  });
}
