import type { Subtask } from './plan';
import type { SubtaskStatus } from './status';

/**
 * Why the file itself leaves the subtask out, as a clause: its own word for it, or that of what it
 * belongs to. `null`: it is to be done.
 */
export function leftOutReason({
  status,
  fileStatus,
  leftOut,
}: Pick<Subtask, 'status' | 'fileStatus' | 'leftOut'>): string | null {
  if (leftOut !== null || (status !== 'skipped' && status !== 'cancelled')) return leftOut;
  const word = fileStatus ?? status;
  return word.length === 1 ? `its mark is [${word}]` : `its status is "${word}"`;
}

/** Statuses that a word of the file settles: nobody has closed or claims it, nothing works on it. */
const undecided: ReadonlySet<SubtaskStatus> = new Set([
  'pending',
  'blocked',
  'needs_attention',
  'failed',
]);

/** Whether it is neither done nor to be done: `byFile` says that its file leaves it out. */
export function isLeftOut(status: SubtaskStatus, byFile: boolean): boolean {
  return byFile && undecided.has(status);
}
