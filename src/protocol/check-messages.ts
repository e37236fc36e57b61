import { z } from 'zod';
import { idSchema as id, nothing, reasonSchema, request } from './request';
import { verificationViewSchema } from './views';

/** All verifications of a subtask, newest first, those of its runs included. */
export const listVerifications = request(
  'check/list',
  z.object({ planId: id, key: z.string() }),
  z.object({ verifications: z.array(verificationViewSchema) }),
);

/** A person's word on a manual check, for the files as they were when it was last asked. */
export const confirmCheck = request(
  'check/confirm',
  z.object({
    planId: id,
    key: z.string(),
    /** Id of the check, or its instruction. */
    check: z.string().min(1),
    holds: z.boolean(),
    note: reasonSchema.default(''),
  }),
  nothing,
);

/** Stops checks that go on without a run: of a subtask, or all of a plan. */
export const stopChecks = request(
  'check/stop',
  z.object({ planId: id, key: z.string().optional() }),
  z.object({ stopped: z.int() }),
);
