import { etaOf, tally } from '../model/progress';
import type { Problem } from '../model/plan';
import type {
  Counts,
  EventView,
  ExecutionView,
  GateView,
  PhaseView,
  PlanView,
  ProblemView,
  RunView,
  VerificationView,
} from '../protocol/views';
import { isReached } from '../runs/gatekeeper';
import { isOver, type PlanState } from '../runs/plan-state';
import type { WorkspaceState } from '../runs/workspace-state';
import type { EventRow } from '../store/repositories/events';
import type { ExecutionRow } from '../store/repositories/executions';
import type { GateRow } from '../store/repositories/gate-rows';
import type { RunRow } from '../store/repositories/runs';
import type { SubtaskRow } from '../store/repositories/subtasks';
import type { VerificationRecord } from '../store/repositories/verifications';
import { gateDecisionView } from './decision-views';
import { eventText } from './event-text';
import { activityOf, holdView, pausedSince, phaseHold } from './pause-views';
import { isAsked } from '../runs/conclusion';
import { mainFileOf } from '../runs/plan-content';

/** @param still subtasks whose run stands still. */
function countsOf(rows: readonly SubtaskRow[], still: ReadonlySet<string>): Counts {
  const { total, done, proven, claimed, running, failed, needsAttention, skipped, leftOut } = tally(
    rows.map((row) => ({ ...row, leftOut: row.left_out })),
  );
  const paused = rows.filter(({ id }) => still.has(id)).length;
  return {
    total,
    done,
    proven,
    claimed,
    running,
    paused,
    failed,
    needsAttention,
    skipped,
    leftOut,
  };
}

export function gateView(plan: PlanState, gate: GateRow): GateView {
  const content = plan.entry.plan.gates.find(({ key }) => key === gate.gate_key);
  const subtask = plan.subtasks.get(gate.trigger_subtask_id ?? '');
  const near = plan.byKey(content?.after[0] ?? '');
  return {
    id: gate.id,
    planId: gate.plan_id,
    key: gate.gate_key,
    title: gate.title,
    kind: gate.kind,
    state: gate.state,
    round: gate.round,
    line: content?.line ?? 1,
    phaseId: gate.trigger_phase_id ?? subtask?.phase_id ?? near?.phase_id ?? null,
    trigger: gate.trigger_type,
    criteria: gate.criteria.map((one) => ({
      ...{ id: one.id, text: one.text, kind: one.kind, state: one.state },
      ...{ checkedBy: one.checked_by, checkedAt: one.checked_at },
    })),
    openedAt: gate.opened_at,
    decision: gate.lastDecision === null ? null : gateDecisionView(gate.lastDecision),
  };
}

function phaseViews(plan: PlanState, still: ReadonlySet<string>): PhaseView[] {
  const places = new Map(plan.entry.plan.phases.map((phase) => [phase.key, phase]));
  const own = mainFileOf(plan.entry);
  const leaves = new Map<string | null, SubtaskRow[]>();
  for (const row of plan.subtasks.values()) {
    const rows = leaves.get(row.phase_id) ?? [];
    rows.push(row);
    leaves.set(row.phase_id, rows);
  }
  return plan.phases.map((phase) => ({
    id: phase.id,
    key: phase.phase_key,
    title: phase.title,
    position: phase.position,
    file: places.get(phase.phase_key)?.path ?? own,
    line: places.get(phase.phase_key)?.line ?? 1,
    status: phase.status,
    counts: countsOf(leaves.get(phase.id) ?? [], still),
    pause: holdView(phaseHold(phase.id, plan)),
  }));
}

function etaMs(plan: PlanState, state: WorkspaceState, now: number): number | null {
  const runs = [...state.runs.values()].filter((run) => run.plan_id === plan.plan.id);
  const workers = plan.entry.plan.settings.workers ?? state.configuration.max_parallel_runs;
  const samples = runs.flatMap(({ started_at, ended_at, paused_ms: pausedMs, verdict }) =>
    started_at === null || ended_at === null || verdict !== 'passed'
      ? []
      : [{ weight: 1, durationMs: Date.parse(ended_at) - Date.parse(started_at) - pausedMs }],
  );
  const elapsed = new Map(
    runs.flatMap(({ subtask_id, state: at, started_at, paused_ms: pausedMs }) =>
      at === 'ended' || started_at === null
        ? []
        : [[subtask_id, Math.max(0, now - Date.parse(started_at) - pausedMs)] as const],
    ),
  );
  const isOverById = (id: string) => {
    const row = plan.subtasks.get(id);
    return row !== undefined && isOver(row);
  };
  return etaOf({ graph: plan.graph, isOver: isOverById, samples, elapsed, workers });
}

/** @param home the path of the plan, for a problem that names no file. */
export function problemView(
  { rule, severity, line, message, path }: Problem,
  home: string,
): ProblemView {
  return { rule, severity, file: path ?? home, line, message };
}

export function planView(plan: PlanState, state: WorkspaceState, now: number): PlanView {
  const live = state.liveRuns(plan.plan.id).filter((run) => run.state === 'paused');
  const still = new Set(live.map((run) => run.subtask_id));
  return {
    id: plan.plan.id,
    path: plan.entry.reference,
    file: mainFileOf(plan.entry),
    title: plan.plan.title,
    format: plan.plan.format,
    statusNote: plan.entry.plan.statusNote,
    state: plan.plan.state,
    ...activityOf(plan.plan.id, state),
    counts: countsOf([...plan.subtasks.values()], still),
    phases: phaseViews(plan, still),
    gates: plan.gates.map((gate) => gateView(plan, gate)),
    problems: plan.entry.problems.map((one) => problemView(one, plan.entry.path)),
    workBranch: plan.plan.work_branch,
    baseBranch: plan.plan.base_branch,
    agent: plan.entry.plan.settings.agent,
    etaMs: etaMs(plan, state, now),
  };
}

export function runView(run: RunRow, state: WorkspaceState): RunView {
  const subtask = state.plans.get(run.plan_id)?.subtasks.get(run.subtask_id);
  const last = state.lastEvents.get(run.id);
  return {
    id: run.id,
    planId: run.plan_id,
    executionId: run.plan_execution_id,
    subtaskId: run.subtask_id,
    subtaskKey: subtask?.subtask_key ?? '',
    title: subtask?.title ?? '',
    agentKey: run.agent_key,
    agentVersion: run.agent_version,
    model: run.model,
    attempt: run.attempt,
    state: run.state,
    outcome: run.outcome,
    verdict: run.verdict,
    stopReason: run.stop_reason,
    error: run.error,
    baseCommit: run.base_commit,
    headCommit: run.head_commit,
    mergeCommit: run.merge_commit,
    branch: run.branch_name,
    worktree: run.worktree_path,
    tokensIn: run.tokens_in,
    tokensOut: run.tokens_out,
    costMicros: run.cost_micros,
    turns: run.turns_used,
    createdAt: run.created_at,
    startedAt: run.started_at,
    pausedSince: pausedSince(run, state),
    pausedMs: run.paused_ms,
    endedAt: run.ended_at,
    lastEvent:
      last === undefined
        ? null
        : {
            type: last.event_type,
            text: eventText(last.event_type, last.payload, last.actor),
            at: last.occurred_at,
          },
  };
}

export function eventView(row: EventRow): EventView {
  return {
    runId: row.run_id,
    sequence: row.sequence,
    type: row.event_type,
    at: row.occurred_at,
    actor: row.actor,
    toolName: row.tool_name,
    text: eventText(row.event_type, row.payload, row.actor),
    payload: row.payload,
  };
}

/** Whether it is open, or a person is to open it now. */
export function waitsForDecision(plan: PlanState, gate: GateRow): boolean {
  const byHand = gate.trigger_type === 'manual' && gate.state === 'waiting';
  return gate.state === 'open' || (byHand && isReached(plan, gate));
}

/** An execution waits for a person when nothing of it moves and something wants an answer. */
export function executionView(execution: ExecutionRow, state: WorkspaceState): ExecutionView {
  const runs = state.liveRuns(execution.plan_id);
  const moving = runs.some((run) => run.state !== 'waiting');
  const asked = runs.some((run) => run.state === 'waiting');
  const plan = state.plans.get(execution.plan_id);
  const gateOpen = plan?.gates.some(
    (gate) => gate.state === 'rejected' || waitsForDecision(plan, gate),
  );
  const wordMissing =
    plan !== undefined && [...plan.subtasks.values()].some((row) => isAsked(plan, row));
  const wanted = gateOpen === true || wordMissing;
  const live = execution.ended_at === null;
  return {
    id: execution.id,
    planId: execution.plan_id,
    scope: execution.scope,
    scopeRef: execution.scope_ref,
    state: execution.state,
    message: execution.message,
    waitsForPerson: live && !moving && (asked || (wanted && execution.message !== null)),
    startedAt: execution.started_at,
    endedAt: execution.ended_at,
  };
}

export function verificationView(
  { verification, results }: VerificationRecord,
  stale: boolean,
): VerificationView {
  return {
    id: verification.id,
    runId: verification.run_id,
    tree: verification.tree,
    commit: verification.commit_hash,
    treeHash: verification.tree_hash,
    stale,
    dirty: verification.dirty,
    state: verification.state,
    verdict: verification.verdict,
    score: verification.score,
    message: verification.message,
    createdAt: verification.created_at,
    endedAt: verification.ended_at,
    checks: results.map((result) => ({
      ordinal: result.ordinal,
      id: verification.validators[result.ordinal]?.id ?? '',
      type: result.validator_type,
      label: result.label,
      required: result.required,
      outcome: result.outcome,
      message: result.message,
      exitCode: result.exit_code,
      command: textIn(result.details, 'command'),
      tail: textIn(result.details, 'tail'),
      durationMs: result.duration_ms,
      artifactId: result.artifact_id,
    })),
  };
}

function textIn(details: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = details[key];
  return typeof value === 'string' ? value : null;
}
