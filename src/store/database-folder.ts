import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RunsheetError } from '../model/errors';
import { errorCode } from '../platform/files';

/** True when the database can be written: its folder too, because of the files beside it. */
export function isWritable(databasePath: string): boolean {
  return mayWrite(dirname(databasePath)) && (!existsSync(databasePath) || mayWrite(databasePath));
}

/**
 * Makes the folder of the database, with a `.gitignore` that keeps all of it out of git (and away
 * from `git clean`). Throws `read_only` when it cannot.
 */
export function prepareDatabaseFolder(databasePath: string): void {
  const folder = dirname(databasePath);
  try {
    // Not recursive: on a read-only file system that would report a folder as missing.
    unlessThere(() => mkdirSync(folder));
    unlessThere(() => writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx' }));
  } catch (error) {
    throw explained(error, folder);
  }
}

/** The error as `read_only` when it says that the folder may not be written. */
export function explained(error: unknown, folder: string): unknown {
  if (!['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '')) return error;
  return new RunsheetError(
    'read_only',
    `Runsheet keeps its data in ${folder}, which cannot be written. Allow writing there, or open ` +
      'a copy of the workspace that can be written.',
    { folder },
  );
}

function unlessThere(create: () => void): void {
  try {
    create();
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
