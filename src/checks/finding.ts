import type { CheckOutcome } from '../model/status';
import type { CheckResult } from './check';

/** A result before its time is known. */
export type Finding = Omit<CheckResult, 'durationMs'>;

export function finding(
  outcome: CheckOutcome,
  message: string,
  evidence: Partial<Pick<Finding, 'exitCode' | 'output' | 'details'>> = {},
): Finding {
  return { outcome, score: null, message, exitCode: null, output: '', details: {}, ...evidence };
}

/** The check was stopped from outside: it says nothing. */
export const stopped: Finding = finding('skipped', 'Stopped before the check had a result.');

/** What a check about a change says where nobody knows of one. */
export const unknownChange: Finding = finding(
  'skipped',
  'No run is known whose change could be looked at.',
);
