import { z } from 'zod';
import type { Leaf } from '../../model/progress';
import { proofSchema, subtaskStatusSchema } from '../../model/status';
import type { Connection } from '../connection';
import { flag } from './columns';

const leafRow = z.object({
  status: subtaskStatusSchema,
  proof: proofSchema.nullable(),
  optional: flag,
  leftOut: flag,
});

/** The subtasks of a plan or phase, for what follows from all of them. */
export function readLeaves(db: Connection, of: 'plan_id' | 'phase_id', id: string): Leaf[] {
  return db.all(
    leafRow,
    `SELECT status, proof, optional, left_out AS leftOut FROM subtasks
     WHERE ${of} = ? AND removed_at IS NULL`,
    id,
  );
}
