import { createHash } from 'node:crypto';

const longest = 60;
const runPrefix = 'runsheet/run/';

/** Lower-case letters, digits and dashes: safe as a folder, as part of a branch, on every system. */
export function slugOf(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return plain.slice(0, longest).replace(/^-+|-+$/g, '');
}

/** The branch for a plan's work. Plans whose slugs are equal need a number that the caller adds. */
export function planBranchName(title: string): string {
  const slug = slugOf(title) || 'plan';
  // `runsheet/run` would stand in the way of every run's branch below it.
  return `runsheet/${slug === 'run' ? 'run-plan' : slug}`;
}

/** The folder of a plan branch's worktree: the slug, and a hash where that does not tell it all. */
export function planFolderName(branch: string): string {
  const name = branch.replace(/^runsheet\//, '');
  const slug = slugOf(name);
  return slug !== '' && slug === name ? slug : `${slug || 'plan'}-${shortHash(branch)}`;
}

/** Names for a run, the next ones for when the first are taken. */
export function* runNames(name: string): Generator<{ folder: string; branch: string }> {
  const slug = slugOf(name) || 'run';
  for (let count = 1; ; count += 1) {
    const folder = count === 1 ? slug : `${slug}-${count}`;
    yield { folder, branch: runBranchOf(folder) };
  }
}

/** The branch of a run's worktree, by the name of its folder. */
export function runBranchOf(folder: string): string {
  return `${runPrefix}${folder}`;
}

/** All branches of runs, as a pattern of git's. */
export const runBranches = `${runPrefix}*`;

export function isRunBranch(branch: string): boolean {
  return `${branch}/`.startsWith(runPrefix);
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
