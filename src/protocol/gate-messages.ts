import { z } from 'zod';
import { rejectionTypeSchema } from '../model/routing';
import { gateDecisionSchema } from '../model/status';
import { idSchema, reasonSchema, request } from './request';
import { gateDecisionViewSchema, gateViewSchema } from './views';

/**
 * Errors: `forbidden`, `validation`, `version_conflict` for another round than the one given,
 * `not_ready` for a gate that is reopened while runs behind it go on, `invalid_transition`.
 */
export const decideGate = request(
  'gate/decide',
  z.object({
    gateId: idSchema,
    decision: gateDecisionSchema,
    reason: reasonSchema.default(''),
    /** The round that the person saw. */
    round: z.int().min(1).optional(),
    /** With `reject`: keys of the subtasks that it is about; they are sent back. */
    subtasks: z.array(z.string()).max(500).optional(),
    /** With `subtasks`: what is wrong with them. */
    type: rejectionTypeSchema.optional(),
  }),
  gateViewSchema,
);

/** Opens a gate that nothing else opens. */
export const openGate = request('gate/open', z.object({ gateId: idSchema }), gateViewSchema);

/** Everything that was decided on a gate, the oldest first. */
export const listGateDecisions = request(
  'gate/decisions',
  z.object({ gateId: idSchema }),
  z.object({ decisions: z.array(gateDecisionViewSchema) }),
);
