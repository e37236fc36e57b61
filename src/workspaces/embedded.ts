import { literalPath, splitNul, type Git } from './git';
import { untracked } from './untracked';

/** Untracked folders that are git repositories of their own. */
export async function embeddedRepositories(git: Git, path: string): Promise<string[]> {
  return splitNul(await untracked(git, path)).filter((entry) => entry.endsWith('/'));
}

/**
 * Takes out of the index what was added since `base` as the bare hash of a repository, and is no
 * submodule: from then on git sees what really is in the folder.
 */
export async function forgetStrayGitlinks(git: Git, path: string, base: string): Promise<void> {
  const args = ['diff', '--cached', '--raw', '--no-renames', '--diff-filter=AT', '-z', base];
  const fields = splitNul((await git.run(path, args)).stdout);
  // Pairs of `:<old mode> <new mode> …` and the path.
  const isLink = (index: number): boolean => / 160000 /.test(fields[index - 1] ?? '');
  const links = fields.filter((_, index) => index % 2 === 1 && isLink(index));
  if (links.length === 0) return;
  const declared = ['config', '--null', '--file', '.gitmodules', '--get-regexp', '\\.path$'];
  const { stdout } = await git.run(path, declared, { accept: [0, 1, 255] });
  const submodules = new Set(splitNul(stdout).map((entry) => entry.replace(/^[^\n]*\n/, '')));
  const stray = links.filter((link) => !submodules.has(link));
  if (stray.length > 0)
    await git.run(path, ['rm', '--cached', '--quiet', '--', ...stray.map(literalPath)]);
}
