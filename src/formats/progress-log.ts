import type { Proof, SubtaskStatus } from '../model/status';

// The log that a format keeps beside its plan, as Runsheet writes it: a block of its own at the top
// of the file. What follows the block, and every log of somebody else, stays as it is.

export interface LoggedSubtask {
  key: string;
  title: string;
  status: SubtaskStatus;
  proof: Proof | null;
  /** Runs that counted as attempts. */
  attempts: number;
  /** Why it is in this status, a sentence. */
  reason: string | null;
}

export interface LoggedPhase {
  title: string;
  /** Places of phases, from 0, that this one waits for. */
  dependsOn: readonly number[];
  subtasks: readonly LoggedSubtask[];
}

/** What a database knows of a plan. */
export interface LoggedPlan {
  title: string;
  phases: readonly LoggedPhase[];
}

export interface ProgressLog {
  /** Where the log of a plan is: workspace-relative. */
  path(planPath: string): string;
  /** The block, without the lines that open and close it. */
  lines(plan: LoggedPlan, at: string): string[];
  opening: (time: string) => string;
  opens: RegExp;
  closing: string;
}

/**
 * The log with its block as of now, `at` in ISO 8601; `before` is the file that is there.
 * `null` when that is not ours.
 */
export function progressText(
  log: ProgressLog,
  plan: LoggedPlan,
  at: string,
  before: string | null,
): string | null {
  const rest = before === null ? '' : restOf(log, before);
  if (rest === null) return null;
  const block = [log.opening(at), '', ...log.lines(plan, at), '', log.closing];
  return `${block.join('\n')}\n${rest}`;
}

/** What follows the block; `null` when the file does not begin with one of ours. */
function restOf({ opens, closing }: ProgressLog, text: string): string | null {
  if (!opens.test(text)) return null;
  const end = text.indexOf(`\n${closing}`);
  if (end < 0) return null;
  return text.slice(end + closing.length + 1).replace(/^\r?\n/, '');
}

/** A text that stays on its line. */
export function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** How a status came about. */
export function proofWords({ status, proof, attempts, reason }: LoggedSubtask): string {
  const words = [
    ...(proof === 'proven' ? ['proven by checks'] : []),
    ...(proof === 'accepted' ? ['accepted by a person'] : []),
    ...(status === 'claimed' ? ['only claimed'] : []),
    ...(attempts === 0 ? [] : [`${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`]),
    ...(reason === null ? [] : [inOneLine(reason)]),
  ];
  return words.join('; ');
}
