import type { Migration } from './migration';

const sql = `
-- Whether the plan's file leaves the subtask out, as last read: cancelled, deferred, struck out.
ALTER TABLE subtasks ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0 CHECK (left_out IN (0, 1));

-- Nothing ever wrote or read it: which files belong to a plan follows from its format and path.
ALTER TABLE plans DROP COLUMN extra_paths;
`;

/** What a file leaves out is neither done nor to be done. */
export const leftOut: Migration = { version: 5, name: 'left-out', sql };
