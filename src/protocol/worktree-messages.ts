import { z } from 'zod';
import { idSchema, request } from './request';

// What worktrees and stored outputs take of the disk, and giving it back.

/** Work that would be lost with a worktree; the lists are cut, the counts are not. */
const lostWorkSchema = z.object({
  uncommitted: z.array(z.string()),
  uncommittedCount: z.int(),
  /** Newest first. */
  unmerged: z.array(z.object({ commit: z.string(), subject: z.string() })),
  unmergedCount: z.int(),
  /** Says with a request that one agrees to lose exactly this. */
  digest: z.string(),
});
export type LostWorkView = z.infer<typeof lostWorkSchema>;

export const worktreeViewSchema = z.object({
  /** `runs/t01-1a2b3c4d`, `plans/demo`. */
  id: z.string(),
  kind: z.enum(['run', 'plan']),
  state: z.enum(['live', 'work', 'merged', 'leftover', 'checks', 'plan']),
  path: z.string(),
  branch: z.string().nullable(),
  bytes: z.number(),
  planId: z.string().nullable(),
  planPath: z.string().nullable(),
  subtaskKey: z.string().nullable(),
  runId: z.string().nullable(),
  /** What it is, in one sentence. */
  text: z.string(),
  /** `null`: nothing would be lost. */
  lost: lostWorkSchema.nullable(),
});
export type WorktreeView = z.infer<typeof worktreeViewSchema>;

const usageSchema = z.object({ files: z.int(), bytes: z.number() });

/** Every worktree that was made for this workspace, and how much stored outputs take. */
export const listWorktrees = request(
  'worktree/list',
  z.object({}),
  z.object({ worktrees: z.array(worktreeViewSchema), artifacts: usageSchema }),
);

/**
 * Deletes worktrees in which nothing would be lost, and those that are named with what may be lost;
 * and the files of old outputs, whose rows stay. Errors: `not_found`, `not_trusted`, `forbidden`.
 */
export const cleanWorktrees = request(
  'worktree/clean',
  z.object({
    /** All in which nothing would be lost. */
    allMerged: z.boolean().default(false),
    discard: z
      .array(z.object({ id: idSchema, digest: z.string().nullable() }))
      .max(10_000)
      .default([]),
    artifacts: z
      .object({
        olderThanMs: z.int().min(0).nullable().default(null),
        maxBytes: z.int().min(0).nullable().default(null),
      })
      .optional(),
  }),
  z.object({
    removed: z.array(worktreeViewSchema),
    kept: z.array(z.object({ id: z.string(), reason: z.string() })),
    /** How much was given back of stored outputs. */
    artifacts: usageSchema,
  }),
);
