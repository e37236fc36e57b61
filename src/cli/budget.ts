import { readCount, readDollars, readDuration } from '../model/amounts';
import { amountText, type BudgetDimension, type BudgetScope } from '../model/budget';
import { RunsheetError } from '../model/errors';
import { listBudgets, setBudget, type BudgetView } from '../protocol/budget-messages';
import { planAt } from './open-plan';
import { print } from './queries';
import type { SpecAsking } from './spec';

/** Limits as they are typed; `none` lifts one. */
export type BudgetOptions = Partial<Record<'tokens' | 'cost' | 'turns' | 'runs' | 'wall', string>>;

export async function budgetListCommand(asking: SpecAsking): Promise<number> {
  const { budgets } = await asking.client.request(listBudgets, {});
  const lines = budgets.length === 0 ? ['No budget is set.'] : budgets.flatMap(budgetLines);
  return print(asking, { budgets }, lines);
}

export async function budgetSetCommand(
  asking: SpecAsking,
  words: readonly string[],
  options: BudgetOptions,
): Promise<number> {
  const owner = await ownerOf(asking, words);
  const limits = {
    ...amount('tokens', 'tokens', options.tokens, readCount),
    ...amount('costMicros', 'cost', options.cost, readDollars),
    ...amount('turns', 'turns', options.turns, readCount),
    ...amount('runs', 'runs', options.runs, readCount),
    ...amount('wallMs', 'wall', options.wall, readDuration),
  };
  if (Object.keys(limits).length === 0) {
    const message = 'Say a limit: --tokens N, --cost USD, --turns N, --runs N or --wall 2h.';
    throw new RunsheetError('validation', message, { field: 'limits' });
  }
  const view = await asking.client.request(setBudget, { ...owner, limits });
  return print(asking, view, budgetLines(view));
}

async function ownerOf(
  { client, io, workspace }: SpecAsking,
  [word = '', path, key, ...rest]: readonly string[],
): Promise<{ scope: BudgetScope; planId?: string; key?: string }> {
  const shape = `${word} ${path === undefined ? 0 : key === undefined ? 1 : 2 + rest.length}`;
  if (shape === 'day 0') return { scope: 'workspace_day' };
  if ((shape !== 'plan 1' && shape !== 'subtask 2') || path === undefined) {
    const message = 'A budget is set for: day, plan PLAN, or subtask PLAN KEY.';
    throw new RunsheetError('validation', message, { field: 'scope' });
  }
  const { id: planId } = await planAt(client, { workspace, cwd: io.cwd }, path);
  return key === undefined ? { scope: 'plan', planId } : { scope: 'subtask', planId, key };
}

function amount(
  dimension: BudgetDimension,
  option: string,
  text: string | undefined,
  read: (text: string) => number | null,
): Partial<Record<BudgetDimension, number | null>> {
  if (text === undefined) return {};
  if (text === 'none') return { [dimension]: null };
  const value = read(text);
  if (value !== null && value > 0) return { [dimension]: value };
  const example = { cost: '1.50', wall: '2h or 1h 30m' }[option] ?? '100';
  const message = `--${option} ${text}: write an amount above 0, such as ${example}, or none.`;
  throw new RunsheetError('validation', message, { field: option });
}

const words: Readonly<Record<BudgetDimension, string>> = {
  ...{ wallMs: 'of work', turns: 'turns', tokens: 'tokens', costMicros: 'spent', runs: 'runs' },
};

function budgetLines({ owner, limits, used, state, text }: BudgetView): string[] {
  const dimensions: readonly BudgetDimension[] = [
    'wallMs',
    'turns',
    'tokens',
    'costMicros',
    'runs',
  ];
  const limited = dimensions.filter((dimension) => limits[dimension] !== null);
  const lines = limited.map((dimension) => {
    const amounts = [used[dimension], limits[dimension]].map((value) =>
      value === null ? 'unknown' : amountText(dimension, value),
    );
    const untold = dimension === 'costMicros' ? used.runsWithoutCost : 0;
    const note = untold === 0 ? '' : ` (${untold} runs did not say what they cost)`;
    return `  ${amounts.join(' of ')} ${words[dimension]}${note}`;
  });
  const head = limited.length === 0 ? `${owner}: no limits` : `${owner}:`;
  return [head, ...lines, ...(state === 'ok' ? [] : [`  ${text}`])];
}
