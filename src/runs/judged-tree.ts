import { join } from 'node:path';
import { neverPaused, type CheckContext } from '../checks/check';
import type { PlanBranch } from '../workspaces/workspace';
import type { RunServices } from './assignment';

/** What a piece of work changed, and what its agent said. */
export type Change = Pick<CheckContext, 'diff' | 'changedPaths' | 'eventText'>;

/** Where no run is known. */
export const noChange: Change = {
  diff: () => Promise.resolve(null),
  changedPaths: () => Promise.resolve(null),
  eventText: () => Promise.resolve(null),
};

/** A tree that is judged without a run. */
export interface JudgedTree extends Pick<
  CheckContext,
  'declaredFiles' | 'hosts' | 'reviewer' | 'marker' | 'signal'
> {
  branch: PlanBranch;
  /** Top of the worktree that holds it. */
  worktree: string;
  change: Change;
  /** Values of `subtask_key` and `base_commit`. */
  key: string;
  baseCommit: string;
}

/** What checks of such a tree get to know. */
export function checkContextOf(tree: JudgedTree, services: RunServices): CheckContext {
  const { branch, worktree, change, key, baseCommit, ...common } = tree;
  return {
    ...common,
    ...change,
    directory: join(worktree, branch.prefix),
    prefix: branch.prefix,
    snapshot: (directory) => branch.snapshot(directory),
    values: { subtask_key: key, run_id: common.marker, base_commit: baseCommit },
    env: services.environment(common.marker),
    isApproved: services.isApproved,
    pause: neverPaused,
    time: services.clock,
  };
}
