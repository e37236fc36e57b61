import { RunsheetError } from '../model/errors';
import { literalPath, splitNul } from './git';
import type { RepositoryContext } from './context';
import { notedCopies } from './copy-ignored';
import { commitMerge, mergeCommit, unmergedPaths } from './merge-commit';
import { stageAll } from './sparse';
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

/** In a worktree that has taken the plan's branch in: the commit that it was made from. */
const firstBase = 'refs/worktree/runsheet/base';

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
   * unless that does not come from the base commit; with the base commit beside it when that is
   * being merged in.
   */
  async commitAll(message: string, protectedPaths: readonly string[]): Promise<string | null> {
    await this.clearLocks();
    await forgetStrayGitlinks(this.context.git, this.path, this.baseCommit);
    await this.requireNoEmbedded();
    await this.git(...stageAll(this.context.git));
    for (const path of protectedPaths) await this.putBack(path);
    await this.requireNoCopies();
    const tree = await this.git('write-tree');
    if (tree === (await this.treeOf(this.baseCommit))) {
      await this.takeUp(this.baseCommit);
      return null;
    }
    const [parent, merged] = await this.parents();
    const isCommitted = merged === undefined && tree === (await this.treeOf(parent));
    const commit = isCommitted ? parent : await this.commitTree(tree, [parent, merged], message);
    await this.takeUp(commit);
    return commit;
  }

  async takeIn(
    message: string,
    protectedPaths: readonly string[],
  ): Promise<{ worktree: RunWorktree; conflicts: string[] }> {
    const { git } = this.context;
    await this.clearLocks();
    const open = await this.openMerge();
    if (open !== null && (await this.isAncestor(open, this.place.target)))
      return { worktree: this.basedOn(open), conflicts: await unmergedPaths(git, this.path) };
    await this.commitAll(message, protectedPaths);
    const head = await this.git('rev-parse', '--verify', `${this.place.target}^{commit}`);
    if (await this.isAncestor(head, 'HEAD')) return { worktree: this.basedOn(head), conflicts: [] };
    await this.git('update-ref', firstBase, this.baseCommit);
    const conflicts = await mergeCommit(this.context, this.path, head);
    if (conflicts.length === 0) await commitMerge(this.context, this.path, message);
    return { worktree: this.basedOn(head), conflicts };
  }

  async conflictMarkers(commit: string): Promise<string[]> {
    const { git } = this.context;
    const markers = '^(<<<<<<<|>>>>>>>) ';
    const changed = ['diff', '--name-only', '--no-renames', '-z', `-G${markers}`];
    const { stdout } = await git.run(this.path, [...changed, this.baseCommit, commit]);
    const paths = splitNul(stdout).map(literalPath);
    if (paths.length === 0) return [];
    const args = ['grep', '-l', '-z', '-E', '-e', markers, commit, '--', ...paths];
    const found = await git.run(this.path, args, { accept: [0, 1] });
    return splitNul(found.stdout).map((path) => path.slice(commit.length + 1));
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
    const { git, root, writing, inUse } = this.context;
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
      inUse.delete(this.path);
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
    const { context, path, branch, baseCommit: start } = this;
    await context.writing.run(() => abandonWorktree(context, { path, branch, start }));
    context.inUse.delete(path);
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

  private isMerged(cwd: string, ref: string): Promise<boolean> {
    return this.isAncestor(ref, this.place.target, cwd);
  }

  private async isAncestor(ref: string, of: string, cwd = this.path): Promise<boolean> {
    const args = ['merge-base', '--is-ancestor', ref, of];
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

  /** What was copied because it is ignored must not be committed by an agent that ignores it no more. */
  private async requireNoCopies(): Promise<void> {
    const copies = await notedCopies(this.context, this.path);
    if (copies.size === 0) return;
    const { git } = this.context;
    const added = ['--name-only', '--no-renames', '--diff-filter=A', '-z'];
    const staged = await git.run(this.path, ['diff', '--cached', ...added, this.baseCommit]);
    const range = `${this.baseCommit}..HEAD`;
    const log = ['log', '--format=', ...added, range];
    // 128: the agent left its HEAD on a branch without a commit.
    const committed = await git.run(this.path, log, { accept: [0, 128] });
    const all = new Set([...splitNul(staged.stdout), ...splitNul(committed.stdout)]);
    const paths = [...all].filter((path) => copies.has(path));
    if (paths.length === 0) return;
    const some = paths.slice(0, 5).join(', ');
    throw new RunsheetError(
      'validation',
      `The agent would commit ${some}, which was only copied into its worktree because git ` +
        `ignores it in yours. List it in .gitignore of ${this.path} again, take it out of the ` +
        `commits there, and continue.`,
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

  /**
   * HEAD, if it comes from the base commit; an agent may have rewritten or left its history. Where
   * the base commit was to be merged in and the agent gave that up, the files are still those of
   * before: on top of the base commit they would undo what others did.
   */
  private async parents(): Promise<[parent: string, merged?: string]> {
    const { baseCommit } = this;
    if (await this.isAncestor(baseCommit, 'HEAD')) return [await this.git('rev-parse', 'HEAD')];
    const first = await this.commitOf(firstBase);
    if (first === null) return [baseCommit];
    const head = (await this.isAncestor(first, 'HEAD')) ? await this.commitOf('HEAD') : null;
    const isMerging = (await this.openMerge()) === baseCommit;
    return isMerging ? [head ?? first, baseCommit] : [head ?? first];
  }

  /** The commit that is being merged into the worktree. */
  private openMerge(): Promise<string | null> {
    return this.commitOf('MERGE_HEAD');
  }

  private async commitOf(ref: string): Promise<string | null> {
    const question = ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`];
    const { code, stdout } = await this.context.git.run(this.path, question, { accept: [0, 1] });
    return code === 0 ? stdout.toString('utf8').trimEnd() : null;
  }

  private commitTree(
    tree: string,
    parents: readonly (string | undefined)[],
    message: string,
  ): Promise<string> {
    const { git, identity } = this.context;
    const those = parents.flatMap((parent) => (parent === undefined ? [] : ['-p', parent]));
    const args = [...identity, 'commit-tree', tree, ...those, '-F', '-'];
    return git.text(this.path, args, { input: message });
  }

  private basedOn(baseCommit: string): GitRunWorktree {
    return new GitRunWorktree(this.context, { ...this.place, baseCommit });
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
