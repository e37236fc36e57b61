import type { PanelStrings } from '../protocol/panel';
import type { Counts } from '../protocol/views';

export interface BarPart {
  /** Names the pattern, so that parts differ without colour. */
  name: 'proven' | 'accepted' | 'claimed' | 'running' | 'paused' | 'failed' | 'remaining';
  word: string;
  count: number;
}

/** What a bar is made of, in its order; skipped subtasks are not part of the work. */
export function barParts(counts: Counts, strings: PanelStrings): BarPart[] {
  const { total, done, proven, claimed, running, paused, failed, needsAttention, skipped } = counts;
  const known = done + claimed + running + failed + needsAttention + skipped;
  const parts: BarPart[] = [
    { name: 'proven', word: strings.proven, count: proven },
    { name: 'accepted', word: strings.accepted, count: done - proven },
    { name: 'claimed', word: strings.claimed, count: claimed },
    { name: 'running', word: strings.runningWord, count: running - paused },
    { name: 'paused', word: strings.pausedWord, count: paused },
    { name: 'failed', word: strings.failed, count: failed + needsAttention },
    { name: 'remaining', word: strings.remaining, count: Math.max(0, total - known) },
  ];
  return parts.filter((part) => part.count > 0);
}
