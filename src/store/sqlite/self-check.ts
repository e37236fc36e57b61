import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { messageOf, RunsheetError } from '../../model/errors';
import { type MountedConnection, openMounted } from './mounted';
import type { NodeVfs } from './vfs';

const wordSchema = z.object({ word: z.string() });

/**
 * Proves once, on a scratch database beside the real one, that what SQLite commits is in a real
 * file: writes, commits, looks at the bytes, opens again and reads. A later sql.js in which the VFS
 * does not take hold would otherwise keep everything in memory without a word.
 */
export function checkVfs(vfs: NodeVfs, scratchPath: string): void {
  const opened: MountedConnection[] = [];
  const open = (): MountedConnection => {
    const mounted = openMounted(vfs, scratchPath, {});
    opened.push(mounted);
    mounted.connection.exec('PRAGMA locking_mode = EXCLUSIVE');
    return mounted;
  };
  try {
    removeScratch(scratchPath);
    const written = open();
    written.connection.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      CREATE TABLE scratch (word TEXT); INSERT INTO scratch VALUES ('written')`);
    const walOnDisk = readFileSync(`${scratchPath}-wal`).includes('written');
    written.close();
    const fileOnDisk = readFileSync(scratchPath).includes('written');
    const reopened = open();
    const row = reopened.connection.get(wordSchema, 'SELECT word FROM scratch');
    reopened.close();
    if (!walOnDisk || !fileOnDisk || row?.word !== 'written') {
      throw new Error('what was committed is not in the file');
    }
  } catch (error) {
    throw new RunsheetError(
      'unavailable',
      'The database layer failed its check at the start, so nothing will be written: ' +
        `${messageOf(error)}. Look whether the disk of ${scratchPath} is full or read-only; if it ` +
        'is not, reinstall Runsheet.',
      { cause: messageOf(error) },
    );
  } finally {
    for (const mounted of opened) mounted.abandon();
    removeScratch(scratchPath);
  }
}

function removeScratch(path: string): void {
  for (const suffix of ['', '-wal', '-journal']) rmSync(path + suffix, { force: true });
}
