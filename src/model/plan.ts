import { noHints, type SpecHints } from './agent-spec';
import type { CommandText, Validator } from './validator';
import type { SubtaskStatus } from './status';

/** Half-open range of UTF-16 offsets into the text of a plan file. */
export interface SourceRange {
  start: number;
  end: number;
}

export const formatNames = [
  'runsheet',
  'kiro',
  'openspec',
  'spec-kit',
  'task-master',
  'gsd',
  'auto-claude',
  'autobuildr',
  'codebase-mcp',
  'vp-ops',
  'beads',
  'backlog-md',
  'bmad',
  'markdown',
] as const;
export type FormatName = (typeof formatNames)[number];

/** What a format knows beside the model. */
export type Fact =
  string | number | boolean | null | readonly Fact[] | { readonly [name: string]: Fact };

/** Counts, claims and words of a format, by their names in docs/formats.md. */
export type Facts = Readonly<Record<string, Fact>>;

export type Severity = 'error' | 'warning' | 'info';

/** Something in a plan file that is wrong, doubtful or not understood. */
export interface Problem {
  /** Stable id, the same notion in every format, e.g. `duplicate-id`. */
  rule: string;
  severity: Severity;
  /** 1-based. */
  line: number;
  message: string;
  range: SourceRange | null;
  /** The file that it is about, where that is not the plan's own. */
  path?: string;
  /** What should stand in the place of `range`, where that is beyond doubt. */
  expected?: string;
}

/**
 * Where a dependency comes from: the file says so, the format's own rules imply it, or two items
 * touch the same file (then they only must not run together).
 */
export type DependencyKind = 'declared' | 'implied' | 'conflict';

export interface Dependency {
  /** Id as written of the item that must be done first; it may not exist (dangling). */
  id: string;
  kind: DependencyKind;
  /** Where the id stands in the file; `null` for an implied one. */
  range: SourceRange | null;
}

/** Where an item's identity comes from: the file's own id, its place, or its title. */
export type KeyOrigin = 'declared' | 'position' | 'derived';

export interface Subtask {
  /** Identity within the plan: unique, stable across edits of other lines. */
  key: string;
  keyOrigin: KeyOrigin;
  /** The id that people see; equals `key` but for duplicates. */
  id: string;
  title: string;
  /** The lines below the subtask, as written. */
  detail: string;
  /** What the file says, in our words: a tick is `claimed`, never `done`. */
  status: SubtaskStatus;
  /** The file's own word or mark, e.g. `x`, `completed`; `null` when it has none. */
  fileStatus: string | null;
  dependsOn: Dependency[];
  /** Paths as written, relative to the workspace; they may be unsafe until checked. */
  files: string[];
  labels: string[];
  optional: boolean;
  /** Verification as the file words it, in order. */
  verification: string[];
  /** Checks that the file declares in a form we can run. */
  checks: Validator[];
  /** The subtask's own command: run by the command agent instead of a coding agent. */
  command: CommandText | null;
  /** `person`: nobody but a person can do it, so no agent is sent. */
  agent: string | null;
  /** Why it cannot be run although it is open: it is a draft, its story is not written yet. */
  notReady: string | null;
  /**
   * Why the file leaves it out although its own status does not say so, as a clause: its task was
   * cancelled, its phase is parked. See `leftOutReason`.
   */
  leftOut: string | null;
  /** What the file says of how the work is done and judged. */
  hints: SpecHints;
  /** The file where it stands, relative to the workspace; `null`: the plan's own. */
  path: string | null;
  /** 1-based line of the subtask's own line. */
  line: number;
  /** The subtask's own line or object, with what belongs to it. */
  range: SourceRange;
  /** The id where it is written, for navigation; `null` when the file writes none. */
  idRange: SourceRange | null;
}

export interface Phase {
  key: string;
  /** Declared or positional id; `null` for the one phase of a file that has no phases. */
  id: string | null;
  title: string;
  /** Text of the phase's checkpoint, when it has one. */
  checkpoint: string | null;
  /** Dependencies on other phases, by their ids. */
  dependsOn: Dependency[];
  /** `null`: the file does not say. */
  parallelSafe: boolean | null;
  subtasks: Subtask[];
  /** The file where it stands, relative to the workspace; `null`: the plan's own. */
  path: string | null;
  line: number;
  /** The heading or opening of the phase. */
  range: SourceRange;
}

export type GateTrigger =
  | { type: 'after_phase' | 'before_phase'; phaseKey: string }
  | { type: 'after_subtask'; subtaskKey: string }
  | { type: 'manual' };

export interface GateCriterion {
  text: string;
  /** `null`: a person says whether it is met. */
  validator: Validator | null;
}

/** A decision that a person (or a checkpoint's own checks) must take before work goes on. */
export interface Gate {
  key: string;
  id: string;
  title: string;
  kind: 'human' | 'checkpoint';
  trigger: GateTrigger;
  /** Subtasks that must be done before the gate opens, beside the trigger: keys. */
  after: string[];
  /** Subtasks that wait for the gate, beside what the trigger says: keys. */
  blocks: string[];
  criteria: GateCriterion[];
  line: number;
  range: SourceRange;
}

/** Who resolves what conflicts when work is merged: a person, or first the agent that did the work. */
export type ConflictPolicy = 'ask' | 'agent';

/** What a plan sets for all its subtasks; `null` leaves it to the workspace. */
export interface PlanSettings {
  agent: string | null;
  workers: number | null;
  /** Branch or commit on which the plan starts. */
  base: string | null;
  checks: Validator[];
  /** Run in each new worktree before the agent. */
  setup: CommandText | null;
  /** Ignored files (globs) copied into each worktree. */
  copy: string[];
  /** Hosts beside this machine that `http` checks may ask: `example.org`, `example.org:8080`. */
  hosts: string[];
  /** Folders that worktrees hold, relative to the workspace; empty: as the workspace says, or all. */
  sparse: string[];
  conflicts: ConflictPolicy | null;
  hints: SpecHints;
}

/**
 * Subtasks that the file says can run at one time. Order data that is shown beside the waves that
 * the dependencies give; work is ordered by dependencies alone.
 */
export interface Wave {
  id: string;
  title: string | null;
  /** Of subtasks. */
  keys: string[];
}

export interface Plan {
  format: FormatName;
  /** Tells the plans of one file apart, e.g. the tag; empty for the only plan of its file. */
  name: string;
  title: string;
  /** What the plan is for, as its files word it; may be empty. */
  description: string;
  /**
   * What a person has to know of where statuses are written; `null`: at each subtask, with the
   * marks that the format has.
   */
  statusNote: string | null;
  facts: Facts;
  waves: readonly Wave[];
  /** At least one when there are subtasks. */
  phases: Phase[];
  gates: readonly Gate[];
  settings: PlanSettings;
  /** How many phases the file declares: 0 where the format or the file has none. */
  declaredPhases: number;
}

/** A file as a format reads it. Problems are sorted by line. */
export interface PlanReading {
  /** What the file is, in the format's word: `plan`, `roadmap`, `progress_log`, `tree` … */
  kind: string;
  /** Empty for a file that belongs to a format but is no plan. */
  plans: Plan[];
  problems: Problem[];
  /** What a file that holds no plan says; empty where there is one. */
  facts: Facts;
}

/** How people and commands name a plan: its path, with `@name` where a file holds several. */
export function planReference(path: string, name: string): string {
  return name === '' ? path : `${path}@${name}`;
}

/** The agent of work that nobody but a person can do. */
export const personAgent = 'person';

export const noSettings: PlanSettings = {
  agent: null,
  workers: null,
  base: null,
  checks: [],
  setup: null,
  copy: [],
  hosts: [],
  sparse: [],
  conflicts: null,
  hints: noHints,
};

// Frozen, as copies of a frozen object that get more members are made a hundred times faster.

export const planDefaults = Object.freeze({
  name: '',
  description: '',
  statusNote: null,
  gates: [],
  settings: noSettings,
  facts: {},
  waves: [],
} satisfies Partial<Plan>);

export const subtaskDefaults = Object.freeze({
  detail: '',
  status: 'pending',
  fileStatus: null,
  optional: false,
  command: null,
  agent: null,
  notReady: null,
  leftOut: null,
  hints: noHints,
  path: null,
  idRange: null,
} satisfies Partial<Subtask>);

export const phaseDefaults = Object.freeze({
  checkpoint: null,
  parallelSafe: null,
  path: null,
} satisfies Partial<Phase>);

export function subtasksOf(plan: Plan): Subtask[] {
  return plan.phases.flatMap((phase) => phase.subtasks);
}
