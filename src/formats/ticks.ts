import type { SubtaskStatus } from '../model/status';
import type { TextEdit } from './format';
import type { Box } from './markdown';

// Boxes of formats that know open and done alone; all other statuses stay in the database.

/** The edit that makes a box say a status; `tick` is the mark that the file uses for done. */
export function tickEdits(
  { mark, markRange }: Box,
  status: SubtaskStatus,
  tick: string,
): TextEdit[] {
  if (status === 'done' || status === 'claimed')
    return isTick(mark) ? [] : [{ range: markRange, text: tick }];
  return status === 'pending' && mark !== ' ' ? [{ range: markRange, text: ' ' }] : [];
}

/** The tick that most of the marks use, `x` where none is ticked. */
export function usualTick(marks: readonly (string | undefined)[]): 'x' | 'X' {
  const upper = marks.filter((mark) => mark === 'X').length;
  return upper > marks.filter((mark) => mark === 'x').length ? 'X' : 'x';
}

export function isTick(mark: string): boolean {
  return mark === 'x' || mark === 'X';
}
