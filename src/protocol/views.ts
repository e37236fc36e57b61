import { z } from 'zod';
import {
  checkOutcomeSchema,
  executionStateSchema,
  gateDecisionSchema,
  gateStateSchema,
  phaseStatusSchema,
  planStateSchema,
  proofSchema,
  runOutcomeSchema,
  runStateSchema,
  subtaskStatusSchema,
  verdictSchema,
} from '../model/status';

// What clients see. Times are UTC text, money is micro-USD, durations are milliseconds.

export const countsSchema = z.object({
  /** Without those that their file leaves out. */
  total: z.int(),
  /** Proven or accepted. */
  done: z.int(),
  proven: z.int(),
  claimed: z.int(),
  /** Those that stand still included. */
  running: z.int(),
  /** Of the running ones: whose run stands still. */
  paused: z.int(),
  failed: z.int(),
  needsAttention: z.int(),
  skipped: z.int(),
  /** Neither done nor to be done, as their file leaves them out. */
  leftOut: z.int(),
});
export type Counts = z.infer<typeof countsSchema>;

/** That a person lets something stand still. */
export const pauseViewSchema = z.object({
  /** One sentence: who, and why. */
  text: z.string(),
  since: z.string(),
});
export type PauseView = z.infer<typeof pauseViewSchema>;

export const problemViewSchema = z.object({
  rule: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  /** The file that it is about, workspace-relative. */
  file: z.string(),
  line: z.int(),
  message: z.string(),
});
export type ProblemView = z.infer<typeof problemViewSchema>;

/** A file of a format that holds no plan. */
export const noPlanViewSchema = z.object({
  path: z.string(),
  /** What it is and says, in one sentence. */
  text: z.string(),
  problems: z.array(problemViewSchema),
});
export type NoPlanView = z.infer<typeof noPlanViewSchema>;

export const phaseViewSchema = z.object({
  id: z.string(),
  key: z.string(),
  title: z.string(),
  position: z.int(),
  /** The file where its heading stands, workspace-relative. */
  file: z.string(),
  /** 1-based line of its heading. */
  line: z.int(),
  status: phaseStatusSchema,
  counts: countsSchema,
  /** `null` while nobody lets the whole phase stand still. */
  pause: pauseViewSchema.nullable(),
});
export type PhaseView = z.infer<typeof phaseViewSchema>;

export const gateDecisionViewSchema = z.object({
  decision: gateDecisionSchema,
  round: z.int(),
  reason: z.string().nullable(),
  /** The criteria as the decision found them. */
  criteria: z.array(
    z.object({ text: z.string(), state: z.enum(['unchecked', 'met', 'unmet', 'waived']) }),
  ),
  by: z.string(),
  at: z.string(),
});
export type GateDecisionView = z.infer<typeof gateDecisionViewSchema>;

export const gateViewSchema = z.object({
  id: z.string(),
  planId: z.string(),
  key: z.string(),
  title: z.string(),
  kind: z.enum(['human', 'checkpoint']),
  state: gateStateSchema,
  round: z.int(),
  line: z.int(),
  /** The phase under which it is shown; `null`: the plan's. */
  phaseId: z.string().nullable(),
  /** A manual one is opened by a person. */
  trigger: z.enum(['after_phase', 'before_phase', 'after_subtask', 'manual']),
  criteria: z.array(
    z.object({
      id: z.string(),
      text: z.string(),
      kind: z.enum(['manual', 'check']),
      state: z.enum(['unchecked', 'met', 'unmet', 'waived']),
      /** Who said so, and when; `null` while nobody has. */
      checkedBy: z.string().nullable(),
      checkedAt: z.string().nullable(),
    }),
  ),
  openedAt: z.string().nullable(),
  /** The newest one. */
  decision: gateDecisionViewSchema.nullable(),
});
export type GateView = z.infer<typeof gateViewSchema>;

export const planViewSchema = z.object({
  id: z.string(),
  /** What people call it: its path in the workspace, with `@name` where a file holds several. */
  path: z.string(),
  /** The file to show, workspace-relative, with `/`; of a plan of many files the best one. */
  file: z.string(),
  title: z.string(),
  format: z.string(),
  /** Where statuses are written, when that is not at each subtask. */
  statusNote: z.string().nullable(),
  state: planStateSchema,
  /** Whether something carries it out; one that is paused does not. */
  isBeingRun: z.boolean(),
  /** `null` while nobody lets the whole plan stand still. */
  pause: pauseViewSchema.nullable(),
  counts: countsSchema,
  phases: z.array(phaseViewSchema),
  gates: z.array(gateViewSchema),
  problems: z.array(problemViewSchema),
  /** The branch that proven work is merged into; `null` before the first run. */
  workBranch: z.string().nullable(),
  baseBranch: z.string().nullable(),
  /** The agent that the plan or the workspace names. */
  agent: z.string().nullable(),
  /** Estimated milliseconds until all is done; `null`: unknown. */
  etaMs: z.number().nullable(),
});
export type PlanView = z.infer<typeof planViewSchema>;

/** What a pending subtask waits for that is not in its plan. */
export const waitViewSchema = z.object({
  kind: z.enum(['retry', 'agent', 'budget']),
  /** When that is over by itself; `null`: when a person does something. */
  until: z.string().nullable(),
});
export type WaitView = z.infer<typeof waitViewSchema>;

export const subtaskViewSchema = z.object({
  id: z.string(),
  planId: z.string(),
  phaseId: z.string().nullable(),
  /** Identity within the plan. */
  key: z.string(),
  title: z.string(),
  status: subtaskStatusSchema,
  proof: proofSchema.nullable(),
  /** Proven, but its files were changed after that by something else. */
  proofOutdated: z.boolean(),
  statusReason: z.string().nullable(),
  /** The file's own word when last read. */
  fileStatus: z.string().nullable(),
  /** The same in our words: a claim. `null`: the file does not have the subtask any more. */
  fileSays: subtaskStatusSchema.nullable(),
  /** Its file leaves it out, and nothing else is known: neither done nor to be done. */
  leftOut: z.boolean(),
  position: z.int(),
  /** From 1: in which turn the dependencies alone would let it run; `null`: never. */
  wave: z.int().nullable(),
  /** The turn that the plan's files declare; `null`: none. */
  declaredWave: z.string().nullable(),
  /** The file where it stands, workspace-relative. */
  file: z.string(),
  line: z.int(),
  optional: z.boolean(),
  files: z.array(z.string()),
  labels: z.array(z.string()),
  dependsOn: z.array(
    z.object({ key: z.string(), kind: z.enum(['declared', 'implied', 'conflict']) }),
  ),
  /** The checks that will prove it, as text. */
  checks: z.array(z.string()),
  /** One sentence each; empty when it is ready, running or over. */
  whyNotReady: z.array(z.string()),
  /** `null` when it waits for nothing, or for something of its plan first. */
  waitsFor: waitViewSchema.nullable(),
  /** Who lets it stand still, it alone or its whole phase; a pause of the plan is the plan's. */
  pause: pauseViewSchema.extend({ of: z.enum(['subtask', 'phase']) }).nullable(),
  /** Those that counted. */
  attempts: z.int(),
  attemptLimit: z.int(),
  lastRunId: z.string().nullable(),
  /** Whether its last run was cut off in the middle and could go on where it was. */
  canResume: z.boolean(),
});
export type SubtaskView = z.infer<typeof subtaskViewSchema>;

export const lastEventSchema = z.object({ type: z.string(), text: z.string(), at: z.string() });

export const runViewSchema = z.object({
  id: z.string(),
  planId: z.string(),
  executionId: z.string().nullable(),
  subtaskId: z.string(),
  subtaskKey: z.string(),
  title: z.string(),
  agentKey: z.string(),
  agentVersion: z.string().nullable(),
  model: z.string().nullable(),
  attempt: z.int(),
  state: runStateSchema,
  outcome: runOutcomeSchema.nullable(),
  verdict: verdictSchema.nullable(),
  stopReason: z.string().nullable(),
  error: z.string().nullable(),
  baseCommit: z.string().nullable(),
  headCommit: z.string().nullable(),
  mergeCommit: z.string().nullable(),
  branch: z.string().nullable(),
  worktree: z.string().nullable(),
  tokensIn: z.int(),
  tokensOut: z.int(),
  /** `null`: the agent did not say. */
  costMicros: z.int().nullable(),
  turns: z.int(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  /** Since when it stands still; `null` while it does not. */
  pausedSince: z.string().nullable(),
  /** How long it stood still before. */
  pausedMs: z.int(),
  endedAt: z.string().nullable(),
  lastEvent: lastEventSchema.nullable(),
});
export type RunView = z.infer<typeof runViewSchema>;

export const executionViewSchema = z.object({
  id: z.string(),
  planId: z.string(),
  scope: z.enum(['plan', 'phase', 'subtask']),
  scopeRef: z.string().nullable(),
  state: executionStateSchema,
  /** Why it waits or how it ended, in one sentence. */
  message: z.string().nullable(),
  /** Set while nothing can go on before a person decides. */
  waitsForPerson: z.boolean(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
});
export type ExecutionView = z.infer<typeof executionViewSchema>;

export const needViewSchema = z.object({
  /** Id of what waits: gate, permission request, subtask, escalation, firing, budget; an agent's key. */
  id: z.string(),
  kind: z.enum(['gate', 'permission', 'attention', 'escalation', 'trigger', 'agent', 'budget']),
  /**
   * How it stands, in the word of its kind, e.g. `open`, `acknowledged`, `broken`; of a subtask whose
   * last run could go on: `interrupted`.
   */
  state: z.string(),
  planId: z.string().nullable(),
  subtaskId: z.string().nullable(),
  runId: z.string().nullable(),
  title: z.string(),
  detail: z.string(),
  /** The answers it takes, in order; the ids go back as they are. */
  options: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      kind: z.enum(['allow_once', 'allow_always', 'reject_once', 'reject_always']),
    }),
  ),
  since: z.string(),
  /** When it is over by itself; absent: when a person does something. */
  until: z.string().optional(),
});
export type NeedView = z.infer<typeof needViewSchema>;

export const eventViewSchema = z.object({
  runId: z.string(),
  /** From 1, without gaps. */
  sequence: z.int(),
  type: z.string(),
  at: z.string(),
  actor: z.string(),
  toolName: z.string().nullable(),
  /** One readable line or block of plain text; secrets are masked. */
  text: z.string(),
  payload: z.json(),
});
export type EventView = z.infer<typeof eventViewSchema>;

export const checkViewSchema = z.object({
  ordinal: z.int(),
  /** As its plan or spec names it; empty for a check that nobody knows any more. */
  id: z.string(),
  type: z.string(),
  label: z.string(),
  required: z.boolean(),
  outcome: checkOutcomeSchema.nullable(),
  message: z.string(),
  exitCode: z.int().nullable(),
  /** What was run. */
  command: z.string().nullable(),
  /** The last lines of its output. */
  tail: z.string().nullable(),
  durationMs: z.number().nullable(),
  /** The output's artifact. */
  artifactId: z.string().nullable(),
});
export type CheckView = z.infer<typeof checkViewSchema>;

export const verificationViewSchema = z.object({
  id: z.string(),
  runId: z.string().nullable(),
  tree: z.enum(['worktree', 'merged', 'workspace']),
  commit: z.string().nullable(),
  /** Hash of the files that were judged. */
  treeHash: z.string().nullable(),
  /** The files are not what they were when they were judged. */
  stale: z.boolean(),
  dirty: z.boolean(),
  state: z.enum(['queued', 'running', 'ended']),
  verdict: verdictSchema.nullable(),
  /** 0 to 1, by weight; `null` without results. */
  score: z.number().nullable(),
  message: z.string().nullable(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  checks: z.array(checkViewSchema),
});
export type VerificationView = z.infer<typeof verificationViewSchema>;

export const agentViewSchema = z.object({
  key: z.string(),
  displayName: z.string(),
  /** `null`: not found on the PATH. */
  version: z.string().nullable(),
  installed: z.boolean(),
  /** `paused`: its provider had trouble; `broken`: it could not be started several times in a row. */
  state: z.enum(['ok', 'paused', 'broken']),
  reason: z.string().nullable(),
  /** Troubles in a row, until it works again. */
  failures: z.int(),
  /** When a paused one is tried again; `null`: when a person resumes it. */
  retryAt: z.string().nullable(),
});
export type AgentView = z.infer<typeof agentViewSchema>;

/** A command of a plan, shown for approval before it runs for the first time. */
export const commandViewSchema = z.object({
  /** sha256 of the exact text. */
  hash: z.string(),
  command: z.string(),
  workingDirectory: z.string(),
  approved: z.boolean(),
  /** Keys of the subtasks that use it. */
  usedBy: z.array(z.string()),
});
export type CommandView = z.infer<typeof commandViewSchema>;

/** Changed things, whole; a client replaces what it has by id. */
export const deltaSchema = z.object({
  plans: z.array(planViewSchema).default([]),
  subtasks: z.array(subtaskViewSchema).default([]),
  executions: z.array(executionViewSchema).default([]),
  runs: z.array(runViewSchema).default([]),
  needs: z.array(needViewSchema).default([]),
  events: z.array(eventViewSchema).default([]),
  /** Ids that are gone. */
  removed: z
    .object({
      plans: z.array(z.string()).default([]),
      subtasks: z.array(z.string()).default([]),
      needs: z.array(z.string()).default([]),
    })
    .default({ plans: [], subtasks: [], needs: [] }),
});
export type Delta = z.infer<typeof deltaSchema>;
