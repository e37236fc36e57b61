import { z } from 'zod';
import type { AgentSpec } from './agent-spec';

const limit = z.int().min(1).nullable().default(null);

/** Limits of a day, a plan, a subtask or a run; `null`: unlimited. */
export const budgetLimitsSchema = z.strictObject({
  /** Milliseconds in which runs work; pauses do not count. */
  wallMs: limit,
  turns: limit,
  /** In and out together. */
  tokens: limit,
  /** Micro-USD, as far as agents say what they cost. */
  costMicros: limit,
  /** Runs that count as attempts. */
  runs: limit,
});
export type BudgetLimits = z.output<typeof budgetLimitsSchema>;
export type BudgetDimension = keyof BudgetLimits;

export const noLimits: BudgetLimits = budgetLimitsSchema.parse({});

export const budgetScopeSchema = z.enum(['workspace_day', 'plan', 'subtask']);
export type BudgetScope = z.infer<typeof budgetScopeSchema>;

/** What runs have used. */
export interface BudgetUse {
  wallMs: number;
  turns: number;
  tokens: number;
  /** The sum of what agents reported; `null` when none did: it is never estimated. */
  costMicros: number | null;
  /** Runs that began and did not say what they cost. */
  runsWithoutCost: number;
  runs: number;
}

export type BudgetJudgement =
  | { state: 'ok' }
  | { state: 'warning' | 'exhausted'; dimension: BudgetDimension; used: number; limit: number };

/** From this part of a limit on, a person is warned. */
export const warningShare = 0.8;

/** The dimension that is nearest to its limit decides; what nobody reported exhausts nothing. */
export function judgeBudget(limits: BudgetLimits, use: BudgetUse): BudgetJudgement {
  const dimensions = budgetLimitsSchema.keyof().options;
  const measured = dimensions.flatMap((dimension) => {
    const limit = limits[dimension];
    const used = use[dimension];
    return limit === null || used === null ? [] : [{ dimension, used, limit, share: used / limit }];
  });
  const [nearest] = measured.toSorted((a, b) => b.share - a.share);
  if (nearest === undefined || nearest.share < warningShare) return { state: 'ok' };
  const { share, ...figures } = nearest;
  return { state: share >= 1 ? 'exhausted' : 'warning', ...figures };
}

/**
 * One sentence for people, e.g. `The budget of the plan is used up: 120,000 of 100,000 tokens.`
 * @param whose what the budget belongs to, e.g. `the plan`.
 */
export function describeBudget(judgement: BudgetJudgement, whose: string): string {
  if (judgement.state === 'ok') return `The budget of ${whose} holds.`;
  const { state, dimension, used, limit } = judgement;
  const figures = `${amountText(dimension, used)} of ${amountText(dimension, limit)}${units[dimension]}`;
  const what = state === 'exhausted' ? 'is used up' : `is nearly used up`;
  return `The budget of ${whose} ${what}: ${figures}.`;
}

const units: Readonly<Record<BudgetDimension, string>> = {
  wallMs: ' of work',
  turns: ' turns',
  tokens: ' tokens',
  costMicros: '',
  runs: ' runs',
};

/** A figure as people write it: `1h 30m`, `$0.25`, `12,000`. */
export function amountText(dimension: BudgetDimension, amount: number): string {
  if (dimension === 'wallMs') return durationText(amount);
  if (dimension === 'costMicros') return `$${(amount / 1_000_000).toFixed(2)}`;
  return amount.toLocaleString('en-US');
}

function durationText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).slice(0, 2);
  return shown.length === 0 ? '0s' : shown.map(([count, unit]) => `${count}${unit}`).join(' ');
}

/** What a spec lets a single run use. Its attempts are limited elsewhere. */
export function limitsOfSpec(spec: AgentSpec): BudgetLimits {
  return {
    wallMs: spec.timeout_seconds * 1000,
    turns: spec.max_turns,
    tokens: spec.max_tokens,
    costMicros: spec.max_cost_micros,
    runs: null,
  };
}

/** When the calendar day of `now` began, where this program runs; milliseconds since the epoch. */
export function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}

/** When the next day begins there: not always after 24 hours. */
export function startOfNextDay(now: number): number {
  const day = new Date(startOfDay(now));
  return day.setDate(day.getDate() + 1);
}
