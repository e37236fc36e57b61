import type { PauseView, PlanView, SubtaskView } from '../protocol/views';
import { nameOf } from '../model/actors';
import type { PlanState } from '../runs/plan-state';
import type { WorkspaceState } from '../runs/workspace-state';
import type { HoldRow } from '../store/repositories/holds';
import type { RunRow } from '../store/repositories/runs';
import type { SubtaskRow } from '../store/repositories/subtasks';

// Who lets what stand still: a plan by its executions, what is below it by holds.

export function holdView(hold: HoldRow | undefined): PauseView | null {
  if (hold === undefined) return null;
  const why = hold.reason === null ? '.' : `: ${hold.reason}`;
  return { text: `Paused by ${nameOf(hold.created_by)}${why}`, since: hold.created_at };
}

/** How the executions of a plan stand together. */
export function activityOf(
  planId: string,
  state: WorkspaceState,
): Pick<PlanView, 'isBeingRun' | 'pause'> {
  const live = state.liveExecutions().filter((execution) => execution.plan_id === planId);
  const paused = live.find((execution) => execution.state === 'paused');
  return {
    isBeingRun: live.some((execution) => execution.state === 'running'),
    pause:
      paused === undefined ? null : { text: paused.message ?? 'Paused.', since: paused.updated_at },
  };
}

/** What is its own to take back comes before what concerns its whole phase. */
export function subtaskPause(row: SubtaskRow, plan: PlanState): SubtaskView['pause'] {
  const own = holdView(plan.holds.find((hold) => hold.subtask_id === row.id));
  if (own !== null) return { ...own, of: 'subtask' };
  const phase = holdView(phaseHold(row.phase_id, plan));
  return phase === null ? null : { ...phase, of: 'phase' };
}

export function phaseHold(phaseId: string | null, plan: PlanState): HoldRow | undefined {
  return plan.holds.find((hold) => hold.phase_id !== null && hold.phase_id === phaseId);
}

/** Since when the run stands still: since the first of the pauses that concern it. */
export function pausedSince(run: RunRow, state: WorkspaceState): string | null {
  if (run.state !== 'paused') return null;
  const plan = state.plans.get(run.plan_id);
  const row = plan?.subtasks.get(run.subtask_id);
  const execution = state.executions.get(run.plan_execution_id ?? '');
  const times = [
    ...(execution?.state === 'paused' ? [execution.updated_at] : []),
    ...(plan?.holds ?? [])
      .filter((hold) => hold.subtask_id === row?.id || hold.phase_id === (row?.phase_id ?? ''))
      .map((hold) => hold.created_at),
  ];
  return times.toSorted()[0] ?? null;
}
