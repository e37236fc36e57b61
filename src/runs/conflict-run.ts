import type { RunWorktree } from '../workspaces/workspace';
import type { Assignment } from './assignment';
import { isBuiltIn } from '../agents/known-agents';
import { conflictCode, type MergeConflict } from './merge-conflict';
import { attention, unproven, type RunEnd } from './run-end';
import type { RunRecord } from './run-record';
import { planFilesIn } from './assignment';

/** Whether the run resolves what conflicted when the work of the run before it was merged. */
export function resolvesConflict({ startedBy }: Pick<Assignment, 'startedBy'>): boolean {
  return startedBy?.resolvesConflict === true;
}

/** Begins the merge of the plan's branch in the worktree, for the agent to resolve. */
export async function beginMerge(
  worktree: RunWorktree,
  assignment: Assignment,
  record: RunRecord,
): Promise<RunWorktree> {
  const { branch, subtask, run } = assignment;
  const title = `Merge ${branch.branch} into ${subtask.id}`;
  const message = `${title}\n\nRunsheet-Subtask: ${subtask.key}\nRunsheet-Run: ${run.id}`;
  const taken = await worktree.takeIn(message, planFilesIn(assignment));
  const { baseCommit: head } = taken.worktree;
  await record.event('branch_taken_in', { branch: branch.branch, head, paths: taken.conflicts });
  return taken.worktree;
}

/** How a run ends whose agent has not resolved everything, with what is left; `null`: it has. */
export async function unresolved(
  worktree: RunWorktree,
  commit: string,
): Promise<{ end: RunEnd; paths: string[] } | null> {
  const paths = await worktree.conflictMarkers(commit);
  if (paths.length === 0) return null;
  const reason = `The agent left conflict markers in ${paths.join(', ')}.`;
  const end = unproven('completed', conflictCode, reason);
  return { end: { ...end, verdict: 'failed', subtask: attention(reason) }, paths };
}

/** What is decided by, when the merge of a run's work has failed. */
export function conflictOf(
  { branch, conflicts, definition }: Assignment,
  worktree: RunWorktree,
  paths: readonly string[],
): MergeConflict {
  // A subtask's own command would only do the same again.
  const byAgent = conflicts === 'agent' && !isBuiltIn(definition);
  return { paths, branch: branch.branch, worktree: worktree.path, byAgent };
}
