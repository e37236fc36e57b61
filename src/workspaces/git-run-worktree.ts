import { RunsheetError } from '../model/errors';
import { literalPath, splitNul } from './git';
import type { RepositoryContext } from './context';
import { statusPaths } from './status';
import { embeddedRepositories, forgetStrayGitlinks } from './embedded';
import { diffOptions } from './trees';
import { untracked, withUntracked } from './untracked';
import { abandonWorktree, discardWorktree } from './worktree-list';
import { clearStaleLocks, foldersOf } from './worktree-state';
import type { RunWorktree } from './workspace';

export interface RunWorktreePlace {
  path: string;
  branch: string;
  baseCommit: string;
  /** The plan branch's ref: what is reached from there is merged. */
  target: string;
}

/** A run's worktree. What an agent does to its HEAD, branch or index there does not matter. */
export class GitRunWorktree implements RunWorktree {
  readonly path: string;
  readonly branch: string;
  readonly baseCommit: string;

  constructor(
    private readonly context: RepositoryContext,
    private readonly place: RunWorktreePlace,
  ) {
    this.path = place.path;
    this.branch = place.branch;
    this.baseCommit = place.baseCommit;
  }

  /**
   * The commit is made of the files as they are; its parent is what the agent committed itself,
   * unless that does not come from the base commit.
   */
  async commitAll(message: string, protectedPaths: readonly string[]): Promise<string | null> {
    await this.clearLocks();
    await forgetStrayGitlinks(this.context.git, this.path, this.baseCommit);
    await this.requireNoEmbedded();
    await this.git('add', '--all');
    for (const path of protectedPaths) await this.putBack(path);
    const tree = await this.git('write-tree');
    if (tree === (await this.treeOf(this.baseCommit))) {
      await this.takeUp(this.baseCommit);
      return null;
    }
    const parent = await this.ownHead();
    const commit =
      tree === (await this.treeOf(parent)) ? parent : await this.commitTree(tree, parent, message);
    await this.takeUp(commit);
    return commit;
  }

  async changedPaths(): Promise<string[]> {
    const { git } = this.context;
    const args = ['diff', '--name-only', '--no-renames', '-z', this.baseCommit];
    const changed = splitNul((await git.run(this.path, args)).stdout);
    const added = splitNul(await untracked(git, this.path));
    return [...new Set([...changed, ...added].map((path) => path.replace(/\/$/, '')))].sort();
  }

  async diff(): Promise<string> {
    return withUntracked(this.context, this.path, async (env) => {
      const args = ['diff', ...diffOptions, this.baseCommit];
      return (await this.context.git.run(this.path, args, { env })).stdout.toString('utf8');
    });
  }

  async state(): Promise<{ commit: string; tree: string; dirty: boolean }> {
    const commit = await this.git('rev-parse', 'HEAD');
    return { commit, tree: await this.treeOf(commit), dirty: await this.isDirty() };
  }

  async removeIfMerged(): Promise<boolean> {
    const { git, root, writing } = this.context;
    return writing.run(async () => {
      const exists = (await this.context.files.kind(this.path)) !== null;
      if (exists && ((await this.isDirty()) || !(await this.isMerged(this.path, 'HEAD'))))
        return false;
      const ref = `refs/heads/${this.branch}`;
      const tip = await git.run(root, ['rev-parse', '--verify', '--quiet', ref], {
        accept: [0, 1],
      });
      if (tip.code === 0 && !(await this.isMerged(root, ref))) return false;
      if (!(await this.removeWorktree(exists))) return false;
      if (tip.code === 0)
        await git.run(root, ['update-ref', '-d', ref, tip.stdout.toString('utf8').trimEnd()]);
      return true;
    });
  }

  private async removeWorktree(exists: boolean): Promise<boolean> {
    if (!exists) {
      await discardWorktree(this.context, this.path);
      return true;
    }
    // Without force: git looks once more, and refuses when there are checked-out submodules, whose
    // commits may be nowhere else.
    const args = ['worktree', 'remove', this.path];
    const { code } = await this.context.git.run(this.context.root, args, { accept: [0, 128] });
    return code === 0;
  }

  async discard(): Promise<void> {
    const { context, path, branch, baseCommit } = this;
    await context.writing.run(() => abandonWorktree(context, path, branch, baseCommit));
  }

  private git(...args: string[]): Promise<string> {
    return this.context.git.text(this.path, args);
  }

  private treeOf(commit: string): Promise<string> {
    return this.git('rev-parse', `${commit}^{tree}`);
  }

  private async isDirty(): Promise<boolean> {
    const args = ['status', '--porcelain=v2', '-z', '--untracked-files=normal'];
    const { stdout } = await this.context.git.run(this.path, [...args, '--ignore-submodules=none']);
    return statusPaths(stdout).length > 0;
  }

  private async isMerged(cwd: string, ref: string): Promise<boolean> {
    const args = ['merge-base', '--is-ancestor', ref, this.place.target];
    // 128: there is no such commit, e.g. on an unborn branch.
    return (await this.context.git.run(cwd, args, { accept: [0, 1, 128] })).code === 0;
  }

  private async clearLocks(): Promise<void> {
    const { git, files, clock } = this.context;
    const folders = await foldersOf(git, files, this.path);
    if (folders !== null) return clearStaleLocks(files, clock, folders, this.branch);
    throw new RunsheetError(
      'not_found',
      `The run's worktree ${this.path} is gone or damaged; nothing of it can be committed.`,
      { path: this.path },
    );
  }

  /** Git would record such a folder as a bare hash, without its files. */
  private async requireNoEmbedded(): Promise<void> {
    const paths = await embeddedRepositories(this.context.git, this.path);
    if (paths.length === 0) return;
    throw new RunsheetError(
      'validation',
      `The agent left a git repository of its own in ${paths.join(', ')}, so its files cannot ` +
        `be committed. Delete the .git folder in it, or list the folder in .gitignore.`,
      { path: this.path, paths },
    );
  }

  private async putBack(path: string): Promise<void> {
    const spec = literalPath(path);
    const { git } = this.context;
    const untouched = ['diff', '--cached', '--quiet', this.baseCommit, '--', spec];
    if (await git.asks(this.path, untouched)) return;
    await this.git('checkout', '--quiet', '--no-overlay', this.baseCommit, '--', spec);
  }

  /** HEAD, if it comes from the base commit. An agent may have rewritten or left its history. */
  private async ownHead(): Promise<string> {
    const { git } = this.context;
    const args = ['merge-base', '--is-ancestor', this.baseCommit, 'HEAD'];
    const { code } = await git.run(this.path, args, { accept: [0, 1, 128] });
    return code === 0 ? this.git('rev-parse', 'HEAD') : this.baseCommit;
  }

  private commitTree(tree: string, parent: string, message: string): Promise<string> {
    const { git, identity } = this.context;
    const args = [...identity, 'commit-tree', tree, '-p', parent, '-F', '-'];
    return git.text(this.path, args, { input: message });
  }

  /** Puts the run's branch and HEAD on `commit`, and ends a merge or the like that was left open. */
  private async takeUp(commit: string): Promise<void> {
    const ref = `refs/heads/${this.branch}`;
    await this.context.writing.run(async () => {
      await this.git('update-ref', '-m', 'runsheet: commit', ref, commit);
      await this.git('symbolic-ref', 'HEAD', ref);
      await this.git('reset', '--quiet');
    });
  }
}
