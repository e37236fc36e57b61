import type { CheckOutcome } from '../model/status';
import type { CommandText, Validator } from '../model/validator';

/** Where a check runs. Paths are absolute. */
export interface CheckContext {
  /** The tree that is judged; paths of validators are relative to it and must stay inside. */
  directory: string;
  /** The diff since the base commit, made when asked for. */
  diff: () => Promise<string>;
  changedPaths: () => Promise<string[]>;
  /** What the agent said and its tools printed, as text; for scope `events`. */
  eventText: () => Promise<string>;
  /** Values of `{name}` in commands and paths. */
  values: Readonly<Record<string, string>>;
  /** The whole environment of the check's processes: allow-listed, and with the marker in it. */
  env: Readonly<Record<string, string>>;
  /** Whether a person approved this exact text, or these exact arguments. */
  isApproved: (command: CommandText) => boolean;
  /** Tells the check's processes from all others, so that none survives; it is in `env`. */
  marker: string;
  signal: AbortSignal;
}

/** What a check found, with its evidence. */
export interface CheckResult {
  outcome: CheckOutcome;
  /** 0 to 1; `null`: follows from the outcome. */
  score: number | null;
  /** One sentence for people. */
  message: string;
  exitCode: number | null;
  /** At most 1 MB, the middle of a longer one left out; secrets masked. Stored as an artifact. */
  output: string;
  details: Readonly<Record<string, unknown>>;
  durationMs: number;
}

/** Runs validators. Never rejects: what goes wrong is outcome `error`; stopped is `skipped`. */
export interface CheckRunner {
  run(validator: Validator, context: CheckContext): Promise<CheckResult>;
}
