import type { AgentOutcome } from '../agents/agent';
import type { RunOutcome, Verdict } from '../model/status';
import { maskSecrets } from '../platform/masking';
import type { StatusStep } from '../store/repositories/subtasks';
import type { MergeResult } from '../workspaces/workspace';
import type { VerificationResult } from './verifier';

/** How a run ended, and what that means for its subtask. */
export interface RunEnd {
  outcome: RunOutcome;
  verdict: Verdict | null;
  stopReason: string | null;
  errorCode: string | null;
  error: string | null;
  countsAsAttempt: boolean;
  subtask: Omit<StatusStep, 'subtaskId'>;
}

export const cancelled: RunEnd = {
  outcome: 'cancelled',
  verdict: null,
  stopReason: 'stopped',
  errorCode: null,
  error: null,
  countsAsAttempt: false,
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
  };
}

export function endedBy(proof: VerificationResult): RunEnd {
  const end = { outcome: 'completed' as const, stopReason: null, errorCode: null };
  const error = proof.verdict === 'passed' ? null : proof.message;
  const subtask: RunEnd['subtask'] =
    proof.verdict === 'failed' ? { to: 'failed', reason: proof.message } : attention(proof.message);
  return { ...end, verdict: proof.verdict, error, countsAsAttempt: true, subtask };
}

/** Whether it may be done without what the agent was denied is for a person to say. */
export function denied(proof: VerificationResult): RunEnd {
  const reason = `The agent was denied what it asked for. ${proof.message}`;
  const verdict = proof.verdict === 'passed' ? 'partial' : proof.verdict;
  return { ...endedBy(proof), verdict, error: reason, subtask: attention(reason) };
}

/** The agent had no prompt yet, so that there is nothing to look at. */
export const notStarted: RunEnd = {
  ...unproven('timed_out', 'timeout', 'The agent did not start in time.'),
  countsAsAttempt: false,
  subtask: attention('The agent did not start in time.'),
};

export function timedOut(which: string, proof: VerificationResult): RunEnd {
  const reason = `The run was ended: ${which === 'silence' ? 'the agent gave no sign of life' : 'its time was up'}. ${proof.message}`;
  const verdict = proof.verdict === 'passed' ? 'partial' : proof.verdict;
  return { ...unproven('timed_out', 'timeout', reason), verdict, subtask: attention(reason) };
}

export function failedBy(outcome: Extract<AgentOutcome, { kind: 'failed' }>): RunEnd {
  const launch = outcome.code === 'not_installed' || outcome.code === 'launch';
  return {
    ...unproven('failed', outcome.code, outcome.message),
    countsAsAttempt: !launch,
    subtask: launch
      ? attention(outcome.message)
      : { to: 'failed', reason: outcome.message.slice(0, 500) },
  };
}
