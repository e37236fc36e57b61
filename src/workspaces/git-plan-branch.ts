import { join } from 'node:path';
import { copyIgnored, noteCopies } from './copy-ignored';
import { Merger, type Verify } from './merger';
import { isInside } from '../platform/paths';
import type { RepositoryContext } from './context';
import { GitRunWorktree } from './git-run-worktree';
import { runNames } from './names';
import { PlanTree } from './plan-tree';
import { diffBetween, pathsBetween, snapshotOf } from './trees';
import {
  abandonWorktree,
  branchExists,
  checkOut,
  registerWorktree,
  type NewWorktree,
} from './worktree-list';
import { clearStaleLocks, foldersOf, isHalfMade } from './worktree-state';
import type {
  MergeResult,
  MergeTurn,
  PlanBranch,
  RunWorktree,
  RunWorktreeRequest,
  TreeShape,
} from './workspace';

/** A plan's branch, checked out in a worktree of the engine's own. */
export class GitPlanBranch implements PlanBranch {
  private readonly ref: string;
  private readonly tree: PlanTree;
  private readonly merger: Merger;

  constructor(
    private readonly context: RepositoryContext,
    readonly branch: string,
    readonly path: string,
    readonly prefix: string,
  ) {
    this.ref = `refs/heads/${branch}`;
    this.tree = new PlanTree(context, branch, path, prefix);
    this.merger = new Merger(context, this.tree);
  }

  set shape(shape: TreeShape) {
    this.tree.shape = shape;
  }

  get mergesAhead(): number {
    return this.merger.ahead;
  }

  head(): Promise<string> {
    return this.merger.head();
  }

  treeOf(commit: string): Promise<string> {
    return this.context.git.text(this.context.root, ['rev-parse', '--verify', `${commit}^{tree}`]);
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

  /**
   * Makes the branch (at `start`; `null`: it exists) and its worktree where they are missing, and
   * cleans up after a merge that was interrupted.
   */
  async open(start: string | null): Promise<void> {
    await this.tree.ensure(start);
    await this.merger.settle();
  }

  /** Does something with the plan's worktree while nothing is merged in it. */
  between<T>(work: () => Promise<T>): Promise<T> {
    return this.merger.between(work);
  }

  async openRunWorktree(request: RunWorktreeRequest): Promise<RunWorktree> {
    const { git, files, log, root, inUse } = this.context;
    const baseCommit = await this.head();
    const place = await this.context.writing.run(() => this.register(request.name, baseCommit));
    const { path, branch } = place;
    try {
      await checkOut(this.context, place, this.tree.sparse, request.signal);
      const tools = { git, files, log };
      const copied = await copyIgnored(tools, root, path, this.tree.shape.copy);
      await noteCopies(tools, path, copied);
    } catch (error) {
      await this.context.writing.run(() => abandonWorktree(this.context, place));
      inUse.delete(path);
      throw error;
    }
    return new GitRunWorktree(this.context, { path, branch, baseCommit, target: this.ref });
  }

  async findRunWorktree(
    path: string,
    branch: string,
    baseCommit: string,
  ): Promise<RunWorktree | null> {
    const { git, files, clock, root } = this.context;
    const found = await foldersOf(git, files, path);
    const own = await foldersOf(git, files, root);
    if (found === null || found.commonDirectory !== own?.commonDirectory) return null;
    if (!isInside(this.context.worktrees, path)) return null;
    if (await isHalfMade(files, path, found)) {
      const place = { path, branch, start: baseCommit };
      await this.context.writing.run(() => abandonWorktree(this.context, place));
      return null;
    }
    await clearStaleLocks(files, clock, found, branch);
    return new GitRunWorktree(this.context, { path, branch, baseCommit, target: this.ref });
  }

  merge(
    commit: string,
    message: string,
    verify: Verify,
    turn: MergeTurn = {},
  ): Promise<MergeResult> {
    return this.merger.merge(commit, message, verify, turn);
  }

  private async register(name: string, start: string): Promise<NewWorktree> {
    const place = { ...(await this.freeName(name)), start };
    // Before it is there: nobody may take it for a leftover.
    this.context.inUse.add(place.path);
    try {
      await registerWorktree(this.context, place);
    } catch (error) {
      this.context.inUse.delete(place.path);
      throw error;
    }
    return place;
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
