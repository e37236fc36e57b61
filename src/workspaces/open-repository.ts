import { basename, dirname, join, resolve } from 'node:path';
import { RunsheetError } from '../model/errors';
import { Mutex } from '../platform/mutex';
import { isInside } from '../platform/paths';
import type { RepositoryOptions, WorkspaceTools } from './context';
import type { Git } from './git';
import { GitRepository } from './git-repository';
import { shortHash, slugOf } from './names';

/**
 * Opens the repository that `folder` lies in.
 * @throws RunsheetError `not_a_repository` (also for a bare one and one without a commit),
 * `unavailable` when git is missing or too old, `not_found` when the folder is.
 */
export async function openRepository(
  folder: string,
  tools: WorkspaceTools,
  options: RepositoryOptions,
): Promise<GitRepository> {
  const { git, files } = tools;
  if ((await files.resolve(folder)) === null)
    throw new RunsheetError('not_found', `There is no folder ${folder}.`, { folder });
  await git.checkVersion(folder);
  await requireWorkTree(git, folder);
  const root = resolve(await git.text(folder, ['rev-parse', '--show-toplevel']));
  if (!(await git.asks(root, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])))
    throw new RunsheetError(
      'not_a_repository',
      `The repository ${root} has no commit yet, and a worktree needs one to start from. ` +
        `Make one: git add -A && git commit -m "Start"`,
      { folder: root },
    );
  const prefix = (await git.text(folder, ['rev-parse', '--show-prefix'])).replace(/\/$/, '');
  const worktrees = worktreesOf(root, prefix, options.worktreeParent);
  const identity = await identityArguments(git, root);
  const shared = { writing: new Mutex(), inUse: new Set<string>() };
  return new GitRepository({ ...tools, root, worktrees, identity, ...shared }, prefix);
}

async function requireWorkTree(git: Git, folder: string): Promise<void> {
  const question = ['rev-parse', '--is-inside-work-tree', '--is-bare-repository'];
  const answer = await git.run(folder, question, { accept: [0, 128] });
  const [inside, bare] = answer.stdout.toString('utf8').split('\n');
  if (inside === 'true') return;
  throw new RunsheetError('not_a_repository', whyNot(folder, answer.stderr, bare === 'true'), {
    folder,
    stderr: answer.stderr,
  });
}

function whyNot(folder: string, words: string, bare: boolean): string {
  if (words.includes('safe.directory'))
    return (
      `Git does not trust ${folder}, because somebody else owns it. ` +
      `If you do: git config --global --add safe.directory "${folder}"`
    );
  if (bare) return `${folder} is a bare repository. Open a checkout of it: git clone "${folder}"`;
  return (
    `${folder} is not in a git repository, and agents work in worktrees of one. ` +
    `Make it one: git init && git add -A && git commit -m "Start"`
  );
}

/** Each workspace has a folder of its own: several may lie in one repository, with an engine each. */
function worktreesOf(root: string, prefix: string, parent: string | null): string {
  const all = worktreesOfRoot(root, parent);
  return prefix === '' ? all : join(all, `in-${slugOf(prefix)}-${shortHash(prefix)}`);
}

function worktreesOfRoot(root: string, parent: string | null): string {
  const name = basename(root) || 'root';
  // Repositories of one name meet only in a shared folder.
  const folder = parent === null ? `${name}.runsheet` : `${name}-${shortHash(root)}.runsheet`;
  const worktrees = join(parent ?? dirname(root), folder);
  if (parent === null || !isInside(root, worktrees)) return worktrees;
  throw new RunsheetError(
    'validation',
    `The folder for worktrees, ${parent}, lies inside the repository ${root}. Choose one outside.`,
    { field: 'worktreeParent', value: parent },
  );
}

async function identityArguments(git: Git, root: string): Promise<string[]> {
  const asked = ['user.name', 'user.email'].map((name) =>
    git.run(root, ['config', '--get', name], { accept: [0, 1] }),
  );
  const configured = (await Promise.all(asked)).every(({ code }) => code === 0);
  if (configured) return [];
  return ['-c', 'user.name=Runsheet', '-c', 'user.email=runsheet@localhost'];
}
