import type { SubtaskStatus } from '../../model/status';

const statuses: Readonly<Record<string, SubtaskStatus>> = {
  open: 'pending',
  in_progress: 'in_progress',
  hooked: 'in_progress',
  blocked: 'blocked',
  deferred: 'skipped',
  pinned: 'skipped',
  closed: 'claimed',
};

export const knownWords = Object.keys(statuses).join(', ');

/** The model's word for a status; `null` when it is not known. */
export function statusOfWord(word: string): SubtaskStatus | null {
  return Object.hasOwn(statuses, word) ? (statuses[word] ?? null) : null;
}

/** The word to write; `null` where the format has none. */
export function wordOfStatus(status: SubtaskStatus): string | null {
  switch (status) {
    case 'pending':
      return 'open';
    case 'in_progress':
    case 'blocked':
      return status;
    case 'done':
    case 'claimed':
      return 'closed';
    case 'in_review':
    case 'needs_attention':
    case 'failed':
    case 'skipped':
    case 'cancelled':
      return null;
  }
}

/** Mail, logs, and the furniture of agents: no work. */
export const noiseTypes: ReadonlySet<string> = new Set(
  'event message agent convoy molecule gate role rig slot wisp merge-request'.split(' '),
);

/** Types of dependencies for which an issue waits. */
export const blockingTypes: ReadonlySet<string> = new Set([
  'blocks',
  'conditional-blocks',
  'waits-for',
]);

/** Words of types are written with hyphens or underscores. */
export function folded(word: string): string {
  return word.trim().toLowerCase().replaceAll('_', '-');
}

/** Priorities go from 0, the highest, to 4; 2 is what nobody has thought about. */
export function runPriority(priority: number | null): number | null {
  return priority !== null && priority >= 0 && priority <= 4 ? 100 + 200 * priority : null;
}
