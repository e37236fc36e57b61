import type { SubtaskStatus } from '../../model/status';

// The marks of ordinary checklists: a tick, a blank, and a few that people use beside them.

const meaning: Readonly<Record<string, SubtaskStatus>> = {
  ' ': 'pending',
  x: 'claimed',
  X: 'claimed',
  '/': 'in_progress',
  '-': 'skipped',
  '~': 'skipped',
};

export const knownMarks = '[ ] [x] [/] [-] [~]';

/** `null` for a mark that is not known. */
export function statusOfMark(mark: string): SubtaskStatus | null {
  return Object.hasOwn(meaning, mark) ? (meaning[mark] ?? null) : null;
}

/**
 * The mark for a status among those of a file: open and done have one everywhere, the others only
 * where the file uses one already. `null`: it stays in the database.
 */
export function markFor(status: SubtaskStatus, used: readonly string[]): string | null {
  const times = new Map<string, number>();
  for (const mark of used)
    if (statusOfMark(mark) === status) times.set(mark, (times.get(mark) ?? 0) + 1);
  const [most] = [...times].toSorted((a, b) => b[1] - a[1]);
  if (most !== undefined) return most[0];
  if (status === 'claimed') return 'x';
  return status === 'pending' ? ' ' : null;
}
