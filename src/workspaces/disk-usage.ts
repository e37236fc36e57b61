import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../platform/files';

const blockBytes = 512;

/**
 * Bytes that a folder takes on the disk, links not followed; files with several names count once.
 * What vanishes meanwhile counts as nothing.
 */
export async function diskUsage(folder: string): Promise<number> {
  const seen = new Set<string>();
  const waiting = [folder];
  let bytes = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const names = await unlessGone(readdir(next, { withFileTypes: true }));
    for (const entry of names ?? []) {
      const path = join(next, entry.name);
      const stats = await unlessGone(lstat(path));
      if (stats === null) continue;
      if (stats.isDirectory()) waiting.push(path);
      const identity = `${stats.dev} ${stats.ino}`;
      if (stats.nlink > 1 && !stats.isDirectory()) {
        if (seen.has(identity)) continue;
        seen.add(identity);
      }
      // Windows does not tell blocks.
      bytes += process.platform === 'win32' ? stats.size : stats.blocks * blockBytes;
    }
  }
  return bytes;
}

async function unlessGone<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return null;
    throw error;
  }
}
