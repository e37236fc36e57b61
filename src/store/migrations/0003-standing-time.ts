import type { Migration } from './migration';

const sql = `
-- Since when the run stands still: it is paused, or waits for an answer. NULL: it works. A run that
-- ended while it stood still keeps it: there its work had ended.
ALTER TABLE runs ADD COLUMN still_since TEXT;
`;

/** Time in which a run stands still is not its own. */
export const standingTime: Migration = { version: 3, name: 'standing-time', sql };
