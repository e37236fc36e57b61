import type { Leaf, Tally } from '../model/progress';
import type { Subtask } from '../model/plan';
import type { Proof, SubtaskStatus } from '../model/status';
import type { LastRun, PlanOverlay } from './overlay';

export function statusWord(status: SubtaskStatus, proof: Proof | null): string {
  return status === 'done' && proof !== null ? proof : status.replaceAll('_', ' ');
}

/** What is known of a subtask: the engine's word, else the file's. */
export function leafOf({ key, status, optional }: Subtask, overlay: PlanOverlay): Leaf {
  const known = overlay.subtasks.get(key);
  return known === undefined
    ? { status, proof: null, optional }
    : { status: known.status, proof: known.proof, optional };
}

/** `3/7 done · 1 running`: claims and failures stand beside, they are not done. */
export function progressWords(counts: Tally): string {
  const more: [number, string][] = [
    [counts.claimed, 'claimed'],
    [counts.running, 'running'],
    [counts.failed, 'failed'],
    [counts.needsAttention, 'needs attention'],
    [counts.blocked, 'blocked'],
    [counts.skipped, 'skipped'],
  ];
  const parts = more.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return [`${counts.done}/${counts.total} done`, ...parts].join(' · ');
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
