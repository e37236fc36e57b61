import { t } from '@vscode/l10n';
import { window, workspace, type Disposable, type QuickPickItem } from 'vscode';
import { readCount, readDollars, readDuration } from '../../model/amounts';
import { amountText, noLimits, type BudgetDimension, type BudgetScope } from '../../model/budget';
import { listBudgets, setBudget, type BudgetView } from '../../protocol/budget-messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register, type Target } from './register';
import { notTrusted } from './start-run';
import { planOf, subtaskOf } from './targets';

type Uses = Pick<Services, 'connection' | 'errors' | 'mirror'>;

interface Owner {
  scope: BudgetScope;
  planId?: string;
  key?: string;
  title: string;
}

interface Measure {
  dimension: BudgetDimension;
  label: string;
  example: string;
  read: (text: string) => number | null;
}

/** Limits what the day, a plan or a subtask may use altogether. */
export function registerSetBudget(services: Uses): Disposable {
  return register(commandIds.setBudget, services.errors, async (target) => {
    if (!workspace.isTrusted) throw notTrusted();
    const owner = await ownerOf(services, target);
    if (owner === undefined) return;
    const measure = await chooseMeasure(services, owner);
    if (measure === undefined) return;
    const limit = await askLimit(owner, measure);
    if (limit === undefined) return;
    const { title: _title, ...whose } = owner;
    const limits = { [measure.dimension]: limit };
    await services.connection.request(setBudget, { ...whose, limits });
  });
}

async function ownerOf({ mirror }: Uses, target: Target | undefined): Promise<Owner | undefined> {
  const scope = target === undefined ? await chooseScope() : scopeOf(target);
  if (scope === undefined) return undefined;
  if (scope === 'workspace_day') return { scope, title: t('Budget of the day') };
  if (scope === 'plan') {
    const plan = await planOf(mirror, target);
    if (plan === undefined) return undefined;
    return { scope, planId: plan.id, title: t('Budget of {0}', plan.title) };
  }
  const subtask = await subtaskOf(mirror, target, () => true);
  if (subtask === undefined) return undefined;
  const { planId, key } = subtask;
  return { scope, planId, key, title: t('Budget of {0}', key) };
}

/** What waits for the budget of the day is about no plan. */
function scopeOf({ planId, key }: Target): BudgetScope {
  if (planId === '') return 'workspace_day';
  return key === undefined ? 'plan' : 'subtask';
}

async function chooseScope(): Promise<BudgetScope | undefined> {
  const items: (QuickPickItem & { scope: BudgetScope })[] = [
    { label: t('The day'), description: t('everything in this workspace'), scope: 'workspace_day' },
    { label: t('A plan'), scope: 'plan' },
    { label: t('A subtask'), scope: 'subtask' },
  ];
  const chosen = await window.showQuickPick(items, { title: t('A budget for what?') });
  return chosen?.scope;
}

function measures(): Measure[] {
  return [
    { dimension: 'tokens', label: t('Tokens'), example: '200000', read: readCount },
    { dimension: 'costMicros', label: t('Cost in US dollars'), example: '1.50', read: readDollars },
    { dimension: 'turns', label: t('Turns'), example: '100', read: readCount },
    { dimension: 'runs', label: t('Runs'), example: '10', read: readCount },
    { dimension: 'wallMs', label: t('Time of work'), example: '2h', read: readDuration },
  ];
}

async function chooseMeasure(
  { connection }: Uses,
  { scope, planId, key, title }: Owner,
): Promise<Measure | undefined> {
  const { budgets } = await connection.request(listBudgets, {});
  const present = budgets.find(
    (one) => one.scope === scope && one.planId === (planId ?? null) && one.key === (key ?? null),
  );
  const items = measures().map((measure) => {
    return { ...measure, description: standing(measure.dimension, present) };
  });
  return window.showQuickPick(items, { title });
}

function standing(dimension: BudgetDimension, budget: BudgetView | undefined): string {
  const limit = (budget?.limits ?? noLimits)[dimension];
  if (limit === null) return t('no limit');
  const used = budget?.used[dimension] ?? null;
  const spent = used === null ? t('unknown') : amountText(dimension, used);
  return t('{0} of {1}', spent, amountText(dimension, limit));
}

/** `null` lifts the limit; `undefined`: the person does not want to. */
async function askLimit(owner: Owner, measure: Measure): Promise<number | null | undefined> {
  const { label, example, read } = measure;
  const text = await window.showInputBox({
    title: owner.title,
    prompt: t('{0}, such as {1}; empty for no limit', label, example),
    ignoreFocusOut: true,
    validateInput: (value) => {
      const amount = value.trim() === '' ? null : read(value.trim());
      if (value.trim() === '' || (amount !== null && amount > 0)) return null;
      return t('Write an amount above 0, such as {0}, or nothing.', example);
    },
  });
  if (text === undefined) return undefined;
  return text.trim() === '' ? null : read(text.trim());
}
