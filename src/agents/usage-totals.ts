import { z } from 'zod';
import type { Usage } from './agent';

/** The shapes in which agents tell what a turn has used; none of them is in the stable protocol. */
const turnUsageSchema = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  totalTokens: z.number().catch(0),
  cachedReadTokens: z.number().nullish().catch(null),
  cachedWriteTokens: z.number().nullish().catch(null),
});
const quotaSchema = z.object({
  token_count: z.object({ input_tokens: z.number(), output_tokens: z.number() }),
});

/** Some of the figures of `Usage`, money in USD. */
export interface UsageReport {
  tokensIn?: number | undefined;
  tokensOut?: number | undefined;
  costUsd?: number | undefined;
  turns?: number | undefined;
}

/**
 * Adds up what one run has used. Agents report the totals of the run or of the whole conversation,
 * some of them more than once; a total that comes late and is lower tells nothing.
 */
export class UsageTotals {
  private usage: Usage = { tokensIn: 0, tokensOut: 0, costMicros: null };
  private before: Usage | null = null;

  get current(): Usage {
    return { ...this.usage };
  }

  /** The conversation is an earlier one, which had used so much before this run. */
  continueFrom(before: Usage | null | undefined): void {
    this.before = before ?? null;
  }

  /** Figures of this run alone. Tells whether that was news. */
  addOwn(report: UsageReport): boolean {
    const { usage } = this;
    const cost = report.costUsd === undefined ? null : micros(report.costUsd);
    this.usage = {
      tokensIn: Math.max(usage.tokensIn, Math.round(report.tokensIn ?? 0)),
      tokensOut: Math.max(usage.tokensOut, Math.round(report.tokensOut ?? 0)),
      costMicros: highest(usage.costMicros, cost),
    };
    const turns = highest(usage.turns ?? null, report.turns ?? null);
    if (turns !== null) this.usage.turns = turns;
    return JSON.stringify(usage) !== JSON.stringify(this.usage);
  }

  /** Totals of the conversation, in which earlier runs are counted too. */
  addSession({ tokensIn, tokensOut, costUsd, ...own }: UsageReport): boolean {
    const { before } = this;
    const costBefore = (before?.costMicros ?? 0) / 1_000_000;
    return this.addOwn({
      ...own,
      tokensIn: tokensIn === undefined ? undefined : since(before?.tokensIn ?? 0, tokensIn),
      tokensOut: tokensOut === undefined ? undefined : since(before?.tokensOut ?? 0, tokensOut),
      costUsd: costUsd === undefined ? undefined : since(costBefore, costUsd),
    });
  }

  /** From the answer to an ACP prompt: its `usage`, or else `_meta.quota`; both of this run alone. */
  addTurn(answer: { usage?: unknown; quota?: unknown }): boolean {
    const usage = turnUsageSchema.safeParse(answer.usage).data;
    if (usage !== undefined) {
      return this.addOwn({ tokensIn: tokensInOf(usage), tokensOut: usage.outputTokens });
    }
    const quota = quotaSchema.safeParse(answer.quota).data?.token_count;
    if (quota === undefined) return false;
    return this.addOwn({ tokensIn: quota.input_tokens, tokensOut: quota.output_tokens });
  }

  /** From ACP's `usage_update`, of the conversation; money in other currencies is not counted. */
  addCost(cost: { amount: number; currency: string } | null | undefined): boolean {
    return cost?.currency === 'USD' && this.addSession({ costUsd: cost.amount });
  }
}

/** A total below the earlier one has begun anew: the agent had forgotten what was before. */
function since(before: number, total: number): number {
  return total < before ? total : total - before;
}

function micros(usd: number): number {
  return Math.round(usd * 1_000_000);
}

function highest(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

/**
 * Some agents count what they read from a cache as input and some beside it; the total, which has
 * it once, tells which.
 */
function tokensInOf(usage: z.infer<typeof turnUsageSchema>): number {
  const { inputTokens, outputTokens, totalTokens } = usage;
  const withCache = inputTokens + (usage.cachedReadTokens ?? 0) + (usage.cachedWriteTokens ?? 0);
  return Math.min(withCache, Math.max(inputTokens, totalTokens - outputTokens));
}
