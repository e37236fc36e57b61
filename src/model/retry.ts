import type { Acceptance, RetryPolicy } from './agent-spec';
import type { RunOutcome, Verdict } from './status';

const cap = 60_000;
const jitter = 0.1;

/**
 * Milliseconds before retry `n`, from 1. Exponential ones double, up to a minute or the first delay
 * where that is longer, and vary by a tenth so that failures of many items do not come back at once.
 * `random` is in [0, 1).
 */
export function retryDelayMs(
  { retry_policy: policy, retry_delay_ms: first }: RetrySettings,
  n: number,
  random: number,
): number {
  if (policy !== 'exponential') return first;
  const doubled = Math.min(Math.max(cap, first), first * 2 ** (n - 1));
  return Math.round(doubled * (1 - jitter + 2 * jitter * random));
}

export interface RetrySettings {
  retry_policy: RetryPolicy;
  retry_delay_ms: Acceptance['retry_delay_ms'];
}

/** What a person must look at, and what another attempt would not change. */
const final: ReadonlySet<string> = new Set([
  'authentication',
  'permission',
  'bad_request',
  'not_found',
  'refused',
  'not_approved',
  'policy_violation',
  'merge_conflict',
  'internal',
]);

/** Whether another attempt may do better than a run that ended so. */
export function isRetryable(end: {
  outcome: RunOutcome;
  verdict: Verdict | null;
  errorCode: string | null;
}): boolean {
  const { outcome, verdict, errorCode } = end;
  if (outcome === 'cancelled' || outcome === 'interrupted' || outcome === 'over_budget')
    return false;
  if (errorCode !== null && final.has(errorCode)) return false;
  if (outcome === 'failed') return true;
  return verdict === 'failed' || verdict === 'partial' || verdict === 'error';
}
