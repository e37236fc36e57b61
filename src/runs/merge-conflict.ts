import type { RunRow } from '../store/repositories/runs';

/** How a run ends whose work passed its checks and cannot be merged. */
export const conflictCode = 'merge_conflict';

const longestList = 100;

/** What a run's work conflicted with when it was merged. */
export interface MergeConflict {
  paths: readonly string[];
  /** The plan's branch. */
  branch: string;
  /** Where the work is. */
  worktree: string;
  /** Whether its agent may, and can, resolve it. */
  byAgent: boolean;
}

/** Whether the work of a run waits for somebody to merge it. */
export function hasConflict(run: Pick<RunRow, 'error_code'>): boolean {
  return run.error_code === conflictCode;
}

/** What the agent is told that did the work. */
export function conflictGuidance({ branch, paths }: MergeConflict): string {
  return [
    `What others did meanwhile is on the plan's branch, ${branch}. Merge it into your work: the`,
    'merge is already begun in the directory, and these files hold conflicts:',
    '',
    ...paths.slice(0, longestList).map((path) => `- ${path}`),
    ...(paths.length > longestList
      ? [`- and ${paths.length - longestList} more, which "git status" names`]
      : []),
    '',
    'Resolve them so that both changes keep their purpose, and leave no conflict markers. Do not',
    'give the merge up and do not commit it: that is done for you. Then your work is checked again.',
  ].join('\n');
}

/** What a person is told, with the ways out. */
export function conflictDetail({ branch, paths, worktree }: MergeConflict): string {
  return (
    `Its work conflicts with ${branch} in ${paths.join(', ')}. It is kept in ${worktree}. ` +
    `Either merge by hand and then accept it: git -C "${worktree}" merge ${branch}, resolve, commit. ` +
    'Or continue it: its agent is given the merge to resolve.'
  );
}
