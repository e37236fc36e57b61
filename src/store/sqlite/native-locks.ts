import { readFileSync, statSync } from 'node:fs';
import { RunsheetError } from '../../model/errors';
import { pause } from './host-calls';

interface FileLock {
  kind: 'READ' | 'WRITE';
  process: number;
}

/**
 * Throws `unavailable` when another SQLite program is about to write the database. Node has no
 * file locks that such a program would see, but Linux tells of theirs in /proc/locks. Elsewhere
 * the directory in place of `-shm` must do.
 */
export function assertNoNativeWriter(databasePath: string): void {
  for (let attempt = 1; ; attempt++) {
    const writer = findNativeWriter(databasePath);
    if (writer === null) return;
    if (attempt === 20) {
      throw new RunsheetError(
        'unavailable',
        `Process ${writer} is writing ${databasePath}. Close that program and try again.`,
        { process: writer },
      );
    }
    pause(100);
  }
}

function findNativeWriter(databasePath: string): number | null {
  // With a lock on `-shm` a program is connected in WAL mode and may write at any moment; on the
  // database itself, a read lock is only a reader.
  const writing = locksOn(databasePath).filter((lock) => lock.kind === 'WRITE');
  return [...writing, ...locksOn(`${databasePath}-shm`)][0]?.process ?? null;
}

function locksOn(path: string): FileLock[] {
  if (process.platform !== 'linux') return [];
  const file = statSync(path, { throwIfNoEntry: false });
  if (file?.isFile() !== true) return [];
  // How Linux splits a device number.
  const major = (file.dev >>> 8) & 0xfff;
  const minor = (file.dev & 0xff) | ((file.dev >>> 12) & 0xfff00);
  const place = [major, minor].map((part) => part.toString(16).padStart(2, '0')).join(':');
  return parseLocks(readLocks()).flatMap(({ at, lock }) =>
    at === `${place}:${file.ino}` && lock.process !== process.pid ? [lock] : [],
  );
}

function readLocks(): string {
  try {
    return readFileSync('/proc/locks', 'utf8');
  } catch {
    return ''; // a sandbox without /proc
  }
}

/** Lines such as `1: POSIX  ADVISORY  WRITE 708 08:01:131085 1073741824 1073741825`. */
function parseLocks(text: string): { at: string; lock: FileLock }[] {
  const pattern = /^\d+: POSIX +ADVISORY +(READ|WRITE) +(\d+) +(\S+)/gm;
  return [...text.matchAll(pattern)].map(([, kind, process, at = '']) => ({
    at,
    lock: { kind: kind === 'WRITE' ? 'WRITE' : 'READ', process: Number(process) },
  }));
}
