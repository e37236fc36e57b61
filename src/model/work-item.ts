import { z } from 'zod';

// Work that is tracked beside plans, in a tree.

export const workItemTypeSchema = z.enum(['project', 'session', 'task', 'research']);
export type WorkItemType = z.infer<typeof workItemTypeSchema>;

/** Depth of the deepest item; items without a parent have depth 0. */
export const deepestWorkItem = 5;

export const titleSchema = z.string().trim().min(1).max(200);

const quarterSchema = z.string().regex(/^\d{4}-Q[1-4]$/);
const texts = z.array(z.string()).default([]);
/** What a source says that has no field of its own. */
const extra = z.record(z.string(), z.unknown()).default({});
const hours = z.number().min(0).max(1000).nullable().default(null);

/**
 * What is kept of an item beside its columns, by its type. Items that come from a file may lack
 * what the type asks for: `null` is "not said".
 */
export const workItemMetadataSchemas = {
  project: z.strictObject({
    description: z.string().max(1000).nullable().default(null),
    target_quarter: quarterSchema.nullable().default(null),
    principles: texts,
    extra,
  }),
  session: z.strictObject({
    token_budget: z.int().min(1000).max(1_000_000).nullable().default(null),
    prompts_count: z.int().min(0).default(0),
    frontmatter: z.record(z.string(), z.unknown()).nullable().default(null),
    extra,
  }),
  task: z.strictObject({ estimated_hours: hours, actual_hours: hours, acceptance: texts, extra }),
  research: z.strictObject({
    research_questions: texts,
    findings_summary: z.string().max(2000).nullable().default(null),
    references: texts,
    extra,
  }),
} as const;
