import type { CheckOutcome } from '../model/status';
import type { CommandText, ConfigOf, Validator } from '../model/validator';
import type { Clock } from '../platform/clock';

/** Whether what is judged stands still at a person's wish. */
export interface Standstill {
  readonly isPaused: boolean;
  onChange(listener: (isPaused: boolean) => void): Disposable;
  /** Resolves as soon as nothing is paused, or `signal` is aborted. */
  whenGoing(signal: AbortSignal): Promise<void>;
}

/** For checks that nobody can pause. */
export const neverPaused: Standstill = {
  isPaused: false,
  onChange: () => ({ [Symbol.dispose]: () => undefined }),
  whenGoing: () => Promise.resolve(),
};

/** Where a check runs. Paths are absolute. */
export interface CheckContext {
  /** The tree that is judged; paths of validators are relative to it and must stay inside. */
  directory: string;
  /** Where `directory` lies in its worktree, with `/`; empty at its top, where diffs begin. */
  prefix: string;
  /** The diff of the judged work, made when asked for; `null`: nobody knows what the work changed. */
  diff: () => Promise<string | null>;
  /** Its changed paths, from the top of the worktree. */
  changedPaths: () => Promise<readonly string[] | null>;
  /** What the agent said and its tools printed, as text; `null`: no agent is known. */
  eventText: () => Promise<string | null>;
  /** Paths and globs below `directory` that the work may change. */
  declaredFiles: readonly string[];
  /** Hosts beside loopback that may be asked. */
  hosts: readonly string[];
  /** Key of the agent that reviews where a check names none. */
  reviewer: string | null;
  /** A hash of all files as they are in a worktree now, without ignored ones. */
  snapshot: (directory: string) => Promise<string>;
  /** Values of `{name}` in commands and paths. */
  values: Readonly<Record<string, string>>;
  /** The whole environment of the check's processes: allow-listed, and with the marker in it. */
  env: Readonly<Record<string, string>>;
  /** Whether a person approved this exact text, or these exact arguments. */
  isApproved: (command: CommandText) => boolean;
  /** Tells the check's processes from all others, so that none survives; it is in `env`. */
  marker: string;
  signal: AbortSignal;
  /** In a pause the check's processes are frozen where the system can, and no check begins. */
  pause: Standstill;
  /** What the time limits of commands count: it stands still in a pause. */
  time: Clock;
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

/** What a second agent answered to the criteria of a review. */
export type Review =
  | {
      kind: 'answered';
      agent: string;
      /** In the order of the criteria. */
      answers: readonly { holds: boolean; reason: string }[];
      /** What it said and did, as evidence. */
      text: string;
    }
  /** Nobody may start it yet, or it was stopped. */
  | { kind: 'skipped'; message: string }
  | { kind: 'error'; message: string; text: string };

/** A named person's word on an instruction, for the tree that is judged. */
export interface Confirmation {
  holds: boolean;
  note: string;
  by: string;
  at: string;
}

/** What no program can find out: the judgement of agents and of people. */
export interface Judges {
  review(config: ConfigOf<'agent_review'>, context: CheckContext): Promise<Review>;
  /** `null`: nobody has said anything of this tree yet. */
  confirmation(instruction: string): Promise<Confirmation | null>;
}

/** Where there is nobody to ask. */
export const noJudges: Judges = {
  review: () => Promise.resolve({ kind: 'skipped', message: 'No agent can review here.' }),
  confirmation: () => Promise.resolve(null),
};

/** Runs validators. Never rejects: what goes wrong is outcome `error`; stopped is `skipped`. */
export interface CheckRunner {
  run(validator: Validator, context: CheckContext, judges?: Judges): Promise<CheckResult>;
}
