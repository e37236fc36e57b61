import type { ExecutionRow } from '../store/repositories/executions';
import type { PlanBranch } from '../workspaces/workspace';
import { keysOf } from './preparation';
import type { PlanState } from './plan-state';
import type { RunControl } from './run-control';
import type { WorkspaceSettings } from './workspace-settings';

/** An execution that this engine is carrying out. */
export interface LiveExecution {
  readonly row: ExecutionRow;
  readonly branch: PlanBranch;
  readonly settings: WorkspaceSettings;
  readonly workers: number;
  /** Runs being dispatched or going on, by subtask id. */
  readonly active: Map<string, RunControl>;
  /** Agents that are on trial with one of these runs, by subtask id. */
  readonly agents: Map<string, string>;
  /** The work on them, until its end is in the state. */
  readonly runs: Set<Promise<void>>;
  /** Subtasks that are not started again in this execution, e.g. because a person stopped them. */
  readonly excluded: Set<string>;
  stopped: boolean;
}

/** Ids of the subtasks that an execution may start; `null`: all of the plan's. */
export function scopeIds(execution: LiveExecution, plan: PlanState): Set<string> | null {
  const { scope, scope_ref: ref } = execution.row;
  if (scope === 'plan' && execution.excluded.size === 0) return null;
  const ids = new Set(scope === 'plan' ? plan.subtasks.keys() : idsOf(scope, ref ?? '', plan));
  for (const id of execution.excluded) ids.delete(id);
  return ids;
}

function idsOf(scope: 'phase' | 'subtask', ref: string, plan: PlanState): string[] {
  const named = keysIn(ref);
  const keys =
    scope === 'subtask'
      ? named
      : plan.entry.plan.phases
          .filter(({ key }) => named.includes(key))
          .flatMap(({ subtasks }) => subtasks.map(({ key }) => key));
  return keys.flatMap((key) => plan.idByKey.get(key) ?? []);
}

/** The stored form of a list of keys, and back. */
export function scopeRefOf(keys: Iterable<string>): string {
  return [...keys].map(encodeURIComponent).join(',');
}

function keysIn(ref: string): string[] {
  return ref.split(',').map(decodeURIComponent);
}

export function scopeOfRequest(
  plan: PlanState,
  request: { subtasks: readonly string[] | null; phases: readonly string[] | null },
): { scope: ExecutionRow['scope']; scopeRef: string | null } {
  const { keys, phaseKeys } = keysOf(plan.entry.plan, request);
  if (request.subtasks !== null) return { scope: 'subtask', scopeRef: scopeRefOf(keys) };
  return phaseKeys === null
    ? { scope: 'plan', scopeRef: null }
    : { scope: 'phase', scopeRef: scopeRefOf(phaseKeys) };
}
