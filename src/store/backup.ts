import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncDirectory, whenFree } from './sqlite/host-calls';
import type { SqliteConnection } from './sqlite/sqlite-connection';
import type { NodeVfs } from './sqlite/vfs';

/** Where the hourly copy of a database is kept. */
export function backupPath(databasePath: string): string {
  return `${databasePath}.backup`;
}

/**
 * Copies what is committed to `path`, as a plain database. The file appears whole or not at all,
 * and is on the disk when this returns. Reads every page, so a damaged database throws.
 */
export function backUpTo(vfs: NodeVfs, connection: SqliteConnection, path: string): void {
  const temporary = `${path}.new`;
  rmSync(temporary, { force: true });
  try {
    vfs.withName(temporary, (name) => connection.exec(`VACUUM INTO '${name}'`));
    replaceDurably(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Renames a finished file over another so that either is there after a power failure, whole. */
export function replaceDurably(temporary: string, path: string): void {
  const descriptor = openSync(temporary, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  whenFree(() => renameSync(temporary, path));
  syncDirectory(dirname(path));
}
