import { z } from 'zod';
import {
  differenceSchema,
  permissionFactsSchema,
  runFactsSchema,
  verificationFactsSchema,
} from '../model/run-facts';
import { idSchema, request } from './request';

/** A run rebuilt from its events alone, and where its rows say something else. */
export const replayRun = request(
  'run/replay',
  z.object({ runId: idSchema }),
  z.object({
    run: runFactsSchema,
    verifications: z.array(verificationFactsSchema),
    permissions: z.array(permissionFactsSchema),
    /** What the events should tell and do not; a sentence each. */
    gaps: z.array(z.string()),
    /** Empty for a run that goes on: its rows may be a moment ahead. */
    differences: z.array(differenceSchema),
  }),
);
export type ReplayView = z.output<(typeof replayRun)['result']>;
