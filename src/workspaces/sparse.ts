import { posix } from 'node:path';
import type { RepositoryContext } from './context';
import type { Git } from './git';

// Worktrees of large repositories that hold only some folders: git's sparse checkout by folders.

/** The folders from the top of the repository, for a workspace that may lie within it. */
export function sparseFolders(prefix: string, folders: readonly string[]): string[] {
  const clean = folders.map((folder) => posix.join(prefix, folder.replaceAll('\\', '/')));
  return [...new Set(clean.map((folder) => folder.replace(/\/+$/, '')))].sort();
}

/** Lets a worktree hold these folders; an older git leaves it whole. */
export async function makeSparse(
  { git, log }: RepositoryContext,
  path: string,
  folders: readonly string[],
): Promise<void> {
  if (!git.isAtLeast(2, 37)) {
    log.warn('this git cannot check out single folders well: all are checked out', { path });
    return;
  }
  const args = ['sparse-checkout', 'set', '--cone', '--stdin'];
  await git.run(path, args, { input: `${folders.join('\n')}\n` });
}

/**
 * Brings a worktree that is there in line with what is asked for now. One that shares the sparse
 * checkout of the person's own keeps it.
 */
export async function reshape(
  context: RepositoryContext,
  path: string,
  folders: readonly string[],
): Promise<void> {
  const { git, root } = context;
  const now = (await isSparse(context, path)) ? await listed(context, path) : null;
  if (folders.length > 0) {
    if (now?.join('\n') !== folders.join('\n')) await makeSparse(context, path, folders);
  } else if (now !== null && !(await isSparse(context, root))) {
    await git.run(path, ['sparse-checkout', 'disable']);
  }
}

async function isSparse({ git }: RepositoryContext, path: string): Promise<boolean> {
  const args = ['config', '--get', '--bool', 'core.sparseCheckout'];
  const { code, stdout } = await git.run(path, args, { accept: [0, 1] });
  return code === 0 && stdout.toString('utf8').trim() === 'true';
}

async function listed({ git }: RepositoryContext, path: string): Promise<string[]> {
  const folders = await git.text(path, ['sparse-checkout', 'list']);
  return folders.split('\n').filter(Boolean).sort();
}

/** Arguments that stage everything, also what an agent made outside the folders that it was given. */
export function stageAll(git: Git): string[] {
  return ['add', '--all', ...(git.isAtLeast(2, 34) ? ['--sparse'] : [])];
}
