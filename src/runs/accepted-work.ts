import { posix } from 'node:path';
import { RunsheetError } from '../model/errors';
import { checkTransition, subtaskTransitions } from '../model/transitions';
import { runs, type RunRow } from '../store/repositories/runs';
import type { SubtaskRow } from '../store/repositories/subtasks';
import type { Store } from '../store/store';
import type { PlanBranch, RunWorktree } from '../workspaces/workspace';
import type { PlanState } from './plan-state';
import { isMerged } from './run-end';
import { planFilesOf } from './plan-content';

/** What a run left beside the plan's branch. */
export interface LeftWork {
  run: RunRow;
  commit: string;
}

/** Whether work that is merged for a look may stay merged. */
export type Judge = (merged: { path: string; commit: string }, left: LeftWork) => Promise<boolean>;

const asItIs: Judge = () => Promise.resolve(true);

/** Merges what runs left unproven: when a person takes it as it is, or when it is judged anew. */
export class AcceptedWork {
  constructor(
    private readonly store: Store,
    private readonly branchOf: (plan: PlanState, baseCommit: string) => Promise<PlanBranch>,
  ) {}

  /**
   * What the subtask's last run left, committed or not. Nothing is merged for a subtask that waits
   * to be begun: its last run was given up; then, and when there is nothing, nobody judges.
   * @throws RunsheetError `invalid_transition`, `version_conflict` with the way out.
   */
  async merge(plan: PlanState, subtask: SubtaskRow, judge: Judge = asItIs): Promise<void> {
    checkTransition('subtask', subtaskTransitions, subtask.status, 'done');
    const run = await this.runOf(plan, subtask);
    if (run === null || run.base_commit === null) return;
    const branch = await this.branchOf(plan, run.base_commit);
    const worktree = await this.worktreeOf(run, branch);
    const message = messageOf(subtask, run, judge === asItIs ? 'accepted' : 'checked again');
    const planFiles = planFilesOf(plan.entry).map((path) => posix.join(branch.prefix, path));
    const left = await worktree?.commitAll(message, planFiles);
    const commit = worktree === null ? run.head_commit : (left ?? null);
    if (commit === null || commit === run.base_commit) return;
    const result = await branch.merge(commit, `Merge ${message}`, (merged) =>
      judge(merged, { run, commit }),
    );
    if (result.kind === 'conflict') throw conflict(subtask, run, branch, result.paths);
    if (isMerged(result)) await worktree?.removeIfMerged();
  }

  private async runOf(plan: PlanState, subtask: SubtaskRow): Promise<RunRow | null> {
    const looksAtWork = subtask.status === 'needs_attention' || subtask.status === 'failed';
    const id = plan.attempts.get(subtask.id)?.lastRunId;
    if (!looksAtWork || id === undefined) return null;
    const run = await this.store.query(runs.byId, id);
    return run.merge_commit === null ? run : null;
  }

  private async worktreeOf(run: RunRow, branch: PlanBranch): Promise<RunWorktree | null> {
    const { worktree_path: path, branch_name: name, base_commit: base } = run;
    if (path === null || name === null || base === null) return null;
    return branch.findRunWorktree(path, name, base);
  }
}

function messageOf({ subtask_key: key, title }: SubtaskRow, run: RunRow, why: string): string {
  return `${key}: ${title} (${why})\n\nRunsheet-Subtask: ${key}\nRunsheet-Run: ${run.id}`;
}

function conflict(
  { subtask_key: key }: SubtaskRow,
  run: RunRow,
  branch: PlanBranch,
  paths: readonly string[],
): RunsheetError {
  return new RunsheetError(
    'version_conflict',
    `The work of ${key} conflicts with the plan's branch in ${paths.join(', ')}. Merge ${run.branch_name ?? run.head_commit ?? ''} into ${branch.branch} by hand, then accept it.`,
    { paths },
  );
}
