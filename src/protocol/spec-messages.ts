import { z } from 'zod';
import { agentSpecSchema } from '../model/agent-spec';
import { idSchema, nothing, reasonSchema, request } from './request';

// Agent specs, as people write them and as the rules make them.

export const specSummarySchema = z.object({
  name: z.string(),
  revision: z.int(),
  displayName: z.string(),
  icon: z.string().nullable(),
  taskType: z.string(),
  /** Key of the agent; `null`: whoever the plan or the workspace names. */
  agent: z.string().nullable(),
  priority: z.int(),
  tags: z.array(z.string()),
  subtask: z.object({ plan: z.string(), key: z.string() }).nullable(),
  retiredAt: z.string().nullable(),
  createdAt: z.string(),
  createdBy: z.string(),
});
export type SpecSummaryView = z.infer<typeof specSummarySchema>;

/** A revision of a spec, or what a subtask has by rules before anything of it is stored. */
export const specViewSchema = z.object({
  /** 0: not stored yet. */
  revision: z.int(),
  spec: agentSpecSchema,
  /** How the spec of a subtask was found; by its name it is `stored`. */
  origin: z.enum(['named', 'person', 'derived', 'stored']),
  /** Why it is this one, as half a sentence; empty for one that was asked for by its name. */
  rule: z.string(),
  /** Whether its checks are its plan's, because it has none of its own. */
  checksOfPlan: z.boolean(),
  /** The file that it was set from, relative to the workspace. */
  path: z.string().nullable(),
  retiredAt: z.string().nullable(),
  createdAt: z.string().nullable(),
  createdBy: z.string().nullable(),
});
export type SpecView = z.infer<typeof specViewSchema>;

const name = z.string().min(1).max(100);
/** The revision that the change was made from, 0 for none: another one is a `version_conflict`. */
const expected = z.int().min(0).optional();

/** Current specs of people; with `all` derived and retired ones, too. */
export const listSpecs = request(
  'spec/list',
  z.object({ all: z.boolean().default(false), tag: z.string().optional() }),
  z.object({ specs: z.array(specSummarySchema) }),
);

/** Errors: `not_found`. */
export const readSpec = request(
  'spec/read',
  z.object({ name, revision: z.int().min(1).optional() }),
  specViewSchema,
);

/**
 * What the next run of a subtask would be asked. Errors: `not_found`, also for the name of a spec
 * in a file that nobody has set.
 */
export const specOfSubtask = request(
  'spec/ofSubtask',
  z.object({
    planId: idSchema,
    key: z.string(),
    /** What the rules make of it, although another spec was set. */
    derived: z.boolean().default(false),
  }),
  specViewSchema,
);

/**
 * Sets a spec: a new name, or the next revision of one. Checks that are those of its subtask's plan
 * stay the plan's. Errors: `validation` (details: `issues`, see `specIssuesSchema`),
 * `version_conflict` (details: current_version, current), `not_trusted`, `forbidden`.
 */
export const putSpec = request(
  'spec/put',
  z.object({ spec: z.json(), expected, path: z.string().max(500).optional() }),
  specViewSchema,
);

/** Errors: `not_found`, `version_conflict`, `validation` while another spec falls back on it. */
export const retireSpec = request(
  'spec/retire',
  z.object({ name, expected, reason: reasonSchema.default('') }),
  nothing,
);

/** In the details of a `validation` error of `putSpec`: where in the document, and what. */
export const specIssuesSchema = z.array(
  z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() }),
);
export type SpecIssues = z.infer<typeof specIssuesSchema>;
