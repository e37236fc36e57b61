import { describeBudget, judgeBudget, startOfDay, type BudgetScope } from '../model/budget';
import { RunsheetError } from '../model/errors';
import { timestamp } from '../platform/clock';
import { listBudgets, resumeAgent, setBudget, type BudgetView } from '../protocol/budget-messages';
import type { AgentView } from '../protocol/views';
import { budgets, type Budget } from '../store/repositories/budgets';
import type { EngineContext } from './engine-context';
import { handler, trusting, type Handler } from './handler';

/** Budgets, and agents that take no work for now. */
export function budgetHandlers(context: EngineContext): Handler[] {
  const { store } = context;
  return [
    handler(listBudgets, async () => {
      const all = await store.query(budgets.list, undefined);
      return { budgets: await Promise.all(all.map((budget) => budgetView(context, budget))) };
    }),
    handler(
      setBudget,
      trusting(async ({ scope, planId, key, limits, expected = null }, { actor }) => {
        const scopeRef = scopeRefOf(context, scope, planId, key);
        const said = Object.fromEntries(
          Object.entries(limits).filter(([, value]) => value !== undefined),
        );
        const input = { scope, scopeRef, limits: said, expected };
        return budgetView(context, await store.command(budgets.set, input, { actor }));
      }),
    ),
    handler(
      resumeAgent,
      trusting(async ({ agent: key }, { actor }) => {
        await agentOf(context, key);
        await context.health.resume(key, actor);
        return { agent: await agentOf(context, key) };
      }),
    ),
  ];
}

async function agentOf(context: EngineContext, key: string): Promise<AgentView> {
  const agents = await context.listAgents(false);
  const agent = agents.find((one) => one.key === key);
  if (agent !== undefined) return agent;
  const known = agents.map((one) => one.key).join(', ');
  const message = `There is no agent "${key}". Agents: ${known}.`;
  throw new RunsheetError('not_found', message, { id: key });
}

/** The id that a budget is kept under. @throws RunsheetError `validation`, `not_found`. */
function scopeRefOf(
  context: EngineContext,
  scope: BudgetScope,
  planId: string | undefined,
  key: string | undefined,
): string | null {
  if (scope === 'workspace_day') return null;
  const plan = context.state.plans.get(planId ?? '');
  if (plan === undefined)
    throw new RunsheetError('not_found', 'Name the plan that the budget is for.', {
      field: 'planId',
    });
  if (scope === 'plan') return plan.plan.id;
  const subtask = plan.byKey(key ?? '');
  if (subtask !== null) return subtask.id;
  const message = `${plan.entry.reference} has no subtask "${key ?? ''}". Name one by its key.`;
  throw new RunsheetError('not_found', message, { field: 'key' });
}

async function budgetView(context: EngineContext, budget: Budget): Promise<BudgetView> {
  const { clock, store } = context;
  const { scope, scopeRef, limits, version, updatedBy } = budget;
  const since = scope === 'workspace_day' ? new Date(startOfDay(clock.now())).toISOString() : null;
  const used = await store.query(budgets.used, { scope, scopeRef, since, now: timestamp(clock) });
  const judgement = judgeBudget(limits, used);
  const owner = ownerOf(context, budget);
  const text = describeBudget(judgement, owner.owner);
  return { scope, ...owner, limits, used, state: judgement.state, text, version, updatedBy };
}

function ownerOf(
  { state }: EngineContext,
  { scope, scopeRef }: Budget,
): Pick<BudgetView, 'owner' | 'planId' | 'key'> {
  if (scope === 'workspace_day') return { owner: 'the day', planId: null, key: null };
  for (const { plan, entry, subtasks } of state.plans.values()) {
    if (plan.id === scopeRef) return { owner: entry.reference, planId: plan.id, key: null };
    const key = subtasks.get(scopeRef ?? '')?.subtask_key;
    if (key !== undefined) return { owner: `${entry.reference} ${key}`, planId: plan.id, key };
  }
  return { owner: `a ${scope} that is not in the workspace any more`, planId: null, key: null };
}
