import type { AgentFailure, AgentOutcome } from '../agents/agent';
import type { RunOutcome, Verdict } from '../model/status';
import type { ProviderTrouble } from '../model/provider-trouble';
import { maskSecrets } from '../model/secrets';
import type { StatusStep } from '../store/repositories/subtasks';
import type { MergeResult } from '../workspaces/workspace';
import type { VerificationResult } from './verifier';

/** What kept an agent from working: its provider, or that it cannot be started. */
export interface AgentTrouble {
  kind: ProviderTrouble['kind'] | 'launch';
  /** When the provider said how long to wait. */
  retryAfterMs: number | null;
}

/** How a run ended, and what that means for its subtask. */
export interface RunEnd {
  outcome: RunOutcome;
  verdict: Verdict | null;
  stopReason: string | null;
  errorCode: string | null;
  error: string | null;
  countsAsAttempt: boolean;
  /** Set when the agent could not work at all, for a reason that is not in its task. */
  trouble: AgentTrouble | null;
  subtask: Omit<StatusStep, 'subtaskId'>;
}

export const cancelled: RunEnd = {
  outcome: 'cancelled',
  verdict: null,
  stopReason: 'stopped',
  errorCode: null,
  error: null,
  countsAsAttempt: false,
  trouble: null,
  subtask: { to: 'pending', reason: 'Its run was stopped.' },
};

export function isMerged(
  result: MergeResult,
): result is Extract<MergeResult, { kind: 'merged' | 'nothing_to_merge' }> {
  return result.kind === 'merged' || result.kind === 'nothing_to_merge';
}

/** The end as it may be stored and shown: what programs print can hold secrets. */
export function masked(end: RunEnd): RunEnd {
  const { error, subtask } = end;
  const reason = subtask.reason ?? null;
  return {
    ...end,
    error: error === null ? null : maskSecrets(error),
    subtask: { ...subtask, reason: reason === null ? null : maskSecrets(reason) },
  };
}

export function attention(reason: string): RunEnd['subtask'] {
  return { to: 'needs_attention', reason };
}

export function unproven(
  outcome: RunOutcome,
  errorCode: string,
  error: string,
): Omit<RunEnd, 'subtask'> {
  return {
    outcome,
    verdict: null,
    stopReason: null,
    errorCode,
    error,
    countsAsAttempt: true,
    trouble: null,
  };
}

export function endedBy(proof: VerificationResult): RunEnd {
  const end = { outcome: 'completed' as const, stopReason: null, errorCode: null };
  const error = proof.verdict === 'passed' ? null : proof.message;
  const subtask: RunEnd['subtask'] =
    proof.verdict === 'failed' ? { to: 'failed', reason: proof.message } : attention(proof.message);
  return { ...end, verdict: proof.verdict, error, countsAsAttempt: true, trouble: null, subtask };
}

/** Whether it may be done without what the agent was denied is for a person to say. */
export function denied(proof: VerificationResult): RunEnd {
  const reason = `The agent was denied what it asked for. ${proof.message}`;
  const verdict = proof.verdict === 'passed' ? 'partial' : proof.verdict;
  const end = { ...endedBy(proof), verdict, errorCode: 'permission', error: reason };
  return { ...end, subtask: attention(reason) };
}

/** A budget ended the work; what was left of it may be good, and never passes by itself. */
export function overBudget(why: string, proof: VerificationResult): RunEnd {
  const reason = `${why} ${proof.message}`;
  const verdict = proof.verdict === 'passed' ? 'partial' : proof.verdict;
  const end = unproven('over_budget', 'budget', reason);
  return { ...end, stopReason: why, verdict, subtask: attention(reason) };
}

/** The agent did what its policy forbids. */
export function violated(what: string): RunEnd {
  const reason = `The agent did what its policy forbids: ${what}`;
  return { ...unproven('failed', 'policy_violation', reason), subtask: attention(reason) };
}

/** The agent had no prompt yet, so that there is nothing to look at. */
export const notStarted: RunEnd = troubled(
  unproven('timed_out', 'timeout', 'The agent did not start in time.'),
  { kind: 'launch', retryAfterMs: null },
);

export function timedOut(which: string, proof: VerificationResult): RunEnd {
  const reason = `The run was ended: ${which === 'silence' ? 'the agent gave no sign of life' : 'its time was up'}. ${proof.message}`;
  const verdict = proof.verdict === 'passed' ? 'partial' : proof.verdict;
  return { ...unproven('timed_out', 'timeout', reason), verdict, subtask: attention(reason) };
}

const troubles: Partial<Record<AgentFailure, AgentTrouble['kind']>> = {
  authentication: 'authentication',
  rate_limit: 'rate_limit',
  overloaded: 'overloaded',
  network: 'network',
  not_installed: 'launch',
  launch: 'launch',
};

export function failedBy(outcome: Extract<AgentOutcome, { kind: 'failed' }>): RunEnd {
  const { code, message, retryAfterMs = null } = outcome;
  const end = unproven('failed', code, message);
  const kind = troubles[code];
  if (kind !== undefined) return troubled(end, { kind, retryAfterMs });
  return { ...end, subtask: { to: 'failed', reason: message.slice(0, 500) } };
}

/** The provider told its trouble in what looked like an answer. */
export function troubledAnswer(trouble: ProviderTrouble, text: string): RunEnd {
  const message = `The agent answered with trouble of its provider: ${text.trim().slice(0, 300)}`;
  return troubled(unproven('failed', trouble.kind, message), trouble);
}

/** Whether a run of earlier ended because its agent could not work. */
export function isTrouble(row: { counts_as_attempt: boolean; error_code: string | null }): boolean {
  const codes: readonly string[] = [...Object.keys(troubles), 'timeout'];
  return !row.counts_as_attempt && row.error_code !== null && codes.includes(row.error_code);
}

function troubled(end: Omit<RunEnd, 'subtask'>, trouble: AgentTrouble): RunEnd {
  const reason = (end.error ?? '').slice(0, 500);
  return { ...end, countsAsAttempt: false, trouble, subtask: attention(reason) };
}
