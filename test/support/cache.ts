import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where downloads that outlive a checkout are kept. `RUNSHEET_CACHE` overrides the place. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const { RUNSHEET_CACHE: own, XDG_CACHE_HOME: shared } = env;
  if (own !== undefined && own !== '') return resolve(own);
  if (shared !== undefined && shared !== '') return resolve(shared, 'runsheet');
  return join(homedir(), '.cache', 'runsheet');
}
