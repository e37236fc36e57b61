import type { EscalationView, RejectionView, RouteView } from '../protocol/decision-messages';
import type { FiringView, TriggerView } from '../protocol/trigger-messages';
import type { GateDecisionView } from '../protocol/views';
import type { PlanState } from '../runs/plan-state';
import type { WorkspaceState } from '../runs/workspace-state';
import type { EscalationRow } from '../store/repositories/escalation-rows';
import type { GateDecisionRow } from '../store/repositories/gate-rows';
import type { RejectionRow } from '../store/repositories/rejection-rows';
import type { RoutingRule } from '../store/repositories/routing-rules';
import type { SubtaskRow } from '../store/repositories/subtasks';
import type { TriggerFiring, TriggerRow } from '../store/repositories/triggers';

export function gateDecisionView(row: GateDecisionRow): GateDecisionView {
  const { decision, round, reason, criteria } = row;
  return { decision, round, reason, criteria, by: row.decided_by, at: row.decided_at };
}

export function rejectionView(row: RejectionRow): RejectionView {
  return {
    id: row.id,
    type: row.rejection_type,
    reason: row.reason,
    round: row.round,
    routedTo: row.routed_to ?? 'person',
    runId: row.run_id,
    verificationId: row.verification_id,
    byGate: row.gate_decision_id !== null,
    resolution: row.resolution,
    resolvedBy: row.resolved_by,
    resolvedAt: row.resolved_at,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}

/** The subtask with its plan, wherever it is; `null` when its plan is not in the workspace. */
export function subtaskIn(
  state: WorkspaceState,
  id: string,
): { plan: PlanState; row: SubtaskRow } | null {
  for (const plan of state.plans.values()) {
    const row = plan.subtasks.get(id);
    if (row !== undefined) return { plan, row };
  }
  return null;
}

export function escalationView(row: EscalationRow, state: WorkspaceState): EscalationView {
  const found = subtaskIn(state, row.subtask_id);
  return {
    id: row.id,
    planId: found?.plan.plan.id ?? null,
    subtaskId: row.subtask_id,
    subtaskKey: found?.row.subtask_key ?? null,
    title: found?.row.title ?? row.detail,
    runId: row.run_id,
    rejectionId: row.rejection_id,
    reason: row.reason_code,
    detail: row.detail,
    to: row.escalated_to,
    status: row.status,
    resolution: row.resolution,
    createdAt: row.created_at,
    acknowledgedBy: row.acknowledged_by,
    acknowledgedAt: row.acknowledged_at,
    resolvedBy: row.resolved_by,
    resolvedAt: row.resolved_at,
  };
}

export function routeView(rule: RoutingRule): RouteView {
  return {
    planId: rule.planId,
    type: rule.rejectionType,
    handler: rule.handlerKind,
    spec: rule.handler,
    maxRounds: rule.maxRounds,
    escalateTo: rule.escalateTo,
    enabled: rule.enabled,
    updatedBy: rule.updatedBy,
    updatedAt: rule.updatedAt,
  };
}

/** What people call a thing that a trigger names by its id; other words stay as they are. */
function nameOf(state: WorkspaceState, ref: string): string {
  const plan = state.plans.get(ref);
  if (plan !== undefined) return plan.entry.reference;
  const subtask = subtaskIn(state, ref);
  if (subtask !== null) return `${subtask.plan.entry.reference}#${subtask.row.subtask_key}`;
  for (const { entry, gates, phases } of state.plans.values()) {
    const gate = gates.find(({ id }) => id === ref);
    const phase = phases.find(({ id }) => id === ref);
    const key = gate?.gate_key ?? phase?.phase_key;
    if (key !== undefined) return `${entry.reference}#${key}`;
  }
  return ref;
}

export function triggerView(row: TriggerRow, state: WorkspaceState): TriggerView {
  return {
    id: row.id,
    name: row.name,
    sourceKind: row.source_kind,
    sourceRef: row.source_ref,
    source: row.source_ref === null ? 'any' : nameOf(state, row.source_ref),
    firesOn: row.fires_on,
    action: row.action,
    targetRef: row.target_ref,
    target: row.target_ref === null ? null : nameOf(state, row.target_ref),
    config: row.config,
    needsConfirmation: row.needs_confirmation,
    maxChain: row.max_chain,
    enabled: row.enabled,
  };
}

export function firingView({ firing, trigger }: TriggerFiring): FiringView {
  return {
    id: firing.id,
    trigger: trigger.name,
    causeKey: firing.cause_key,
    chainId: firing.chain_id,
    chainPosition: firing.chain_position,
    state: firing.state,
    startedRef: firing.started_ref,
    message: firing.message,
    createdAt: firing.created_at,
    decidedBy: firing.decided_by,
  };
}
