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

/** Adds up what a conversation has used. Agents report totals, some of them more than once. */
export class UsageTotals {
  private usage: Usage = { tokensIn: 0, tokensOut: 0, costMicros: null };

  get current(): Usage {
    return { ...this.usage };
  }

  /** From the answer to a prompt: its `usage`, or else `_meta.quota`. Tells whether it changed. */
  addTurn(answer: { usage?: unknown; quota?: unknown }): boolean {
    const usage = turnUsageSchema.safeParse(answer.usage).data;
    if (usage !== undefined) return this.raise(tokensInOf(usage), usage.outputTokens, null);
    const quota = quotaSchema.safeParse(answer.quota).data?.token_count;
    return quota !== undefined && this.raise(quota.input_tokens, quota.output_tokens, null);
  }

  /** From `usage_update`; money in other currencies than USD is not counted. */
  addCost(cost: { amount: number; currency: string } | null | undefined): boolean {
    if (cost?.currency !== 'USD') return false;
    return this.raise(0, 0, Math.round(cost.amount * 1_000_000));
  }

  private raise(tokensIn: number, tokensOut: number, costMicros: number | null): boolean {
    const { usage } = this;
    this.usage = {
      tokensIn: Math.max(usage.tokensIn, Math.round(tokensIn)),
      tokensOut: Math.max(usage.tokensOut, Math.round(tokensOut)),
      costMicros:
        costMicros === null ? usage.costMicros : Math.max(usage.costMicros ?? 0, costMicros),
    };
    return JSON.stringify(usage) !== JSON.stringify(this.usage);
  }
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
