import { noOverlay, type LastRun, type PlanOverlay } from '../language/overlay';
import type { Conditions } from '../runs/conditions';
import type { PlanState } from '../runs/plan-state';
import type { WorkspaceState } from '../runs/workspace-state';
import { activityOf } from './pause-views';
import { SubtaskViews } from './subtask-views';

function lastRunOf(state: WorkspaceState, runId: string | undefined): LastRun | null {
  const run = runId === undefined ? undefined : state.runs.get(runId);
  if (run === undefined) return null;
  const { id, state: at, outcome, verdict, ended_at: endedAt } = run;
  return { id, state: at, outcome, verdict, endedAt };
}

/** What the engine knows of a plan, for the features of its file. */
export function overlayOf(
  plan: PlanState | null,
  state: WorkspaceState,
  conditions: Conditions,
  now: number,
): PlanOverlay {
  if (plan === null) return noOverlay;
  const live = new Set(state.liveRuns(plan.plan.id).map((run) => run.subtask_id));
  const views = new SubtaskViews(plan, state, conditions, now, [], { isOutdated: () => false });
  const { isBeingRun, pause } = activityOf(plan.plan.id, state);
  return {
    subtasks: new Map(
      [...plan.subtasks.values()].map((row) => {
        const { whyNotReady, pause, canResume } = views.view(row);
        return [
          row.subtask_key,
          {
            status: row.status,
            proof: row.proof,
            whyNotReady,
            lastRun: lastRunOf(state, plan.attempts.get(row.id)?.lastRunId),
            live: live.has(row.id),
            isPaused: pause?.of === 'subtask',
            canResume,
          },
        ];
      }),
    ),
    gates: new Map(plan.gates.map(({ gate_key, id, state: at }) => [gate_key, { id, state: at }])),
    activity: pause === null ? (isBeingRun ? 'running' : null) : 'paused',
  };
}
