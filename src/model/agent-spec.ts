import { z } from 'zod';
import { toolPolicySchema } from './tool-policy';
import { validatorListSchema } from './validator';

export const taskTypeSchema = z.enum([
  'coding',
  'testing',
  'refactoring',
  'documentation',
  'audit',
  'custom',
]);
export type TaskType = z.infer<typeof taskTypeSchema>;

export interface TaskBudget {
  turns: number;
  seconds: number;
}

/** Turns and seconds that a run of each task type gets by default. */
export const taskBudgets: Readonly<Record<TaskType, TaskBudget>> = {
  coding: { turns: 50, seconds: 1800 },
  testing: { turns: 30, seconds: 600 },
  refactoring: { turns: 40, seconds: 1200 },
  documentation: { turns: 25, seconds: 900 },
  audit: { turns: 20, seconds: 600 },
  custom: { turns: 30, seconds: 900 },
};

export const gateModeSchema = z.enum(['all_pass', 'any_pass', 'weighted']);
export const retryPolicySchema = z.enum(['none', 'fixed', 'exponential']);
export type RetryPolicy = z.infer<typeof retryPolicySchema>;

/** Lower-case letters, digits and hyphens, none of them at an end. */
export const specNameSchema = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(?:-+[a-z0-9]+)*$/, 'a name has small letters, digits and -');

/** How agents are named: those that Runsheet knows, and those of `runsheet.yml`. */
export const agentKeySchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,49}$/, 'the key of an agent has small letters, digits and -');

// The descriptions are for editors, too: the schema in `resources/schemas` is made of these.
const acceptanceShape = z.strictObject({
  validators: validatorListSchema
    .default([])
    .describe('The checks. Without any, those of the plan count.'),
  gate_mode: gateModeSchema
    .default('all_pass')
    .describe('all_pass: every check; any_pass: one; weighted: their score is at least min_score.'),
  min_score: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .default(null)
    .describe('From 0 to 1; with gate_mode "weighted" only.'),
  retry_policy: retryPolicySchema
    .default('none')
    .describe('fixed: always the same delay; exponential: twice as long each time.'),
  max_retries: z.int().min(0).max(10).default(0).describe('0 without a retry_policy.'),
  retry_delay_ms: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(1000)
    .describe('Milliseconds before the first retry.'),
  fallback: specNameSchema
    .nullable()
    .default(null)
    .describe('Name of the spec that has one try when the retries are used up.'),
});

/** When a run has succeeded, and what follows when it has not. */
export const acceptanceSchema = acceptanceShape.superRefine((acceptance, context) => {
  const { validators, gate_mode: mode, min_score: score, retry_policy: retry } = acceptance;
  const refuse = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  if ((mode === 'weighted') !== (score !== null))
    refuse('min_score', 'min_score belongs to gate_mode "weighted", and only to it');
  if ((retry === 'none') !== (acceptance.max_retries === 0))
    refuse('max_retries', 'retries need a retry_policy, and a retry_policy needs max_retries');
  if (mode === 'weighted' && validators.every(({ weight }) => weight === 0))
    refuse('validators', 'with gate_mode "weighted" at least one validator has a weight');
});
export type Acceptance = z.output<typeof acceptanceSchema>;

const agentSpecShape = z.strictObject({
  spec_version: z.literal('v1').default('v1'),
  name: specNameSchema.describe('What plans call it (spec: NAME). Its changes are its revisions.'),
  display_name: z.string().trim().min(1).max(255).describe('What people read.'),
  icon: z.string().max(50).nullable().default(null).describe('Name of a codicon, e.g. beaker.'),
  objective: z.string().trim().min(10).max(20_000).describe('What the agent is asked to do.'),
  task_type: taskTypeSchema,
  agent: agentKeySchema
    .nullable()
    .default(null)
    .describe('Key of an agent; null: whoever the plan or the workspace names.'),
  context: z.record(z.string(), z.json()).default({}).describe('Anything else that is known.'),
  tool_policy: toolPolicySchema
    .default(() => toolPolicySchema.parse({}))
    .describe('What the agent may do.'),
  max_turns: z.int().min(1).max(500),
  timeout_seconds: z.int().min(60).max(7200),
  max_tokens: z.int().min(1000).nullable().default(null).describe('In and out together.'),
  max_cost_micros: z
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe('Millionths of a US dollar, as far as the agent says what it costs.'),
  priority: z.int().min(1).max(9999).default(500).describe('Lower runs first.'),
  tags: z.array(z.string().min(1).max(50)).max(20).default([]),
  parent: specNameSchema
    .nullable()
    .default(null)
    .describe('Name of the spec that this one was made from.'),
  subtask: z
    .strictObject({ plan: z.string().min(1), key: z.string().min(1) })
    .nullable()
    .default(null)
    .describe("The subtask that it is for: its plan's path and its key; null: any that names it."),
  acceptance: acceptanceSchema
    .default(() => acceptanceSchema.parse({}))
    .describe('When the work is done, and what follows when it is not.'),
});

/**
 * An agent spec as people write and read it: everything that decides what a run does and when it
 * has succeeded. Immutable once stored; a change is the next revision of its name. Its twin for
 * editors is `resources/schemas/agent-spec.schema.json`.
 */
export const agentSpecSchema = agentSpecShape.superRefine(
  ({ name, parent, acceptance }, context) => {
    const refuse = (path: string[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    if (acceptance.fallback === name)
      refuse(
        ['acceptance', 'fallback'],
        'a spec is not its own fallback: name another spec, or null',
      );
    if (parent === name)
      refuse(['parent'], 'a spec is not its own parent: its revisions tell that');
  },
);
export type AgentSpec = z.output<typeof agentSpecSchema>;

/** Why a field of a derived spec has its value; kept in `context.derivation`. */
export const derivationSchema = z.array(
  z.object({ field: z.string(), value: z.json(), rule: z.string() }),
);
export type Derivation = z.output<typeof derivationSchema>;

/** The rules that a derived spec was made by; empty for what a person wrote. */
export function derivationOf(spec: AgentSpec): Derivation {
  return derivationSchema.safeParse(spec.context['derivation']).data ?? [];
}

/** The spec as a person has decided it: no rule made it. */
export function withoutDerivation(spec: AgentSpec): AgentSpec {
  const { derivation: _derivation, ...context } = spec.context;
  return { ...spec, context };
}

/** What a plan file or `runsheet.yml` says about specs; `null` leaves it to the next in line. */
export interface SpecHints {
  /** Name of a stored spec to use. */
  spec: string | null;
  taskType: TaskType | null;
  maxTurns: number | null;
  timeoutSeconds: number | null;
  maxTokens: number | null;
  maxCostMicros: number | null;
  priority: number | null;
  /** How many attempts count before a person is asked. */
  attempts: number | null;
  accept: Pick<Acceptance, 'gate_mode' | 'min_score'> | null;
  retry: Pick<Acceptance, 'retry_policy' | 'max_retries' | 'retry_delay_ms'> | null;
  /** Name of the stored spec that has one try when the retries are used up. */
  fallback: string | null;
  policy: Partial<z.output<typeof toolPolicySchema>> | null;
}

export const noHints: SpecHints = {
  spec: null,
  taskType: null,
  maxTurns: null,
  timeoutSeconds: null,
  maxTokens: null,
  maxCostMicros: null,
  priority: null,
  attempts: null,
  accept: null,
  retry: null,
  fallback: null,
  policy: null,
};
