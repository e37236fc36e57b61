import type { ExecutionRow } from '../store/repositories/executions';
import type { RunRow } from '../store/repositories/runs';
import type { PlanState } from './plan-state';
import type { WorkspaceState } from './workspace-state';

// What an engine that died has left of an execution, for the one that goes on with it.

type Known = Pick<WorkspaceState, 'runs'>;

/** Ids of the subtasks that a person has stopped in it: they stay out of it. */
export function stoppedIn(execution: ExecutionRow, plan: PlanState, { runs }: Known): Set<string> {
  const stopped = [...plan.subtasks.keys()].filter((id) => {
    const last = runs.get(plan.attempts.get(id)?.lastRunId ?? '');
    return last?.outcome === 'cancelled' && last.plan_execution_id === execution.id;
  });
  return new Set(stopped);
}

/** Interrupted runs whose subtasks begin anew, and not in a worktree that is there. */
export function leftoversOf(execution: ExecutionRow, plan: PlanState, { runs }: Known): RunRow[] {
  const isNeeded = ({ subtask_id: id }: RunRow): boolean => {
    const { status, next_run: next } = plan.subtasks.get(id) ?? {};
    return status === 'needs_attention' || (next?.continues ?? null) !== null;
  };
  return [...runs.values()].filter(
    (run) =>
      run.plan_execution_id === execution.id && run.outcome === 'interrupted' && !isNeeded(run),
  );
}
