import { messageOf, RunsheetError } from '../model/errors';
import type { Log } from '../platform/log';
import type { GateRow } from '../store/repositories/gate-rows';
import type { EscalationRow } from '../store/repositories/escalation-rows';
import { escalations } from '../store/repositories/escalations';
import { rejections, type RejectionOutcome } from '../store/repositories/rejections';
import type { Store } from '../store/store';
import type { Conditions } from './conditions';
import type { Gatekeeper } from './gatekeeper';
import type { PlanState } from './plan-state';
import type { WorkspaceState } from './workspace-state';
import type { WriteBack } from './write-back';

/** What a person says of a gate that they reject. */
export interface GateRejection {
  reason: string;
  type: string;
  /** Keys of the subtasks that it is about. */
  subtasks: readonly string[];
  /** The round that they saw. */
  round: number | null;
}

export interface RejectedWork extends RejectionOutcome {
  /** Why its next run could not be started at once; `null` when it was, or when none is due. */
  notStarted: string | null;
}

/** Starts those of the subtasks that are pending and that nothing is going to start by itself. */
export type GoOn = (planId: string, keys: readonly string[], actor: string) => Promise<void>;

/** Where people send work back, and settle what came of it. The plan file is told. */
export class RejectionDesk {
  constructor(
    private readonly store: Store,
    private readonly state: WorkspaceState,
    private readonly conditions: Pick<Conditions, 'usualAttempts'>,
    private readonly gatekeeper: Gatekeeper,
    private readonly writeBack: WriteBack,
    private readonly goOn: GoOn,
    private readonly log: Log,
  ) {}

  /** @throws RunsheetError `forbidden`, `validation`, `not_ready`, `not_found`. */
  async reject(
    planId: string,
    key: string,
    words: { type: string; reason: string },
    actor: string,
  ): Promise<RejectedWork> {
    const plan = this.plan(planId);
    const input = { ...this.target(plan, key, words.type), reason: words.reason };
    const outcome = await this.store.command(
      rejections.reject,
      { ...input, gateDecisionId: null },
      { actor },
    );
    await this.untick(plan, [key]);
    return { ...outcome, notStarted: await this.tryToGoOn(planId, [key], actor) };
  }

  /** Rejects a gate, and with it the subtasks that it names. */
  async rejectGate(gateId: string, words: GateRejection, actor: string): Promise<GateRow> {
    const plan = [...this.state.plans.values()].find(({ gates }) =>
      gates.some(({ id }) => id === gateId),
    );
    if (plan === undefined && words.subtasks.length > 0) {
      throw new RunsheetError('not_found', `There is no gate ${gateId}.`, { id: gateId });
    }
    const rejected =
      plan === undefined ? [] : words.subtasks.map((key) => this.target(plan, key, words.type));
    const { reason, round } = words;
    const gate = await this.gatekeeper.decide(gateId, 'reject', reason, actor, { round, rejected });
    if (plan === undefined) return gate;
    await this.untick(plan, words.subtasks);
    await this.tryToGoOn(plan.plan.id, words.subtasks, actor);
    return gate;
  }

  /** Settles an escalation; with `again` its subtask is tried once more. */
  async resolveEscalation(
    id: string,
    words: { resolution: string; again: boolean },
    actor: string,
  ): Promise<EscalationRow> {
    const { subtask_id: subtaskId } = await this.store.query(escalations.byId, id);
    const plan = [...this.state.plans.values()].find(({ subtasks }) => subtasks.has(subtaskId));
    const subtask = plan?.subtasks.get(subtaskId);
    const usual = this.conditions.usualAttempts;
    const attemptLimit = subtask === undefined ? null : plan?.plannedAttemptsOf(subtask, usual);
    const input = { id, ...words, attemptLimit: attemptLimit ?? null };
    const row = await this.store.command(escalations.resolve, input, { actor });
    await this.state.settled();
    if (words.again && plan !== undefined && subtask !== undefined) {
      await this.tryToGoOn(plan.plan.id, [subtask.subtask_key], actor);
    }
    return row;
  }

  /** What was decided stays decided when nothing can be started now. @returns why it cannot. */
  private async tryToGoOn(
    planId: string,
    keys: readonly string[],
    actor: string,
  ): Promise<string | null> {
    try {
      await this.goOn(planId, keys, actor);
      return null;
    } catch (error) {
      this.log.warn(`what was sent back could not be started: ${messageOf(error)}`);
      return messageOf(error);
    }
  }

  private target(plan: PlanState, key: string, type: string) {
    const row = this.subtask(plan, key);
    const attemptLimit = plan.plannedAttemptsOf(row, this.conditions.usualAttempts);
    return { subtaskId: row.id, type, attemptLimit };
  }

  private async untick(plan: PlanState, keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.writeBack.mark(plan, key, 'pending');
    await this.state.settled();
  }

  private plan(planId: string): PlanState {
    const plan = this.state.plans.get(planId);
    if (plan !== undefined) return plan;
    throw new RunsheetError('not_found', 'There is no such plan.', { entity: 'plan', id: planId });
  }

  private subtask(plan: PlanState, key: string) {
    const row = plan.byKey(key);
    if (row !== null) return row;
    throw new RunsheetError('not_found', `The plan has no subtask ${key}.`, { id: key });
  }
}
