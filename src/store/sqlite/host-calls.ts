import fs from 'node:fs';
import { errorCode } from '../../platform/files';

/** The calls of the operating system that carry a database file. All block: SQLite cannot wait. */
export type HostCalls = Pick<
  typeof fs,
  | 'accessSync'
  | 'closeSync'
  | 'existsSync'
  | 'fdatasyncSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'openSync'
  | 'readSync'
  | 'statSync'
  | 'unlinkSync'
  | 'writeSync'
>;

export const nodeCalls: HostCalls = fs;

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Holds this thread still. */
export function pause(milliseconds: number): void {
  Atomics.wait(sleeper, 0, 0, milliseconds);
}

/**
 * On Windows a virus scanner or an indexer may hold a new file for a moment; SQLite's own Windows
 * VFS tries again, ten times 25 ms apart, and so does this.
 */
export function whenFree<T>(call: () => T): T {
  for (let attempt = 1; ; attempt++) {
    try {
      return call();
    } catch (error) {
      const held = ['EBUSY', 'EPERM', 'EACCES'].includes(errorCode(error) ?? '');
      if (process.platform !== 'win32' || !held || attempt === 10) throw error;
      pause(25);
    }
  }
}

/** Makes a new, renamed or deleted name in the directory durable. */
export function syncDirectory(directory: string, calls: HostCalls = nodeCalls): void {
  if (process.platform === 'win32') return; // has no handles of directories that could be synced
  const descriptor = calls.openSync(directory, 'r');
  try {
    calls.fsyncSync(descriptor);
  } finally {
    calls.closeSync(descriptor);
  }
}
