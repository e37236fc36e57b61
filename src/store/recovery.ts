import { copyFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { type Clock, timestamp } from '../platform/clock';
import { backupPath, replaceDurably } from './backup';
import { type DatabaseOptions, WorkspaceDatabase } from './database';
import { diagnose } from './sqlite/sqlite-error';
import type { NodeVfs } from './sqlite/vfs';

/** What happened to a database that could not be read, for a person to be told. */
export interface Recovery {
  reason: 'corrupt' | 'missing';
  /** The database as it was found; `null` when it was missing. */
  keptAside: string | null;
  /** The backup that took its place; `null` when there was none to read: the database is empty. */
  restoredFrom: string | null;
  /** When the backup was made: what was stored later is lost. */
  backupTime: string | null;
}

/** Beside the database: these belong to it and move with it. */
const companions = ['-wal', '-journal'];

/**
 * Opens the database. When SQLite reports it as corrupt, or it is gone and its backup is not, the
 * last backup takes its place, or an empty database where there is none; never in silence.
 */
export function openOrRecover(
  vfs: NodeVfs,
  options: DatabaseOptions,
): { database: WorkspaceDatabase; recovery: Recovery | null } {
  const { path, clock } = options;
  if (!existsSync(path) && existsSync(backupPath(path))) {
    keepAside(path, clock); // a WAL without its database
    return restore(vfs, options, { reason: 'missing', keptAside: null });
  }
  try {
    return { database: WorkspaceDatabase.open(vfs, options), recovery: null };
  } catch (error) {
    if (diagnose(error) !== 'corrupt') throw error;
    return restore(vfs, options, { reason: 'corrupt', keptAside: keepAside(path, clock) });
  }
}

function restore(
  vfs: NodeVfs,
  options: DatabaseOptions,
  found: Pick<Recovery, 'reason' | 'keptAside'>,
): { database: WorkspaceDatabase; recovery: Recovery } {
  const { path, clock } = options;
  const backup = backupPath(path);
  const made = statSync(backup, { throwIfNoEntry: false });
  if (made !== undefined) {
    copyFileSync(backup, `${path}.new`);
    replaceDurably(`${path}.new`, path);
    try {
      const database = WorkspaceDatabase.open(vfs, { ...options, thorough: true });
      const backupTime = made.mtime.toISOString();
      return { database, recovery: { ...found, restoredFrom: backup, backupTime } };
    } catch (error) {
      if (diagnose(error) !== 'corrupt') throw error;
      for (const suffix of ['', ...companions]) rmSync(path + suffix, { force: true });
      keepAside(backup, clock);
    }
  }
  const database = WorkspaceDatabase.open(vfs, options);
  return { database, recovery: { ...found, restoredFrom: null, backupTime: null } };
}

/** Renames a damaged database and what belongs to it; returns the new name. */
function keepAside(path: string, clock: Clock): string {
  const aside = `${path}.corrupt-${timestamp(clock).replaceAll(/[-:.]/g, '')}`;
  for (const suffix of ['', ...companions]) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

/** What a person is told: what was kept, what took its place, what is lost. */
export function describeRecovery(recovery: Recovery): string {
  const { reason, keptAside, restoredFrom, backupTime } = recovery;
  const found = reason === 'corrupt' ? 'The database was damaged' : 'The database was missing';
  const kept = keptAside === null ? '' : ` and is kept as ${keptAside}`;
  const now =
    restoredFrom === null
      ? 'There was no backup: the history of runs begins anew, plans were read from their files.'
      : `The backup of ${backupTime ?? 'an unknown time'} took its place; what was stored later is lost.`;
  return `${found}${kept}. ${now}`;
}
