import { z } from 'zod';
import { query } from '../command';

const configurationRow = z.object({
  max_parallel_runs: z.int(),
  max_attempts: z.int(),
  claims_policy: z.enum(['ask', 'accept_imported']),
});
export type Configuration = z.output<typeof configurationRow>;

export const configuration = {
  read: query('configuration.read', (db): Configuration => {
    const row = db.get(
      configurationRow,
      `SELECT ${Object.keys(configurationRow.shape).join(', ')} FROM project_configuration
       WHERE id = 1`,
    );
    if (row === null) throw new Error('the configuration row is missing');
    return row;
  }),

  schemaVersion: query('configuration.schemaVersion', (db): number => {
    const row = db.get(
      z.object({ version: z.int() }),
      'SELECT max(version) AS version FROM schema_versions',
    );
    return row?.version ?? 0;
  }),
};
