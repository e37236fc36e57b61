import type { StatusChange } from '../../src/formats/format';
import type { SubtaskStatus } from '../../src/model/status';

/** A change of one subtask's status, at a fixed time, of which nothing else is known. */
export function statusChange(
  key: string,
  status: SubtaskStatus,
  rest: Partial<StatusChange> = {},
): StatusChange {
  return { plan: '', key, status, at: '2026-03-04T05:06:07.000Z', known: new Map(), ...rest };
}
