import type { SubtaskStatus } from '../../model/status';

const statuses: Readonly<Record<string, SubtaskStatus>> = {
  pending: 'pending',
  'in-progress': 'in_progress',
  done: 'claimed',
  completed: 'claimed',
  review: 'needs_attention',
  blocked: 'blocked',
  deferred: 'skipped',
  cancelled: 'skipped',
};

export const knownWords = Object.keys(statuses).join(', ');

/** The model's word for a status; `null` when it is not known. */
export function statusOfWord(word: string): SubtaskStatus | null {
  const folded = word
    .trim()
    .toLowerCase()
    .replace(/[_\s]+/g, '-');
  return Object.hasOwn(statuses, folded) ? (statuses[folded] ?? null) : null;
}

/** The word to write; `null` where only a person's own act may write one. */
export function wordOfStatus(status: SubtaskStatus): string | null {
  switch (status) {
    case 'pending':
    case 'blocked':
      return status;
    case 'in_progress':
      return 'in-progress';
    case 'done':
    case 'claimed':
      return 'done';
    case 'in_review':
    case 'needs_attention':
    case 'failed':
    case 'skipped':
    case 'cancelled':
      return null;
  }
}

const priorities: Readonly<Record<string, number>> = {
  critical: 100,
  high: 300,
  medium: 500,
  low: 700,
};

/** The priority of a run; `null` for a word that is not known. */
export function priorityOf(word: string | null): number | null {
  return word !== null && Object.hasOwn(priorities, word) ? (priorities[word] ?? null) : null;
}
