import { z } from 'zod';
import { verdictSchema } from '../model/status';
import {
  idSchema as id,
  nothing,
  reasonSchema,
  request,
  type NotificationDefinition,
} from './request';
import {
  agentViewSchema,
  commandViewSchema,
  deltaSchema,
  eventViewSchema,
  noPlanViewSchema,
  planViewSchema,
  runViewSchema,
  verificationViewSchema,
} from './views';

/** Trust was granted (or taken back) after the hello. */
export const trustChanged: NotificationDefinition<{ trusted: boolean }> = {
  method: 'runsheet/trustChanged',
  params: z.object({ trusted: z.boolean() }),
};

/**
 * Whether an open document has changes that are not saved. The Language Server Protocol does not
 * tell; without it, a status could be written over an edit, or into a text that is behind the disk.
 */
export const unsavedChanged: NotificationDefinition<{ uri: string; unsaved: boolean }> = {
  method: 'runsheet/unsavedChanged',
  params: z.object({ uri: z.string(), unsaved: z.boolean() }),
};

/**
 * What the client shows. The answer is the present state of it; `changed` follows with every
 * change. A later subscription replaces an earlier one.
 */
export const subscribe = request(
  'subscribe',
  z.object({
    plans: z.boolean().default(false),
    needs: z.boolean().default(false),
    /** How many ended runs to begin with, beside all live ones; `null`: no runs. */
    runs: z.int().min(0).max(1000).nullable().default(null),
    /** Runs whose events are wanted, from which sequence on. */
    events: z.array(z.object({ runId: id, after: z.int().min(0) })).default([]),
  }),
  deltaSchema,
);
export const changed: NotificationDefinition<z.infer<typeof deltaSchema>> = {
  method: 'runsheet/changed',
  params: deltaSchema,
};

/** Reads a file as a plan although discovery did not find it. */
export const openPlan = request(
  'plan/open',
  z.object({ path: z.string(), format: z.string().optional() }),
  z.object({
    plans: z.array(planViewSchema),
    /** Where the file holds none, and is known for something else. */
    noPlan: noPlanViewSchema.nullable(),
  }),
);

/** The formats that a file can be opened as. */
export const listFormats = request(
  'plan/formats',
  z.object({}),
  z.object({ formats: z.array(z.object({ name: z.string(), title: z.string() })) }),
);

/** The plan in Runsheet's own format; nothing is written. */
export const convertPlan = request(
  'plan/convert',
  z.object({ planId: id }),
  z.object({
    text: z.string(),
    /** What could not be carried over, a sentence each; the text says it, too. */
    notCarried: z.array(z.string()),
  }),
);

const scope = {
  planId: id,
  /** Keys of subtasks; absent: all that the phases or the plan hold. */
  subtasks: z.array(z.string()).min(1).optional(),
  /** Keys, ids or titles of phases. */
  phases: z.array(z.string()).min(1).optional(),
};

/** What a run would do, before it is started. */
export const previewRun = request(
  'run/preview',
  z.object({ ...scope, agent: z.string().optional() }),
  z.object({
    subtasks: z.array(z.string()),
    commands: z.array(commandViewSchema),
    agent: agentViewSchema,
    /** Keys that the file claims as done and nobody has proven or accepted. */
    claims: z.array(z.string()),
    branch: z.string().nullable(),
    baseCommit: z.string(),
    dirtyPaths: z.array(z.string()),
  }),
);

export const approveCommands = request(
  'commands/approve',
  z.object({ planId: id, hashes: z.array(z.string().length(64)) }),
  z.object({ approved: z.int() }),
);

/**
 * Starts a plan execution. Errors: `not_trusted`, `not_approved` (details: commands),
 * `dirty_tree` (details: paths), `agent_missing`, `not_a_repository`, `not_found`.
 */
export const startRun = request(
  'run/start',
  z.object({
    ...scope,
    workers: z.int().min(1).max(32).optional(),
    agent: z.string().optional(),
    /** Take the file's ticks as done without checking them. */
    acceptClaims: z.boolean().default(false),
    /** Start although the checkout has changes; they are not part of the base commit. */
    allowDirty: z.boolean().default(false),
  }),
  z.object({ executionId: z.string() }),
);

/** Stops one run, one execution, a phase or all of a plan, or everything. */
export const stopRuns = request(
  'run/stop',
  z.object({
    runId: id.optional(),
    executionId: id.optional(),
    planId: id.optional(),
    /** With `planId`: key, id or title of a phase. */
    phase: z.string().optional(),
  }),
  z.object({ stopped: z.int() }),
);

/** Runs the subtask's checks again on the plan's branch, without an agent. */
export const verifySubtask = request(
  'subtask/verify',
  z.object({
    planId: id,
    key: z.string(),
    /** Id or text of one check, which is then run alone and proves nothing beside others. */
    check: z.string().min(1).optional(),
  }),
  z.object({
    verificationId: z.string(),
    verdict: verdictSchema,
    /** One sentence: what failed, or that all passed. */
    message: z.string(),
  }),
);

/**
 * A person's word on the subtasks named, or on those of the phases or the plan that allow it.
 * Errors: `not_ready`, `invalid_transition`, `validation` (a reason is missing).
 */
export const decideSubtasks = request(
  'subtask/decide',
  z.object({
    ...scope,
    action: z.enum(['accept', 'skip', 'reset', 'resume', 'cancel', 'block']),
    reason: reasonSchema.default(''),
  }),
  z.object({ count: z.int() }),
);

/** Lets a plan's executions, phases or subtasks stand still: nothing starts, live runs freeze. */
export const pauseRuns = request(
  'run/pause',
  z.object({ ...scope, reason: reasonSchema.default('') }),
  z.object({ count: z.int() }),
);

/** The opposite of `run/pause`. */
export const resumeRuns = request(
  'run/resume',
  z.object({ ...scope, reason: reasonSchema.default('') }),
  z.object({ count: z.int() }),
);

export const answerPermission = request(
  'permission/answer',
  z.object({ requestId: id, optionId: z.string() }),
  nothing,
);

export const listRuns = request(
  'run/list',
  z.object({ planId: id.optional(), limit: z.int().min(1).max(1000).default(100) }),
  z.object({ runs: z.array(runViewSchema) }),
);

/** A page of a run's events. */
export const listEvents = request(
  'run/events',
  z.object({
    runId: id,
    after: z.int().min(0).default(0),
    limit: z.int().min(1).max(1000).default(200),
  }),
  z.object({ events: z.array(eventViewSchema), more: z.boolean() }),
);

export const describeRun = request(
  'run/describe',
  z.object({ runId: id }),
  z.object({ run: runViewSchema, verifications: z.array(verificationViewSchema) }),
);

/** The run's change since its base commit. */
export const diffRun = request('run/diff', z.object({ runId: id }), z.object({ diff: z.string() }));

export const readArtifact = request(
  'artifact/read',
  z.object({ artifactId: id }),
  z.object({ text: z.string() }),
);

export const listAgents = request(
  'agent/list',
  z.object({ refresh: z.boolean().default(false) }),
  z.object({ agents: z.array(agentViewSchema) }),
);

export const engineStatus = request(
  'engine/status',
  nothing,
  z.object({
    engineId: z.string(),
    engineVersion: z.string(),
    pid: z.int(),
    workspace: z.string(),
    database: z.string(),
    schemaVersion: z.int(),
    startedAt: z.string(),
    clients: z.int(),
    liveRuns: z.int(),
    openGates: z.int(),
  }),
);

/** Ends the engine; refused with `limit` while runs are live, unless forced. */
export const stopEngine = request(
  'engine/stop',
  z.object({ force: z.boolean().default(false) }),
  nothing,
);

/** The error object of a failed request: a code, and details for the client. */
export const errorDataSchema = z.object({
  code: z.string(),
  details: z.record(z.string(), z.unknown()).default({}),
});
