/** Git, as the runs need it. All hashes are 40 lower-case hex; all paths are absolute. */
export interface Repository {
  /** Top folder of the checkout that the person works in. */
  readonly root: string;
  /** The opened folder within the checkout, with `/`; empty when it is the top folder itself. */
  readonly prefix: string;

  /** The person's branch name (`null` when detached) and its commit. */
  head(): Promise<{ branch: string | null; commit: string }>;
  /** @throws RunsheetError `not_found` naming the ref. */
  resolve(ref: string): Promise<string>;
  /** Changed or untracked paths of the person's checkout, relative, without `except`. */
  dirtyPaths(except: readonly string[]): Promise<string[]>;

  /**
   * The plan's branch in a worktree of the engine's own, made at `base` when it does not exist
   * yet; from now on its worktrees are shaped as `shape` says. The person's checkout is never
   * touched. A merge that an earlier engine left unfinished is undone.
   * @throws RunsheetError `validation` for a name that cannot be, `version_conflict` when the
   * branch is checked out elsewhere, `dirty_tree` when something else is in the worktree's place,
   * `read_only` when its folder cannot be made.
   */
  openPlanBranch(branch: string, base: string, shape: TreeShape): Promise<PlanBranch>;

  /** Every worktree that was made for this workspace. */
  ownWorktrees(): Promise<OwnWorktree[]>;
  /** What one of them is like, and what would be lost with it. */
  inspectWorktree(worktree: OwnWorktree): Promise<WorktreeInspection>;
  /**
   * Deletes one of them with a run's branch; the branch of a plan stays. `agreed` is the digest of
   * what may be lost with it; `null`: nothing may be.
   * @throws RunsheetError `not_found`, `version_conflict` when something else would be lost, which
   * is in its details as `lost`.
   */
  removeWorktree(id: string, agreed: string | null): Promise<void>;

  /** Tree hash of a commit, or of what a ref names. @throws RunsheetError `not_found`. */
  treeOf(ref: string): Promise<string>;
  /**
   * Tree hash of what is committed in a worktree, and whether tracked files differ from it: what
   * checks leave beside them does not count. `null` when there is no worktree.
   */
  committedTree(worktree: string): Promise<{ tree: string; changed: boolean } | null>;
  /**
   * The commits on the way of `ref`, oldest first, with the paths that each changed and the subtask
   * in its trailer; merges as one step. Only those after `since`, when it is on the way; else the
   * last 1000, which is then the whole that is known.
   */
  history(ref: string, since: string | null): Promise<{ steps: HistoryStep[]; isWhole: boolean }>;
}

export interface HistoryStep {
  commit: string;
  /** Key in the trailer `Runsheet-Subtask`. */
  subtask: string | null;
  /** From the top of the repository. */
  paths: string[];
}

/** What the worktrees of a plan hold: its own, and those of its runs. */
export interface TreeShape {
  /**
   * Patterns, in the syntax of .gitignore, of ignored files that are copied from the person's
   * checkout, beside those in `.worktreeinclude`.
   */
  copy: readonly string[];
  /**
   * Folders of the workspace that are checked out, with the files that lie directly in the folders
   * above them; empty: all. Git before 2.37 checks out all.
   */
  sparse: readonly string[];
}

export const wholeTree: TreeShape = { copy: [], sparse: [] };

/** Work that is in a worktree and nowhere else. */
export interface LostWork {
  /** Paths that are changed or new, as git names them. */
  uncommitted: readonly string[];
  /** Commits that no branch, remote or tag has but the run's own branch; newest first. */
  unmerged: readonly { commit: string; subject: string }[];
  /** Of all of it; `null` when nothing would be lost. */
  digest: string | null;
}

export interface OwnWorktree {
  /** `runs/t01-1a2b3c4d` or `plans/demo`: its place among all worktrees. */
  id: string;
  kind: 'run' | 'plan';
  path: string;
  /** The branch that it was made for; `null` when nobody knows. */
  branch: string | null;
  /** Whether this engine has made it and not done with it. */
  inUse: boolean;
}

export interface WorktreeInspection {
  /**
   * `whole`; `half_made`: nothing can have been done in it yet; `folder`: git does not know it any
   * more; `gone`: its folder was deleted.
   */
  condition: 'whole' | 'half_made' | 'folder' | 'gone';
  lost: LostWork;
}

/** How a merge waits for its turn. */
export interface MergeTurn {
  /** Aborted before its turn has come, it leaves the queue as refused. */
  signal?: AbortSignal;
  /** Its turn has come. */
  onTurn?: () => Promise<void>;
}

/** The branch that a plan's work is merged into. One merge at a time. */
export interface PlanBranch {
  /** Where the workspace lies in each worktree of the repository; empty at its root. */
  readonly prefix: string;
  readonly branch: string;
  readonly path: string;
  head(): Promise<string>;
  treeOf(commit: string): Promise<string>;
  /** Hash of all files as they are in a worktree now, untracked ones included, ignored ones not. */
  snapshot(directory: string): Promise<string>;
  /** Paths that differ between two commits, from the top of the repository. */
  changedPaths(from: string, to: string): Promise<string[]>;
  diff(from: string, to: string): Promise<string>;
  /**
   * A worktree of a run's own, on a new branch from the plan branch's head at this moment.
   * @throws RunsheetError `read_only` when its folder cannot be made.
   */
  openRunWorktree(request: RunWorktreeRequest): Promise<RunWorktree>;
  /** A run's worktree that is there already, e.g. of an interrupted run; `null` when it is gone. */
  findRunWorktree(path: string, branch: string, baseCommit: string): Promise<RunWorktree | null>;
  /**
   * Tries the merge of `commit` in the plan's worktree, hands the merged tree to `verify`, and
   * moves the branch only when `verify` says so; otherwise the branch and its worktree are as
   * before. Calls are served one after another, in the order in which they came.
   * @throws RunsheetError `dirty_tree` when somebody changed the plan's worktree by hand,
   * `version_conflict` when somebody else keeps moving the branch; what `verify` throws.
   */
  merge(
    commit: string,
    message: string,
    verify: (merged: { path: string; commit: string }) => Promise<boolean>,
    turn?: MergeTurn,
  ): Promise<MergeResult>;
  /** How many merges would be served before one that is asked for now. */
  readonly mergesAhead: number;
}

export interface RunWorktreeRequest {
  /** Makes path and branch unique and readable, e.g. the subtask's key and the run's id. */
  name: string;
  /** Ends a checkout that is under way; nothing is left of it. */
  signal?: AbortSignal;
}

export type MergeResult =
  | { kind: 'merged'; commit: string }
  /** The branch has the commit already; `verify` was satisfied with the branch as it is. */
  | { kind: 'nothing_to_merge'; commit: string }
  | { kind: 'conflict'; paths: string[] }
  | { kind: 'refused' };

export interface RunWorktree {
  readonly path: string;
  readonly branch: string;
  readonly baseCommit: string;
  /**
   * Commits everything that the agent left, except the paths (files or folders) that it must not
   * change: they are put back to the base commit's state. `null` when nothing changed since the
   * base commit. Called when no process of the run is left.
   * @throws RunsheetError `validation` when the agent left a git repository inside the worktree.
   */
  commitAll(message: string, protectedPaths: readonly string[]): Promise<string | null>;
  /**
   * Merges the plan branch's head into the worktree, which from then on has that head as its base.
   * Files in conflict are left so, named, with git's markers in them; without a conflict the merge
   * is committed. What was uncommitted is committed before, as `commitAll` does; a merge that is
   * already open is gone on with.
   */
  takeIn(
    message: string,
    protectedPaths: readonly string[],
  ): Promise<{ worktree: RunWorktree; conflicts: string[] }>;
  /** Files that `commit` has with conflict markers and the base commit has without. */
  conflictMarkers(commit: string): Promise<string[]>;
  /** Paths changed since the base commit, relative to the worktree. */
  changedPaths(): Promise<string[]>;
  /** The diff since the base commit, as text, with what is uncommitted or untracked. */
  diff(): Promise<string>;
  /** Tree hash of the commit at HEAD and whether anything is uncommitted. */
  state(): Promise<{ commit: string; tree: string; dirty: boolean }>;
  /**
   * Deletes worktree and branch, but never uncommitted or unmerged work: then `false`. Ignored
   * files are not work.
   */
  removeIfMerged(): Promise<boolean>;
  /** Deletes worktree and branch with all that is in them: for one that was made only to check. */
  discard(): Promise<void>;
}
