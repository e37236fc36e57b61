import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { errorCode, type Files } from '../platform/files';
import type { Clock } from '../platform/clock';
import type { Git } from './git';

/** Git's own folders behind a worktree. */
export interface WorktreeFolders {
  gitDirectory: string;
  commonDirectory: string;
}

/** The folders behind a worktree whose top is exactly `path`; `null` when it is none that works. */
export async function foldersOf(
  git: Git,
  files: Files,
  path: string,
): Promise<WorktreeFolders | null> {
  if ((await files.kind(path)) !== 'directory') return null;
  const options = { accept: [0, 128] };
  const answer = await git.run(path, ['rev-parse', '--show-toplevel'], options);
  const top = answer.stdout.toString('utf8').replace(/\n$/, '');
  if (answer.code !== 0 || (await files.resolve(top)) !== (await files.resolve(path))) return null;
  const gitDirectory = await git.text(path, ['rev-parse', '--absolute-git-dir']);
  const common = await git.text(path, ['rev-parse', '--git-common-dir']);
  const commonDirectory = isAbsolute(common) ? common : join(path, common);
  return { gitDirectory, commonDirectory: (await files.resolve(commonDirectory)) ?? common };
}

/**
 * Whether the making of a worktree was interrupted. Git locks one while it registers it, holds a
 * lock on its index while it checks files out, and writes the index when all are there. Files
 * without either are somebody's who has deleted the index.
 */
export async function isHalfMade(
  files: Files,
  path: string,
  folders: WorktreeFolders,
): Promise<boolean> {
  const isThere = async (name: string): Promise<boolean> =>
    (await files.kind(join(folders.gitDirectory, name))) !== null;
  if (!(await isThere('index')) && ((await isThere('index.lock')) || (await isEmpty(files, path))))
    return true;
  try {
    const reason = await readFile(join(folders.gitDirectory, 'locked'), 'utf8');
    return reason.trim() === 'initializing';
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** But for git's own file. */
async function isEmpty(files: Files, path: string): Promise<boolean> {
  return (await files.list(path)).every(({ name }) => name === '.git');
}

const lockPatienceMs = 2_000;

/**
 * Removes the locks of git processes that died in a worktree of ours. The engine is its only
 * regular user and has none running there; an editor that looks at it holds the lock for
 * milliseconds, so that one that stays is nobody's.
 */
export async function clearStaleLocks(
  files: Files,
  clock: Clock,
  folders: WorktreeFolders,
  branch: string,
): Promise<void> {
  const locks = [
    join(folders.gitDirectory, 'index.lock'),
    join(folders.gitDirectory, 'HEAD.lock'),
    join(folders.commonDirectory, 'refs', 'heads', `${branch}.lock`),
  ];
  for (const lock of locks) {
    const deadline = clock.now() + lockPatienceMs;
    while ((await files.kind(lock)) !== null && clock.now() < deadline)
      await new Promise<void>((resolve) => void clock.after(100, resolve));
    await files.remove(lock);
  }
}
