import { mergeAgents } from '../agents/merge-agents';
import type { NextRun } from '../model/next-run';
import type { ItemState } from '../model/schedule';
import type { AgentStateRow } from '../store/repositories/agent-states';
import type { SubtaskRow } from '../store/repositories/subtasks';
import type { AgentHealth } from './agent-health';
import type { BudgetDesk, ExhaustedBudget } from './budget-desk';
import { nameOf } from './pauses';
import type { PlanState } from './plan-state';
import { agentKeyOf, type WorkspaceSettings } from './workspace-settings';
import type { WorkspaceState } from './workspace-state';

/** An agent that takes no work now. */
export interface TroubledAgent extends AgentStateRow {
  /** For people. */
  name: string;
}

/** Everything that decides, beside the plan itself, whether a subtask may start now. */
export class Conditions {
  /** Agents that specs name, by subtask; learned when such a subtask was to be started. */
  private readonly learned = new Map<string, string>();

  constructor(
    private readonly state: WorkspaceState,
    private readonly health: AgentHealth,
    private readonly budgets: BudgetDesk,
    private readonly settings: () => WorkspaceSettings,
  ) {}

  /** Calls back when agents or budgets hold more back than before, or less. */
  onChange(listener: () => void): Disposable {
    const both = [this.health.onChange(listener), this.budgets.onChange(listener)];
    return { [Symbol.dispose]: () => both.forEach((one) => one[Symbol.dispose]()) };
  }

  /** Agents that take no work now, with their names. */
  get troubledAgents(): TroubledAgent[] {
    const known = new Map(mergeAgents(this.settings().agents).map((one) => [one.key, one]));
    return this.health.inTrouble.map((row) => {
      return { ...row, name: known.get(row.agent_key)?.displayName ?? row.agent_key };
    });
  }

  /** Budgets of which nothing is left. */
  get exhaustedBudgets(): ExhaustedBudget[] {
    return this.budgets.exhausted;
  }

  /** From now on this agent is meant for the subtask. */
  learn(subtaskId: string, agentKey: string): void {
    this.learned.set(subtaskId, agentKey);
  }

  /** Who will carry the subtask out, as far as that is known; `asked`: by the person who starts it. */
  agentOf(plan: PlanState, row: SubtaskRow, asked: string | null): string | null {
    const learned = this.learned.get(row.id);
    if (learned !== undefined) return learned;
    const content = plan.contentOf(row);
    return content === null ? null : agentKeyOf(content, plan.entry.plan, this.settings(), asked);
  }

  /** The states of all items of a plan for a scheduling step; `live`: ids that have a run. */
  of(plan: PlanState, live: ReadonlySet<string>, asked: string | null): Map<string, ItemState> {
    const usual = this.state.configuration.max_attempts;
    const closed = plan.gates
      .filter((gate) => gate.state !== 'approved' && gate.state !== 'overridden')
      .map((gate) => ({ title: gate.title, blocks: plan.scopeOf(gate)?.blocks }));
    const states = new Map<string, ItemState>();
    for (const row of plan.subtasks.values()) {
      const { id, next_run: next } = row;
      const agent = this.agentOf(plan, row, asked);
      states.set(id, {
        status: row.status,
        live: live.has(id),
        attemptsUsed: plan.attempts.get(id)?.used ?? 0,
        attemptLimit: plan.attemptLimitOf(row, usual),
        closedGates: closed
          .filter((gate) => gate.blocks?.has(row.subtask_key) === true)
          .map((gate) => gate.title),
        retryNotBefore: dueTimeOf(next),
        escalated: plan.escalated.has(id),
        heldBy: heldBy(plan, row),
        agentProblem: agent === null ? null : this.health.problemOf(agent),
        budgetProblem: this.budgets.problemOf(plan.plan.id, id),
      });
    }
    return states;
  }
}

/** Milliseconds since the epoch; `null`: at once. */
export function dueTimeOf(next: NextRun | null): number | null {
  const notBefore = next?.notBefore ?? null;
  return notBefore === null ? null : Date.parse(notBefore);
}

function heldBy(plan: PlanState, row: SubtaskRow): string | null {
  const hold = plan.holdOn(row);
  if (hold === null) return null;
  const why = hold.reason === null ? '' : ` (${hold.reason})`;
  return `${nameOf(hold.created_by)}${why}`;
}
