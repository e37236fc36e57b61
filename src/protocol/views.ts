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
  total: z.int(),
  /** Proven or accepted. */
  done: z.int(),
  proven: z.int(),
  claimed: z.int(),
  running: z.int(),
  failed: z.int(),
  needsAttention: z.int(),
  skipped: z.int(),
});
export type Counts = z.infer<typeof countsSchema>;

export const problemViewSchema = z.object({
  rule: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  line: z.int(),
  message: z.string(),
});
export type ProblemView = z.infer<typeof problemViewSchema>;

export const phaseViewSchema = z.object({
  id: z.string(),
  key: z.string(),
  title: z.string(),
  position: z.int(),
  /** 1-based line of its heading. */
  line: z.int(),
  status: phaseStatusSchema,
  counts: countsSchema,
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
  /** Workspace-relative, with `/`. */
  path: z.string(),
  title: z.string(),
  format: z.string(),
  state: planStateSchema,
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

export const subtaskViewSchema = z.object({
  id: z.string(),
  planId: z.string(),
  phaseId: z.string().nullable(),
  /** Identity within the plan. */
  key: z.string(),
  title: z.string(),
  status: subtaskStatusSchema,
  proof: proofSchema.nullable(),
  statusReason: z.string().nullable(),
  /** The file's own word when last read. */
  fileStatus: z.string().nullable(),
  position: z.int(),
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
  attempts: z.int(),
  lastRunId: z.string().nullable(),
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
  /** Id of the thing that waits: gate, permission request, subtask, escalation, firing. */
  id: z.string(),
  kind: z.enum(['gate', 'permission', 'attention', 'escalation', 'trigger']),
  /** How it stands, in the word of its kind, e.g. `open`, `acknowledged`. */
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
  type: z.string(),
  label: z.string(),
  required: z.boolean(),
  outcome: checkOutcomeSchema.nullable(),
  message: z.string(),
  exitCode: z.int().nullable(),
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
  dirty: z.boolean(),
  state: z.enum(['queued', 'running', 'ended']),
  verdict: verdictSchema.nullable(),
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
