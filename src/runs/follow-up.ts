import type { Acceptance } from '../model/agent-spec';
import type { NextRun } from '../model/next-run';
import { isRetryable, retryDelayMs } from '../model/retry';
import type { StatusStep } from '../store/repositories/subtasks';
import {
  conflictCode,
  conflictDetail,
  conflictGuidance,
  type MergeConflict,
} from './merge-conflict';
import { attention, type RunEnd } from './run-end';

/** What is known of an earlier or the present run when its end decides about the next. */
export interface ChainLink {
  startedBecause: 'first' | 'retry' | 'fallback' | 'route' | 'trigger' | 'resume' | 'manual';
  counts: boolean;
  /** Whether it ended because its agent could not work. */
  hadTrouble: boolean;
}

export interface FollowUpSource {
  end: RunEnd;
  runId: string;
  /** What started this run; `null`: the plan alone. */
  startedBy: NextRun | null;
  specId: string;
  acceptance: Pick<Acceptance, 'retry_policy' | 'retry_delay_ms' | 'max_retries'>;
  fallbackSpecId: string | null;
  /** All runs of the subtask, oldest first, this one last with what its end says. */
  chain: readonly ChainLink[];
  attemptLimit: number;
  /** What the next attempt is told. */
  guidance: string | null;
  /** What could not be merged. */
  conflict: MergeConflict | null;
  /** Whether the next attempt can go on in the same worktree. */
  canContinue: boolean;
  now: number;
  random: number;
}

export interface FollowUp {
  subtask: Omit<StatusStep, 'subtaskId'>;
  escalation: {
    reasonCode: 'attempts_exhausted' | 'over_budget' | 'stuck' | 'merge_conflict';
    detail: string;
  } | null;
  /** Milliseconds until the next attempt; `null`: there is none. */
  retryInMs: number | null;
}

/** Where the present series of attempts begins: a person, a rejection or the plan started it anew. */
function seriesOf(chain: readonly ChainLink[]): readonly ChainLink[] {
  const goesOn = new Set(['retry', 'fallback', 'resume']);
  const start = chain.findLastIndex(({ startedBecause }) => !goesOn.has(startedBecause));
  return chain.slice(Math.max(0, start));
}

/** What becomes of a subtask whose run has ended: nothing more, another attempt, or a person. */
export function followUp(source: FollowUpSource): FollowUp {
  const { end } = source;
  if (end.trouble !== null) return afterTrouble(source);
  if (end.outcome === 'over_budget') {
    const detail = end.error ?? 'A budget was used up.';
    return {
      subtask: end.subtask,
      escalation: { reasonCode: 'over_budget', detail },
      retryInMs: null,
    };
  }
  if (end.errorCode === conflictCode) return afterConflict(source);
  // What counts as no attempt was no fault of the agent, and would be the same again.
  const isOver = end.subtask.to === 'done' || !end.countsAsAttempt || !isRetryable(end);
  if (isOver) return plain(end);
  const used = usedOf(source);
  const next = used < source.attemptLimit ? (retry(source) ?? fallback(source)) : null;
  if (next !== null) return next;
  const asked = source.acceptance.max_retries > 0 || source.fallbackSpecId !== null;
  if (!asked && used < source.attemptLimit) return plain(end);
  const detail = `${end.error ?? 'It did not pass.'} ${used} of ${source.attemptLimit} attempts were used.`;
  return {
    subtask: { to: 'failed', reason: end.error },
    escalation: { reasonCode: 'attempts_exhausted', detail },
    retryInMs: null,
  };
}

function usedOf({ chain }: FollowUpSource): number {
  return chain.filter(({ counts }) => counts).length;
}

function plain(end: RunEnd): FollowUp {
  return { subtask: end.subtask, escalation: null, retryInMs: null };
}

/** The agent could not work: the same again when it can, but not for ever. */
function afterTrouble(source: FollowUpSource): FollowUp {
  const { end, chain, attemptLimit, startedBy } = source;
  const reason = end.error ?? 'Its agent could not work.';
  const inARow = chain.length - 1 - chain.findLastIndex(({ hadTrouble }) => !hadTrouble);
  // An agent that cannot be started is broken soon, and takes no work until a person has looked.
  if (inARow >= attemptLimit && end.trouble?.kind !== 'launch') {
    const detail = `Its agent could not work ${inARow} times in a row: ${reason}`;
    return {
      subtask: attention(detail.slice(0, 500)),
      escalation: { reasonCode: 'stuck', detail },
      retryInMs: null,
    };
  }
  const again = source.canContinue
    ? { ...nextRun(source, 'resume', source.specId, null), guidance: startedBy?.guidance ?? null }
    : startedBy;
  return { subtask: { to: 'pending', reason, nextRun: again }, escalation: null, retryInMs: null };
}

/** The agent merges once, where that is allowed; what conflicts after that is for a person. */
function afterConflict(source: FollowUpSource): FollowUp {
  const { end, conflict, startedBy, attemptLimit } = source;
  const isFirst = startedBy?.resolvesConflict !== true;
  const mayResolve = conflict?.byAgent === true && isFirst && source.canContinue;
  if (mayResolve && usedOf(source) < attemptLimit) {
    const guidance = conflictGuidance(conflict);
    const next = { ...nextRun(source, 'resume', source.specId, null), guidance };
    return {
      subtask: {
        to: 'pending',
        reason: `Its agent resolves the conflict. ${end.error ?? ''}`.trim(),
        nextRun: { ...next, resolvesConflict: true },
      },
      escalation: null,
      retryInMs: 0,
    };
  }
  const detail = conflict === null ? (end.error ?? '') : conflictDetail(conflict);
  return {
    subtask: attention(end.error ?? detail),
    escalation: { reasonCode: 'merge_conflict', detail },
    retryInMs: null,
  };
}

function retry(source: FollowUpSource): FollowUp | null {
  const { acceptance, end, now } = source;
  const series = seriesOf(source.chain);
  const fallbackAt = series.findLastIndex(({ startedBecause }) => startedBecause === 'fallback');
  // The first attempt of a spec is no retry, so that their number is that of the next retry.
  const n = series.slice(Math.max(0, fallbackAt)).filter(({ counts }) => counts).length;
  if (n > acceptance.max_retries) return null;
  const delay = retryDelayMs(acceptance, n, source.random);
  return {
    subtask: {
      to: 'pending',
      reason: `Retry ${n} of ${acceptance.max_retries} follows. ${end.error ?? ''}`.trim(),
      nextRun: nextRun(source, 'retry', source.specId, delay === 0 ? null : now + delay),
    },
    escalation: null,
    retryInMs: delay,
  };
}

function fallback(source: FollowUpSource): FollowUp | null {
  const { fallbackSpecId, end } = source;
  const wasUsed = seriesOf(source.chain).some(
    ({ startedBecause }) => startedBecause === 'fallback',
  );
  if (fallbackSpecId === null || wasUsed) return null;
  return {
    subtask: {
      to: 'pending',
      reason: `The fallback tries next. ${end.error ?? ''}`.trim(),
      nextRun: nextRun(source, 'fallback', fallbackSpecId, null),
    },
    escalation: null,
    retryInMs: 0,
  };
}

function nextRun(
  source: FollowUpSource,
  because: NextRun['because'],
  specId: string,
  notBefore: number | null,
): NextRun {
  // In the same worktree the conflict has had its one attempt.
  const again = source.canContinue && source.startedBy?.resolvesConflict === true;
  return {
    because,
    specId,
    ...(again ? { resolvesConflict: true } : {}),
    continues: source.canContinue ? source.runId : null,
    closeOut: false,
    notBefore: notBefore === null ? null : new Date(notBefore).toISOString(),
    guidance: source.guidance,
  };
}
