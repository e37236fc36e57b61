import type { SubtaskStatus } from '../../model/status';

// What the character between the brackets says, and what we write there.

const meaning: Readonly<Record<string, SubtaskStatus>> = {
  ' ': 'pending',
  x: 'claimed',
  X: 'claimed',
  '/': 'in_progress',
  '-': 'skipped',
  '!': 'needs_attention',
};

export const knownMarks = '[ ] [x] [/] [-] [!]';

/** `null` for a mark that the format does not know. */
export function statusOfMark(mark: string): SubtaskStatus | null {
  return Object.hasOwn(meaning, mark) ? (meaning[mark] ?? null) : null;
}

export function markOfStatus(status: SubtaskStatus): string {
  switch (status) {
    case 'pending':
      return ' ';
    case 'claimed':
    case 'done':
      return 'x';
    case 'in_progress':
    case 'in_review':
      return '/';
    case 'skipped':
    case 'cancelled':
      return '-';
    case 'blocked':
    case 'failed':
    case 'needs_attention':
      return '!';
  }
}
