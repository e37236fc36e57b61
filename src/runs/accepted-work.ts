import { posix } from 'node:path';
import { RunsheetError } from '../model/errors';
import { checkTransition, subtaskTransitions } from '../model/transitions';
import { runs, type RunRow } from '../store/repositories/runs';
import type { SubtaskRow } from '../store/repositories/subtasks';
import type { Store } from '../store/store';
import type { PlanBranch, RunWorktree } from '../workspaces/workspace';
import type { PlanState } from './plan-state';

/** Merges what runs left unproven and a person takes as it is. */
export class AcceptedWork {
  constructor(
    private readonly store: Store,
    private readonly branchOf: (plan: PlanState, baseCommit: string) => Promise<PlanBranch>,
  ) {}

  /**
   * What the subtask's last run left, committed or not. Nothing is merged for a subtask that waits
   * to be begun: its last run was given up.
   * @throws RunsheetError `invalid_transition`, `version_conflict` with the way out.
   */
  async merge(plan: PlanState, subtask: SubtaskRow): Promise<void> {
    checkTransition('subtask', subtaskTransitions, subtask.status, 'done');
    const run = await this.runOf(plan, subtask);
    if (run === null || run.base_commit === null) return;
    const branch = await this.branchOf(plan, run.base_commit);
    const worktree = await this.worktreeOf(run, branch);
    const message = messageOf(subtask, run);
    const planFile = posix.join(branch.prefix, plan.entry.path);
    const left = await worktree?.commitAll(message, [planFile]);
    const commit = worktree === null ? run.head_commit : (left ?? null);
    if (commit === null || commit === run.base_commit) return;
    const result = await branch.merge(commit, `Merge ${message}`, () => Promise.resolve(true));
    if (result.kind === 'conflict') throw conflict(subtask, run, branch, result.paths);
    await worktree?.removeIfMerged();
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

function messageOf({ subtask_key: key, title }: SubtaskRow, run: RunRow): string {
  return `${key}: ${title} (accepted)\n\nRunsheet-Subtask: ${key}\nRunsheet-Run: ${run.id}`;
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
