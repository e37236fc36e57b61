import type { NeedView } from '../protocol/views';
import { isReached } from '../runs/gatekeeper';
import type { OpenDecisions } from '../runs/open-decisions';
import { isLeftOutRow, type PlanState } from '../runs/plan-state';
import type { WorkspaceState } from '../runs/workspace-state';
import type { EscalationRow } from '../store/repositories/escalation-rows';
import type { GateRow } from '../store/repositories/gate-rows';
import type { PermissionRow } from '../store/repositories/permissions';
import type { SubtaskRow } from '../store/repositories/subtasks';
import type { TriggerFiring } from '../store/repositories/triggers';
import { escalationView, subtaskIn, triggerView } from './decision-views';
import { canResume } from './subtask-views';
import { runView, waitsForDecision } from './views';

/**
 * A rejected gate waits as soon as all is done again that it follows; one that a person opens, when
 * an execution goes on no more without it.
 */
function isUndecided(plan: PlanState, gate: GateRow, state: WorkspaceState): boolean {
  if (gate.state === 'rejected') return isReached(plan, gate);
  if (gate.state === 'open') return true;
  const waits = state
    .liveExecutions()
    .some(({ plan_id: planId, message }) => planId === plan.plan.id && message !== null);
  return waits && waitsForDecision(plan, gate);
}

function gateNeed(gate: GateRow): NeedView {
  const { criteria, lastDecision } = gate;
  const lines = criteria.map((criterion) => `${criterion.state}: ${criterion.text}`);
  if (gate.state === 'rejected') lines.unshift(`rejected: ${lastDecision?.reason ?? ''}`);
  return {
    id: gate.id,
    kind: 'gate',
    state: gate.state,
    planId: gate.plan_id,
    subtaskId: null,
    runId: null,
    title: gate.title,
    detail: lines.join('\n'),
    options: [],
    since: (gate.state === 'open' ? gate.opened_at : lastDecision?.decided_at) ?? '',
  };
}

function permissionNeed(permission: PermissionRow, state: WorkspaceState): NeedView {
  const run = state.runs.get(permission.run_id);
  return {
    id: permission.id,
    kind: 'permission',
    state: 'open',
    planId: run?.plan_id ?? null,
    subtaskId: run?.subtask_id ?? null,
    runId: permission.run_id,
    title: permission.summary,
    detail: [run === undefined ? '' : runView(run, state).title, ...callLines(permission)].join(
      '\n',
    ),
    options: permission.options,
    since: permission.created_at,
  };
}

/** What the agent would do: the tool, where, and with what. */
function callLines({ call, summary }: PermissionRow): string[] {
  if (call === null) return [];
  const { tool, kind, locations, input } = call;
  const what = tool === null ? kind : `${tool} (${kind})`;
  const where = locations.length === 0 ? '' : `: ${locations.join(', ')}`;
  const isSaid = input === null || input === summary;
  const isKnown = tool !== null || kind !== 'other' || where !== '';
  return [...(isKnown ? [`${what}${where}`] : []), ...(isSaid ? [] : [input])];
}

function attentionNeed(row: SubtaskRow, plan: PlanState, state: WorkspaceState): NeedView {
  const lastRunId = plan.attempts.get(row.id)?.lastRunId ?? null;
  const run = lastRunId === null ? undefined : state.runs.get(lastRunId);
  return {
    id: row.id,
    kind: 'attention',
    state: canResume(row, run) ? 'interrupted' : row.status,
    planId: row.plan_id,
    subtaskId: row.id,
    runId: lastRunId,
    title: `${row.subtask_key}: ${row.title}`,
    detail: row.status_reason ?? row.status.replace('_', ' '),
    options: [],
    since: run?.ended_at ?? '',
  };
}

function escalationNeed(row: EscalationRow, state: WorkspaceState): NeedView {
  const { planId, subtaskKey, title, to, detail } = escalationView(row, state);
  const asked = to === 'person' ? '' : ` (for ${to.replace('person:', '')})`;
  return {
    id: row.id,
    kind: 'escalation',
    state: row.status,
    planId,
    subtaskId: row.subtask_id,
    runId: row.run_id,
    title: subtaskKey === null ? title : `${subtaskKey}: ${title}`,
    detail: `${detail}${asked}`,
    options: [],
    since: row.created_at,
  };
}

/** What confirming it does, in words. */
function wishOf(one: TriggerFiring, state: WorkspaceState): string {
  const { action, config, target } = triggerView(one.trigger, state);
  switch (action) {
    case 'start_plan':
    case 'start_subtask':
      return `Start ${target ?? ''}?`;
    case 'run_spec':
      return `Run the agent spec ${target ?? ''}?`;
    case 'create_work_item':
    case 'notify':
      return config.message ?? one.trigger.name;
  }
}

function firingNeed(one: TriggerFiring, state: WorkspaceState): NeedView {
  const { firing, trigger } = one;
  const wish = wishOf(one, state);
  const { action, target_ref: target } = trigger;
  const started = action === 'start_subtask' ? subtaskIn(state, target ?? '') : null;
  return {
    id: firing.id,
    kind: 'trigger',
    state: firing.state,
    planId: action === 'start_plan' ? target : (started?.plan.plan.id ?? null),
    subtaskId: started?.row.id ?? null,
    runId: null,
    title: trigger.name,
    detail: firing.message === null ? wish : `${wish} ${firing.message}`,
    options: [],
    since: firing.created_at,
  };
}

/** Subtasks that went wrong, without those that an escalation asks about. */
function attentionNeeds(plan: PlanState, state: WorkspaceState, open: OpenDecisions): NeedView[] {
  const escalated = new Set(open.escalations.map((row) => row.subtask_id));
  return [...plan.subtasks.values()]
    .filter(({ status }) => status === 'needs_attention' || status === 'failed')
    .filter((row) => !isLeftOutRow(row))
    .filter(({ id }) => !escalated.has(id))
    .map((row) => attentionNeed(row, plan, state));
}

/** Everything that waits for a person now. */
export function needViews(state: WorkspaceState, open: OpenDecisions): NeedView[] {
  const plans = [...state.plans.values()];
  return [
    ...plans.flatMap((plan) =>
      plan.gates.filter((gate) => isUndecided(plan, gate, state)).map((gate) => gateNeed(gate)),
    ),
    ...state.permissions.map((permission) => permissionNeed(permission, state)),
    ...open.escalations.map((row) => escalationNeed(row, state)),
    ...open.firings.map((one) => firingNeed(one, state)),
    ...plans.flatMap((plan) => attentionNeeds(plan, state, open)),
  ];
}
