import { z } from 'zod';

/** Characters that an agent is told at most beside its task. */
export const longestGuidance = 20_000;

/** What is already decided about the next run of a subtask; the schedule says when it starts. */
export const nextRunSchema = z.object({
  because: z.enum(['retry', 'fallback', 'route', 'resume']),
  /** Id of the agent spec revision; `null`: what the plan says by then. */
  specId: z.string().nullable(),
  /** Id of the run whose worktree and conversation it goes on with; `null`: it begins anew. */
  continues: z.string().nullable(),
  /** Whether the work is only checked and merged: its agent had finished. */
  closeOut: z.boolean(),
  /** Whether it resolves a conflict: the plan's branch is merged into its worktree first. */
  resolvesConflict: z.boolean().optional(),
  /** UTC text before which it does not start; `null`: at once. */
  notBefore: z.string().nullable(),
  /** What the agent is told beside its task: what failed, or why it was rejected. */
  guidance: z.string().max(longestGuidance).nullable(),
});
export type NextRun = z.output<typeof nextRunSchema>;
