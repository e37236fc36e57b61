import { RunsheetError } from '../model/errors';
import type { RepositoryContext } from './context';
import { splitNul, type Git } from './git';

/**
 * Merges a commit into what is checked out, without committing yet.
 * @returns the paths in conflict.
 */
export async function mergeCommit(
  { git, identity }: RepositoryContext,
  path: string,
  commit: string,
): Promise<string[]> {
  const options = ['--no-ff', '--no-commit', '--no-verify-signatures', '--quiet'];
  const args = [...identity, 'merge', ...options, commit];
  const { code, stderr, stdout } = await git.run(path, args, { accept: [0, 1, 2] });
  if (code === 0) return [];
  const paths = await unmergedPaths(git, path);
  if (paths.length > 0) return paths;
  throw new RunsheetError(
    'unavailable',
    `git could not merge ${commit} in ${path}: ${stderr.trim() || stdout.toString('utf8').trim()}`,
    { path, commit },
  );
}

/** Commits a merge without conflicts that is open in a worktree. */
export async function commitMerge(
  { git, identity }: RepositoryContext,
  path: string,
  message: string,
): Promise<void> {
  const args = [...identity, 'commit', '--quiet', '--cleanup=verbatim', '--file=-'];
  await git.run(path, args, { input: message });
}

/** The paths of an open merge that are still in conflict. */
export async function unmergedPaths(git: Git, path: string): Promise<string[]> {
  const args = ['diff', '--name-only', '--diff-filter=U', '-z'];
  return splitNul((await git.run(path, args)).stdout);
}
