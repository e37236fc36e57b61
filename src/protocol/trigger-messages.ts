import { z } from 'zod';
import { firingStateSchema } from '../model/status';
import {
  firesOnSchema,
  sourceKindSchema,
  triggerActionSchema,
  triggerConfigSchema,
  triggerDefinitionSchema,
} from '../model/trigger';
import { idSchema, nothing, request } from './request';

// What starts by itself when something else has happened.

export const triggerViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  sourceKind: sourceKindSchema,
  /** Id, or workflow type; `null`: any. */
  sourceRef: z.string().nullable(),
  /** The source as people call it. */
  source: z.string(),
  firesOn: firesOnSchema,
  action: triggerActionSchema,
  targetRef: z.string().nullable(),
  /** The target as people call it; `null` for `notify`. */
  target: z.string().nullable(),
  config: triggerConfigSchema,
  needsConfirmation: z.boolean(),
  maxChain: z.int(),
  enabled: z.boolean(),
});
export type TriggerView = z.infer<typeof triggerViewSchema>;

export const firingViewSchema = z.object({
  id: z.string(),
  trigger: z.string(),
  causeKey: z.string(),
  chainId: z.string(),
  /** From 1. */
  chainPosition: z.int(),
  state: firingStateSchema,
  /** The execution that it started. */
  startedRef: z.string().nullable(),
  message: z.string().nullable(),
  createdAt: z.string(),
  decidedBy: z.string().nullable(),
});
export type FiringView = z.infer<typeof firingViewSchema>;

export const listTriggers = request(
  'trigger/list',
  z.object({ limit: z.int().min(1).max(1000) }),
  z.object({ triggers: z.array(triggerViewSchema), firings: z.array(firingViewSchema) }),
);

/** Saves a trigger under its name. Errors: `forbidden`, `validation`, `not_found`. */
export const setTrigger = request(
  'trigger/set',
  triggerDefinitionSchema,
  z.object({ trigger: triggerViewSchema, warnings: z.array(z.string()) }),
);

export const deleteTrigger = request('trigger/delete', z.object({ name: z.string() }), nothing);

/** Lets a trigger fire now. Errors: those of what it starts. */
export const fireTrigger = request(
  'trigger/fire',
  z.object({ name: z.string() }),
  firingViewSchema,
);

/** Says yes or no to what a trigger would start. Errors: those of what it starts. */
export const decideFiring = request(
  'trigger/decide',
  z.object({ id: idSchema, decision: z.enum(['confirm', 'decline']) }),
  firingViewSchema,
);

/** Names the kind of work that a plan is, for triggers; `null` takes the name away. */
export const setWorkflow = request(
  'plan/workflow',
  z.object({
    planId: idSchema,
    type: z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,99}$/i)
      .nullable(),
  }),
  nothing,
);
