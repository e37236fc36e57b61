import { z } from 'zod';

/** The options of `run` as the command line gives them. */
export const runOptionsSchema = z
  .object({
    subtask: z.array(z.string()).default([]),
    phase: z.array(z.string()).default([]),
    workers: z.int().nullable().default(null),
    agent: z.string().nullable().default(null),
    approveCommands: z.boolean().default(false),
    approveGates: z.boolean().default(false),
    acceptClaims: z.boolean().default(false),
    allowDirty: z.boolean().default(false),
    wait: z.boolean(),
  })
  .transform(({ subtask, phase, ...options }) => {
    return { ...options, subtasks: subtask, phases: phase };
  });
