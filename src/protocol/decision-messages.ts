import { z } from 'zod';
import { handlerKindSchema, rejectionTypeSchema } from '../model/routing';
import {
  escalationReasonSchema,
  escalationStatusSchema,
  rejectionResolutionSchema,
  subtaskStatusSchema,
} from '../model/status';
import { idSchema, nothing, reasonSchema, request } from './request';

// A person's decisions on rejected work and escalations, and the routes that rejections take.

const words = reasonSchema.min(1);

export const rejectionViewSchema = z.object({
  id: z.string(),
  type: z.string(),
  reason: z.string(),
  /** From 1, over the open rejections of the type. */
  round: z.int(),
  /** `same_run`, `agent_spec:<name>`, or the person that it went to. */
  routedTo: z.string(),
  runId: z.string().nullable(),
  /** What had been verified of the work last. */
  verificationId: z.string().nullable(),
  /** Whether the decision on a gate rejected it. */
  byGate: z.boolean(),
  resolution: rejectionResolutionSchema.nullable(),
  resolvedBy: z.string().nullable(),
  resolvedAt: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
});
export type RejectionView = z.infer<typeof rejectionViewSchema>;

/** Sends work back. Errors: `forbidden`, `validation`, `not_ready`, `not_found`. */
export const rejectSubtask = request(
  'subtask/reject',
  z.object({ planId: idSchema, key: z.string(), type: rejectionTypeSchema, reason: words }),
  z.object({
    rejectionId: z.string(),
    round: z.int(),
    routedTo: z.string(),
    status: subtaskStatusSchema,
    /** Set when it was one rejection too many. */
    escalationId: z.string().nullable(),
    /** Why its next run could not be started at once; `null` when it was, or when none is due. */
    notStarted: z.string().nullable(),
  }),
);

export const listRejections = request(
  'subtask/rejections',
  z.object({ planId: idSchema, key: z.string() }),
  z.object({ rejections: z.array(rejectionViewSchema) }),
);

/** Takes a rejection back, or passes over it. Errors: `not_ready` when it is settled. */
export const resolveRejection = request(
  'rejection/resolve',
  z.object({
    id: idSchema,
    resolution: rejectionResolutionSchema.exclude(['fixed']),
    reason: words,
  }),
  nothing,
);

export const escalationViewSchema = z.object({
  id: z.string(),
  planId: z.string().nullable(),
  subtaskId: z.string(),
  /** `null` when the subtask's plan is not in the workspace. */
  subtaskKey: z.string().nullable(),
  title: z.string(),
  runId: z.string().nullable(),
  rejectionId: z.string().nullable(),
  reason: escalationReasonSchema,
  detail: z.string(),
  /** `person`, or `person:<name>`. */
  to: z.string(),
  status: escalationStatusSchema,
  resolution: z.string().nullable(),
  createdAt: z.string(),
  acknowledgedBy: z.string().nullable(),
  acknowledgedAt: z.string().nullable(),
  resolvedBy: z.string().nullable(),
  resolvedAt: z.string().nullable(),
});
export type EscalationView = z.infer<typeof escalationViewSchema>;

export const listEscalations = request(
  'escalation/list',
  z.object({ open: z.boolean(), limit: z.int().min(1).max(1000) }),
  z.object({ escalations: z.array(escalationViewSchema) }),
);

/** Asks a person about a subtask: nothing is run for it until that is settled. */
export const escalateSubtask = request(
  'subtask/escalate',
  z.object({
    planId: idSchema,
    key: z.string(),
    reason: words,
    to: z
      .string()
      .regex(/^person(:.{1,90})?$/)
      .default('person'),
  }),
  escalationViewSchema,
);

export const decideEscalation = request(
  'escalation/decide',
  z.discriminatedUnion('decision', [
    z.object({ id: idSchema, decision: z.literal('acknowledge') }),
    z.object({
      id: idSchema,
      decision: z.literal('resolve'),
      /** What was decided. */
      resolution: words,
      /** Whether the subtask is tried once more. */
      again: z.boolean(),
    }),
    z.object({ id: idSchema, decision: z.literal('cancel'), reason: words }),
  ]),
  escalationViewSchema,
);

const ruleName = {
  /** `null`: for every plan. */
  planId: idSchema.nullable(),
  /** `_default` stands for all types that no other rule names. */
  type: z.union([rejectionTypeSchema, z.literal('_default')]),
};
export const routeViewSchema = z.object({
  planId: z.string().nullable(),
  type: z.string(),
  handler: handlerKindSchema,
  /** Name of the agent spec, for `agent_spec`. */
  spec: z.string().nullable(),
  maxRounds: z.int(),
  escalateTo: z.string(),
  enabled: z.boolean(),
  updatedBy: z.string(),
  updatedAt: z.string(),
});
export type RouteView = z.infer<typeof routeViewSchema>;

export const listRoutes = request(
  'route/list',
  nothing,
  z.object({ routes: z.array(routeViewSchema) }),
);

/** What is not given keeps its value, or takes the usual one. Errors: `validation`, `not_found`. */
export const setRoute = request(
  'route/set',
  z.object({
    ...ruleName,
    handler: handlerKindSchema.optional(),
    spec: z.string().max(100).optional(),
    maxRounds: z.int().min(1).max(20).optional(),
    escalateTo: z
      .string()
      .regex(/^person(:.{1,90})?$/)
      .optional(),
    enabled: z.boolean().optional(),
  }),
  routeViewSchema,
);

export const deleteRoute = request('route/delete', z.object(ruleName), nothing);
