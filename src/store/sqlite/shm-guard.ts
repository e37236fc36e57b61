import { mkdirSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { errorCode } from '../../platform/files';

/**
 * Keeps other SQLite programs from writing while the database is open here.
 *
 * A WAL database needs `<db>-shm`. Where that name is a directory, a native SQLite falls back to a
 * read-only view: it reads the live data but cannot write, checkpoint or delete our WAL. We need no
 * such file ourselves, because exclusive locking keeps the WAL index in memory.
 */
export function blockNativeWriters(databasePath: string): void {
  const path = `${databasePath}-shm`;
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing?.isDirectory()) return; // left behind by an engine that was killed
  if (existing !== undefined) unlinkSync(path); // by a native program: rebuilt when it needs one
  mkdirSync(path);
}

export function admitNativeWriters(databasePath: string): void {
  try {
    rmdirSync(`${databasePath}-shm`);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
