import type { NeedView } from '../protocol/views';
import type { ExhaustedBudget } from '../runs/budget-desk';
import type { Conditions, TroubledAgent } from '../runs/conditions';
import { isOver, type PlanState } from '../runs/plan-state';
import type { WorkspaceState } from '../runs/workspace-state';

function agentNeed(agent: TroubledAgent): NeedView {
  const reason = agent.reason ?? 'It could not work.';
  return {
    id: agent.agent_key,
    kind: 'agent',
    state: agent.state,
    ...{ planId: null, subtaskId: null, runId: null },
    title: agent.name,
    detail:
      agent.state === 'broken'
        ? `It could not be started ${agent.launch_failures} times in a row: ${reason}`
        : reason,
    options: [],
    since: agent.updated_at,
    ...(agent.retry_at === null ? {} : { until: agent.retry_at }),
  };
}

/** Whether somebody began the plan and something of it is left. */
function isUnderWay({ plan, subtasks }: PlanState): boolean {
  const begun = plan.state === 'active' || plan.state === 'failed';
  return begun && [...subtasks.values()].some((row) => !isOver(row));
}

/** What the budget holds back; `null`: nothing any more. */
function heldBack(
  { scope, scopeRef }: ExhaustedBudget,
  plans: readonly PlanState[],
): { planId: string | null; subtaskId: string | null; name: string } | null {
  if (scope === 'workspace_day') {
    return plans.length === 0 ? null : { planId: null, subtaskId: null, name: 'the day' };
  }
  for (const { plan, subtasks } of plans) {
    if (scope === 'plan' && plan.id === scopeRef)
      return { planId: plan.id, subtaskId: null, name: plan.title };
    const row = subtasks.get(scopeRef ?? '');
    if (scope === 'subtask' && row !== undefined && !isOver(row))
      return { planId: plan.id, subtaskId: row.id, name: `${row.subtask_key}: ${row.title}` };
  }
  return null;
}

function budgetNeed(budget: ExhaustedBudget, plans: readonly PlanState[]): NeedView[] {
  const held = heldBack(budget, plans);
  if (held === null) return [];
  return [
    {
      id: budget.id,
      kind: 'budget',
      state: 'exhausted',
      planId: held.planId,
      subtaskId: held.subtaskId,
      runId: null,
      title: `Budget of ${held.name}`,
      detail: budget.text,
      options: [],
      since: '',
    },
  ];
}

/** Agents that take no work, and used up budgets of plans that are under way. */
export function troubleNeeds(
  { plans }: Pick<WorkspaceState, 'plans'>,
  conditions: Pick<Conditions, 'troubledAgents' | 'exhaustedBudgets'>,
): NeedView[] {
  const underWay = [...plans.values()].filter(isUnderWay);
  return [
    ...conditions.troubledAgents.map(agentNeed),
    ...conditions.exhaustedBudgets.flatMap((budget) => budgetNeed(budget, underWay)),
  ];
}
