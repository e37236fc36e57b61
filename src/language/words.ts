import type { SpecHints } from '../model/agent-spec';
import { leftOutReason } from '../model/left-out';
import type { Leaf, Tally } from '../model/progress';
import type { Subtask } from '../model/plan';
import type { Proof, SubtaskStatus } from '../model/status';
import type { LastRun, PlanOverlay } from './overlay';

export function statusWord(status: SubtaskStatus, proof: Proof | null): string {
  return status === 'done' && proof !== null ? proof : status.replaceAll('_', ' ');
}

/** What is known of a subtask: the engine's word, else the file's. */
export function leafOf(subtask: Subtask, overlay: PlanOverlay): Leaf {
  const { key, status, optional } = subtask;
  const known = overlay.subtasks.get(key);
  const leftOut = leftOutReason(subtask) !== null;
  if (known !== undefined) return { status: known.status, proof: known.proof, optional, leftOut };
  return {
    status: leftOut && status !== 'claimed' ? 'pending' : status,
    proof: null,
    optional,
    leftOut,
  };
}

/**
 * `3/7 done · 1 running`: claims and failures stand beside, they are not done.
 * @param paused how many of the running ones stand still.
 */
export function progressWords(counts: Tally, paused = 0): string {
  const more: [number, string][] = [
    [counts.claimed, 'claimed'],
    [counts.running - paused, 'running'],
    [paused, 'paused'],
    [counts.failed, 'failed'],
    [counts.needsAttention, 'needs attention'],
    [counts.blocked, 'blocked'],
    [counts.skipped, 'skipped'],
    [counts.leftOut, 'left out'],
  ];
  const parts = more.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return [`${counts.done}/${counts.total} done`, ...parts].join(' · ');
}

/** What a file says of how work is done, `testing · 30 turns · 20 min`; without the names of specs. */
export function hintWords(hints: SpecHints): string {
  const { maxTurns, timeoutSeconds, maxTokens, maxCostMicros, attempts, accept, retry } = hints;
  const parts = [
    hints.taskType,
    counted(maxTurns, 'turn'),
    timeoutSeconds === null ? null : durationWords(timeoutSeconds),
    counted(maxTokens, 'token'),
    maxCostMicros === null ? null : `up to $${(maxCostMicros / 1_000_000).toFixed(2)}`,
    hints.priority === null ? null : `priority ${hints.priority}`,
    counted(attempts, 'attempt'),
    accept === null ? null : acceptWords(accept),
    retry === null ? null : retryWords(retry),
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

function counted(count: number | null, word: string): string | null {
  return count === null ? null : `${count} ${word}${count === 1 ? '' : 's'}`;
}

function durationWords(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function acceptWords({ gate_mode: mode, min_score: score }: NonNullable<SpecHints['accept']>) {
  if (mode === 'weighted') return `accepted from a score of ${score ?? 1}`;
  return mode === 'all_pass' ? 'all checks must pass' : 'one check must pass';
}

function retryWords(retry: NonNullable<SpecHints['retry']>): string {
  const { retry_policy: policy, max_retries: retries, retry_delay_ms: delay } = retry;
  if (policy === 'none') return 'no retries';
  const again = retries === 1 ? '1 retry' : `${retries} retries`;
  return `${again} after ${delay / 1000} s${policy === 'exponential' ? ', then longer' : ''}`;
}

/** How long ago a time was: `12 s ago`. */
export function ago(time: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}

/** `passed 12 s ago`, or what the run is doing. */
export function runWords(run: LastRun, now: number): string {
  if (run.endedAt === null) return run.state;
  const { outcome, verdict } = run;
  const result =
    outcome === null || outcome === 'completed'
      ? (verdict ?? 'ended')
      : outcome.replaceAll('_', ' ');
  return `${result} ${ago(run.endedAt, now)}`;
}
