import { dirname } from 'node:path';
import { messageOf, RunsheetError } from '../model/errors';
import type { RepositoryContext } from './context';

export async function branchExists(context: RepositoryContext, branch: string): Promise<boolean> {
  const question = ['show-ref', '--verify', '--quiet', `refs/heads/${branch}`];
  return context.git.asks(context.root, question);
}

/**
 * Makes a worktree of `branch` in place of whatever `path` held before. The branch begins at
 * `start`, or exists when that is `null`.
 * @throws RunsheetError `read_only` when the folder cannot be made, `version_conflict` when another
 * branch or worktree stands in the way, `unavailable` with git's words.
 */
export async function addWorktree(
  context: RepositoryContext,
  path: string,
  branch: string,
  start: string | null,
): Promise<void> {
  await makeParent(context, path);
  await discardWorktree(context, path);
  if (start === null) await requireNowhereElse(context, branch);
  else await requireNoPrefix(context, branch);
  const what = start === null ? [path, branch] : ['--no-track', '-b', branch, path, start];
  try {
    await context.git.run(context.root, ['worktree', 'add', '--quiet', ...what]);
  } catch (error) {
    if (start !== null) await abandonWorktree(context, path, branch, start);
    throw error;
  }
}

/** Takes back a worktree and its branch as long as nobody has committed there. */
export async function abandonWorktree(
  context: RepositoryContext,
  path: string,
  branch: string,
  start: string,
): Promise<void> {
  await discardWorktree(context, path);
  const args = ['update-ref', '-d', `refs/heads/${branch}`, start];
  await context.git.run(context.root, args, { accept: [0, 1, 128] });
}

/** Forgets a worktree that never became one or was deleted, with what is left in its folder. */
export async function discardWorktree(context: RepositoryContext, path: string): Promise<void> {
  await context.files.remove(path);
  await context.git.run(context.root, ['worktree', 'remove', '--force', '--force', path], {
    accept: [0, 128],
  });
}

async function makeParent(context: RepositoryContext, path: string): Promise<void> {
  try {
    await context.files.makeDirectory(dirname(path));
  } catch (error) {
    throw new RunsheetError(
      'read_only',
      `The folder for worktrees, ${dirname(path)}, cannot be made: ${messageOf(error)}. ` +
        `Make ${dirname(context.worktrees)} writable or set another folder for worktrees.`,
      { path },
    );
  }
}

/** A branch can be checked out in one worktree only. */
async function requireNowhereElse(context: RepositoryContext, branch: string): Promise<void> {
  const list = await context.git.text(context.root, ['worktree', 'list', '--porcelain']);
  const holder = list
    .split('\n\n')
    .find((entry) => entry.split('\n').includes(`branch refs/heads/${branch}`));
  if (holder === undefined) return;
  const place = holder.split('\n')[0]?.replace(/^worktree /, '') ?? '';
  throw new RunsheetError(
    'version_conflict',
    `The branch ${branch} is checked out in ${place}, and Runsheet needs it in a worktree of its ` +
      `own. Check out another branch there: git -C "${place}" switch -`,
    { branch, path: place },
  );
}

/** Git cannot keep a branch `a` beside a branch `a/b`. */
async function requireNoPrefix(context: RepositoryContext, branch: string): Promise<void> {
  const parts = branch.split('/');
  for (let length = 1; length < parts.length; length += 1) {
    const prefix = parts.slice(0, length).join('/');
    if (!(await branchExists(context, prefix))) continue;
    throw new RunsheetError(
      'version_conflict',
      `The branch ${branch} cannot be made beside a branch named ${prefix}. ` +
        `Rename that one: git branch -m ${prefix} ${prefix}-old`,
      { branch, path: context.root },
    );
  }
}
