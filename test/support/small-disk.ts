import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { withTemporaryFolder } from './temporary-folder';

/** Why a file system cannot be mounted here; `null` when it can. */
export function whyNoMounts(): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  return process.getuid?.() === 0 ? null : 'needs root, to mount a small file system';
}

function mount(...args: string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr}`);
}

/** Runs `work` in the folder of a file system of its own, with this much room. */
export function withSmallDisk(
  megabytes: number,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  return withTemporaryFolder(async (folder) => {
    mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder);
    try {
      await work(folder);
    } finally {
      spawnSync('umount', ['-l', folder]);
    }
  });
}

/** Runs `work` with a folder that `lock` makes read-only, for root too. */
export function withLockableFolder(
  work: (folder: string, lock: () => void) => Promise<void>,
): Promise<void> {
  if (process.getuid?.() === 0) {
    return withSmallDisk(16, (folder) => work(folder, () => mount('-o', 'remount,ro', folder)));
  }
  return withTemporaryFolder(async (folder) => {
    try {
      await work(folder, () => chmodSync(folder, 0o555));
    } finally {
      chmodSync(folder, 0o755);
    }
  });
}
