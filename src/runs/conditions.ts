import { mergeAgents } from '../agents/merge-agents';
import { nameOf } from '../model/actors';
import type { NextRun } from '../model/next-run';
import type { Subtask } from '../model/plan';
import type { ItemState } from '../model/schedule';
import type { AgentStateRow } from '../store/repositories/agent-states';
import type { SubtaskRow } from '../store/repositories/subtasks';
import type { AgentHealth } from './agent-health';
import type { BudgetDesk, ExhaustedBudget } from './budget-desk';
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
  private readonly learned = new Map<string, { agent: string; usual: string | null }>();

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

  /** This agent is meant for the subtask, as long as the files name the same one (`usual`). */
  learn(subtaskId: string, agent: string, usual: string | null): void {
    this.learned.set(subtaskId, { agent, usual });
  }

  /**
   * Who will carry the subtask out, as far as that is known; `asked`: by the person who starts it;
   * `settings`: those that its execution goes by.
   */
  agentOf(
    plan: PlanState,
    row: SubtaskRow,
    asked: string | null,
    settings = this.settings(),
  ): string | null {
    const content = plan.contentOf(row);
    if (content === null) return null;
    const usual = agentKeyOf(content, plan.entry.plan, settings, asked);
    const learned = this.learned.get(row.id);
    return learned?.usual === usual ? learned.agent : usual;
  }

  /** How many attempts count where neither a person nor the plan says. */
  get usualAttempts(): number {
    return this.settings().hints.attempts ?? this.state.configuration.max_attempts;
  }

  /** The states of all items of a plan for a scheduling step; `live`: ids that have a run. */
  of(
    plan: PlanState,
    live: ReadonlySet<string>,
    asked: string | null,
    settings = this.settings(),
  ): Map<string, ItemState> {
    const usual = this.usualAttempts;
    const closed = plan.gates
      .filter((gate) => gate.state !== 'approved' && gate.state !== 'overridden')
      .map((gate) => ({ title: gate.title, blocks: plan.scopeOf(gate)?.blocks }));
    const states = new Map<string, ItemState>();
    for (const row of plan.subtasks.values()) {
      const { id, next_run: next } = row;
      const agent = this.agentOf(plan, row, asked, settings);
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
        notReady: notReadyText(plan.contentOf(row)),
        leftOut: plan.leftOutReasonOf(row),
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

/** Open work that the files themselves hold back is not started: it would be done against them. */
function notReadyText(content: Subtask | null): string | null {
  if (content === null) return null;
  const { notReady, status, fileStatus } = content;
  return notReady ?? (status === 'blocked' ? `The file says "${fileStatus ?? status}".` : null);
}

function heldBy(plan: PlanState, row: SubtaskRow): string | null {
  const hold = plan.holdOn(row);
  if (hold === null) return null;
  const why = hold.reason === null ? '' : ` (${hold.reason})`;
  return `${nameOf(hold.created_by)}${why}`;
}
