import { join } from 'node:path';
import { copyIgnored } from './copy-ignored';
import { Merger, type Verify } from './merger';
import { isInside } from '../platform/paths';
import type { RepositoryContext } from './context';
import { GitRunWorktree } from './git-run-worktree';
import { runNames } from './names';
import { diffBetween, pathsBetween, snapshotOf } from './trees';
import { abandonWorktree, addWorktree, branchExists } from './worktree-list';
import { clearStaleLocks, foldersOf, isHalfMade } from './worktree-state';
import type { MergeResult, PlanBranch, RunWorktree, RunWorktreeRequest } from './workspace';

/** A plan's branch, checked out in a worktree of the engine's own. */
export class GitPlanBranch implements PlanBranch {
  private readonly ref: string;
  private readonly merger: Merger;

  constructor(
    private readonly context: RepositoryContext,
    readonly branch: string,
    readonly path: string,
    readonly prefix: string,
  ) {
    this.ref = `refs/heads/${branch}`;
    this.merger = new Merger(context, branch, path);
  }

  head(): Promise<string> {
    return this.merger.head();
  }

  treeOf(commit: string): Promise<string> {
    return this.context.git.text(this.path, ['rev-parse', '--verify', `${commit}^{tree}`]);
  }

  snapshot(directory: string): Promise<string> {
    return snapshotOf(this.context, directory);
  }

  changedPaths(from: string, to: string): Promise<string[]> {
    return pathsBetween(this.context.git, this.context.root, from, to);
  }

  diff(from: string, to: string): Promise<string> {
    return diffBetween(this.context.git, this.context.root, from, to);
  }

  /** Cleans up after a merge that was interrupted. */
  settle(): Promise<void> {
    return this.merger.settle();
  }

  async openRunWorktree(request: RunWorktreeRequest): Promise<RunWorktree> {
    const { git, files, log, root } = this.context;
    const worktree = await this.context.writing.run(() => this.makeRunWorktree(request.name));
    try {
      await copyIgnored({ git, files, log }, root, worktree.path, request.copy);
    } catch (error) {
      await worktree.removeIfMerged();
      throw error;
    }
    return worktree;
  }

  async findRunWorktree(
    path: string,
    branch: string,
    baseCommit: string,
  ): Promise<RunWorktree | null> {
    const { git, files, clock } = this.context;
    const found = await foldersOf(git, files, path);
    const own = await foldersOf(git, files, this.path);
    if (found === null || found.commonDirectory !== own?.commonDirectory) return null;
    if (!isInside(this.context.worktrees, path)) return null;
    if (await isHalfMade(found)) {
      await this.context.writing.run(() => abandonWorktree(this.context, path, branch, baseCommit));
      return null;
    }
    await clearStaleLocks(files, clock, found, branch);
    return new GitRunWorktree(this.context, { path, branch, baseCommit, target: this.ref });
  }

  merge(commit: string, message: string, verify: Verify): Promise<MergeResult> {
    return this.merger.merge(commit, message, verify);
  }

  private async makeRunWorktree(name: string): Promise<GitRunWorktree> {
    const baseCommit = await this.head();
    const { path, branch } = await this.freeName(name);
    await addWorktree(this.context, path, branch, baseCommit);
    return new GitRunWorktree(this.context, { path, branch, baseCommit, target: this.ref });
  }

  private async freeName(name: string): Promise<{ path: string; branch: string }> {
    for (const { folder, branch } of runNames(name)) {
      const path = join(this.context.worktrees, 'runs', folder);
      if ((await this.context.files.kind(path)) !== null) continue;
      if (!(await branchExists(this.context, branch))) return { path, branch };
    }
    throw new Error('unreachable: names never end');
  }
}
