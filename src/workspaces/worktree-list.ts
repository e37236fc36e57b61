import { dirname } from 'node:path';
import { messageOf, RunsheetError } from '../model/errors';
import type { RepositoryContext } from './context';
import { makeSparse } from './sparse';

/** A worktree that is to be made. The branch begins at `start`, or exists when that is `null`. */
export interface NewWorktree {
  path: string;
  branch: string;
  start: string | null;
}

export async function branchExists(context: RepositoryContext, branch: string): Promise<boolean> {
  const question = ['show-ref', '--verify', '--quiet', `refs/heads/${branch}`];
  return context.git.asks(context.root, question);
}

/**
 * Registers a worktree, without files yet, in place of whatever its path held before; the caller
 * holds `writing`.
 * @throws RunsheetError `read_only` when the folder cannot be made, `version_conflict` when another
 * branch or worktree stands in the way, `unavailable` with git's words.
 */
export async function registerWorktree(
  context: RepositoryContext,
  place: NewWorktree,
): Promise<void> {
  const { path, branch, start } = place;
  await makeParent(context, path);
  await discardWorktree(context, path);
  if (start === null) await requireNowhereElse(context, branch);
  else await requireNoPrefix(context, branch);
  const what = start === null ? [path, branch] : ['--no-track', '-b', branch, path, start];
  try {
    await context.git.run(context.root, ['worktree', 'add', '--quiet', '--no-checkout', ...what]);
  } catch (error) {
    await abandonWorktree(context, place);
    throw error;
  }
}

/**
 * Checks a registered worktree out; when that fails or is stopped, nothing is left of it.
 * @throws RunsheetError `unavailable` with git's words.
 */
export async function checkOut(
  context: RepositoryContext,
  place: NewWorktree,
  sparse: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  try {
    if (sparse.length > 0) await makeSparse(context, place.path, sparse);
    await context.git.run(place.path, ['reset', '--hard', '--quiet'], { signal });
  } catch (error) {
    await context.writing.run(() => abandonWorktree(context, place));
    throw error;
  }
}

/** Takes back a worktree, and the branch made for it as long as nobody has committed there. */
export async function abandonWorktree(
  context: RepositoryContext,
  { path, branch, start }: NewWorktree,
): Promise<void> {
  await discardWorktree(context, path);
  if (start === null) return;
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
  const holder = (await registeredWorktrees(context)).find((one) => one.branch === branch);
  if (holder === undefined) return;
  throw new RunsheetError(
    'version_conflict',
    `The branch ${branch} is checked out in ${holder.path}, and Runsheet needs it in a worktree of ` +
      `its own. Check out another branch there: git -C "${holder.path}" switch -`,
    { branch, path: holder.path },
  );
}

/** Every worktree that git knows, with the branch that is checked out there. */
export async function registeredWorktrees({
  git,
  root,
}: RepositoryContext): Promise<{ path: string; branch: string | null }[]> {
  const list = await git.text(root, ['worktree', 'list', '--porcelain']);
  return list.split('\n\n').flatMap((entry) => {
    const lines = entry.split('\n');
    const path = lines.find((line) => line.startsWith('worktree '))?.slice('worktree '.length);
    const ref = lines.find((line) => line.startsWith('branch refs/heads/'));
    return path === undefined
      ? []
      : [{ path, branch: ref?.slice('branch refs/heads/'.length) ?? null }];
  });
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
