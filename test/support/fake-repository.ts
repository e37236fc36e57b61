import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RunsheetError } from '../../src/model/errors';
import {
  wholeTree,
  type HistoryStep,
  type MergeResult,
  type MergeTurn,
  type OwnWorktree,
  type PlanBranch,
  type Repository,
  type RunWorktree,
  type RunWorktreeRequest,
  type TreeShape,
  type WorktreeInspection,
} from '../../src/workspaces/workspace';

let commits = 0;

/** A commit hash that no other has. */
export function newCommit(): string {
  commits += 1;
  return commits.toString(16).padStart(40, '0');
}

export class FakeWorktree implements RunWorktree {
  /** What the agent changed; empty: nothing to commit. */
  changed: string[] = ['src/a.ts'];
  /** Somebody deleted it by hand. */
  isGone = false;
  discarded = false;
  removed = false;
  commitError: Error | null = null;
  /** How often the plan's branch was merged in. */
  takenIn = 0;
  /** Files that the agent left with conflict markers. */
  markers: string[] = [];
  private last: { tree: string; commit: string } | null = null;

  constructor(
    readonly name: string,
    readonly path: string,
    readonly branch: string,
    readonly baseCommit: string,
    private readonly branchOf: { conflicts: string[] } = { conflicts: [] },
  ) {}

  async commitAll(_message: string, protectedPaths: readonly string[]): Promise<string | null> {
    if (this.commitError !== null) throw this.commitError;
    const left = this.changed.filter((path) => !protectedPaths.includes(path));
    if (left.length === 0) return null;
    const tree = left.join('\n');
    if (this.last?.tree !== tree) this.last = { tree, commit: newCommit() };
    return this.last.commit;
  }

  async takeIn(): Promise<{ worktree: RunWorktree; conflicts: string[] }> {
    this.takenIn += 1;
    return { worktree: this, conflicts: this.branchOf.conflicts };
  }

  async conflictMarkers(): Promise<string[]> {
    return this.markers;
  }

  async changedPaths(): Promise<string[]> {
    return this.changed;
  }

  async diff(): Promise<string> {
    return this.changed.map((path) => `+++ ${path}\n`).join('');
  }

  async state(): Promise<{ commit: string; tree: string; dirty: boolean }> {
    return { commit: this.baseCommit, tree: this.baseCommit, dirty: false };
  }

  async removeIfMerged(): Promise<boolean> {
    this.removed = true;
    return true;
  }

  async discard(): Promise<void> {
    this.discarded = true;
    await rm(this.path, { recursive: true, force: true });
  }
}

/** A branch on which a merge conflicts when it is told so; it remembers what was merged. */
export class FakePlanBranch implements PlanBranch {
  readonly prefix = '';
  readonly merged: string[] = [];
  readonly worktrees: FakeWorktree[] = [];
  conflicts: string[] = [];
  openError: Error | null = null;
  mergesAhead = 0;
  shape: TreeShape = wholeTree;
  /** Waited for before a run's worktree is found again. */
  beforeFinding: () => Promise<void> = () => Promise.resolve();
  /** Waited for before a merge begins. */
  beforeMerge: () => Promise<void> = () => Promise.resolve();
  /** Tree hashes by commit; others are told by the commit's own hash. */
  readonly trees = new Map<string, string>();
  snapshots: (directory: string) => string = () => '0'.repeat(40);
  private readonly contained = new Set<string>();
  private tip: string;

  constructor(
    readonly branch: string,
    base: string,
    private readonly folder: string,
  ) {
    this.tip = base;
    this.contained.add(base);
  }

  get path(): string {
    return join(this.folder, 'plan');
  }

  async head(): Promise<string> {
    return this.tip;
  }

  async treeOf(commit: string): Promise<string> {
    return this.trees.get(commit) ?? commit;
  }

  async snapshot(directory: string): Promise<string> {
    return this.snapshots(directory);
  }

  async changedPaths(from: string, to: string): Promise<string[]> {
    return from === to ? [] : ['src/a.ts'];
  }

  async diff(from: string, to: string): Promise<string> {
    return from === to ? '' : '+++ src/a.ts\n';
  }

  async openRunWorktree(request: RunWorktreeRequest): Promise<FakeWorktree> {
    if (this.openError !== null) throw this.openError;
    const name = `${request.name}-${this.worktrees.length}`;
    const path = join(this.folder, name);
    await mkdir(path, { recursive: true });
    const worktree = new FakeWorktree(request.name, path, `runsheet/${name}`, this.tip, this);
    this.worktrees.push(worktree);
    return worktree;
  }

  async findRunWorktree(path: string): Promise<RunWorktree | null> {
    await this.beforeFinding();
    const found = this.worktrees.find((worktree) => worktree.path === path);
    return found === undefined || found.isGone ? null : found;
  }

  async merge(
    commit: string,
    _message: string,
    verify: (merged: { path: string; commit: string }) => Promise<boolean>,
    { onTurn }: MergeTurn = {},
  ): Promise<MergeResult> {
    await this.beforeMerge();
    await onTurn?.();
    if (this.contained.has(commit)) {
      const passed = await verify({ path: this.path, commit: this.tip });
      return passed ? { kind: 'nothing_to_merge', commit: this.tip } : { kind: 'refused' };
    }
    if (this.conflicts.length > 0) return { kind: 'conflict', paths: this.conflicts };
    const merged = newCommit();
    // The same work merged into the same branch makes the same files.
    const parents = `${await this.treeOf(this.tip)} ${await this.treeOf(commit)}`;
    this.trees.set(merged, createHash('sha1').update(parents).digest('hex'));
    if (!(await verify({ path: this.path, commit: merged }))) return { kind: 'refused' };
    this.merged.push(commit);
    this.contained.add(commit).add(merged);
    this.tip = merged;
    return { kind: 'merged', commit: merged };
  }

  /** The worktree of a subtask's newest run. */
  worktreeOf(subtaskId: string): FakeWorktree {
    const found = this.worktrees.findLast(({ name }) => name.startsWith(`${subtaskId}-`));
    if (found === undefined) throw new Error(`no worktree was opened for ${subtaskId}`);
    return found;
  }
}

/** A checkout with one commit, in which nothing is ever really merged. */
export class FakeRepository implements Repository {
  readonly root: string;
  readonly prefix = '';
  readonly commit = newCommit();
  readonly branches = new Map<string, FakePlanBranch>();
  dirty: string[] = [];
  /** What is committed in worktrees, by path. */
  readonly committed = new Map<string, { tree: string; changed: boolean }>();
  /** Worktrees as they lie on the disk. */
  own: (OwnWorktree & WorktreeInspection)[] = [];
  /** The history of every branch. */
  steps: HistoryStep[] = [];

  constructor(
    workspace: string,
    private readonly worktrees: string,
  ) {
    this.root = workspace;
  }

  async head(): Promise<{ branch: string | null; commit: string }> {
    return { branch: 'main', commit: this.commit };
  }

  async resolve(ref: string): Promise<string> {
    if (/^[0-9a-f]{40}$/.test(ref)) return ref;
    if (ref === 'HEAD' || ref === 'main') return this.commit;
    const branch = this.branches.get(ref);
    if (branch !== undefined) return branch.head();
    throw new RunsheetError('not_found', `There is no ${ref}.`, { ref });
  }

  async dirtyPaths(except: readonly string[]): Promise<string[]> {
    return this.dirty.filter((path) => !except.includes(path));
  }

  async treeOf(ref: string): Promise<string> {
    const commit = await this.resolve(ref);
    for (const { trees } of this.branches.values()) {
      const tree = trees.get(commit);
      if (tree !== undefined) return tree;
    }
    return commit;
  }

  async committedTree(worktree: string): Promise<{ tree: string; changed: boolean } | null> {
    return this.committed.get(worktree) ?? null;
  }

  async history(
    _ref: string,
    since: string | null,
  ): Promise<{ steps: HistoryStep[]; isWhole: boolean }> {
    const after = this.steps.findIndex(({ commit }) => commit === since);
    return { steps: this.steps.slice(after + 1), isWhole: after < 0 };
  }

  async openPlanBranch(branch: string, base: string, shape: TreeShape): Promise<FakePlanBranch> {
    const made = this.branches.get(branch) ?? new FakePlanBranch(branch, base, this.worktrees);
    this.branches.set(branch, made);
    made.shape = shape;
    return made;
  }

  async ownWorktrees(): Promise<OwnWorktree[]> {
    return this.own;
  }

  async inspectWorktree({ id }: OwnWorktree): Promise<WorktreeInspection> {
    const found = this.own.find((one) => one.id === id);
    if (found === undefined) throw new RunsheetError('not_found', `There is no ${id}.`, { id });
    return found;
  }

  async removeWorktree(id: string, agreed: string | null): Promise<void> {
    const found = this.own.find((one) => one.id === id);
    if (found === undefined) throw new RunsheetError('not_found', `There is no ${id}.`, { id });
    if (found.lost.digest !== null && found.lost.digest !== agreed)
      throw new RunsheetError('version_conflict', `${id} was kept.`, { lost: found.lost });
    this.own = this.own.filter((one) => one !== found);
  }

  /** The only plan branch. */
  get branch(): FakePlanBranch {
    const [branch, ...others] = [...this.branches.values()];
    if (branch === undefined || others.length > 0) throw new Error('not exactly one plan branch');
    return branch;
  }
}
