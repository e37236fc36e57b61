import { describeReason, type Reason } from '../model/reasons';
import { etaOf, tally } from '../model/progress';
import { Readiness, type ScheduleSnapshot } from '../model/schedule';
import { checkText } from '../model/check-text';
import type { Problem } from '../model/plan';
import type { Validator } from '../model/validator';
import type {
  Counts,
  EventView,
  ExecutionView,
  GateView,
  PhaseView,
  PlanView,
  ProblemView,
  RunView,
  SubtaskView,
  VerificationView,
  WaitView,
} from '../protocol/views';
import { checksOf } from '../runs/derive-spec';
import type { Conditions, TroubledAgent } from '../runs/conditions';
import { isReached } from '../runs/gatekeeper';
import { isLeftOutRow, isOver, type PlanState } from '../runs/plan-state';
import type { ProofAges } from '../runs/proof-ages';
import type { WorkspaceState } from '../runs/workspace-state';
import type { EventRow } from '../store/repositories/events';
import type { ExecutionRow } from '../store/repositories/executions';
import type { GateRow } from '../store/repositories/gate-rows';
import type { RunRow } from '../store/repositories/runs';
import type { SubtaskRow } from '../store/repositories/subtasks';
import type { VerificationRecord } from '../store/repositories/verifications';
import { gateDecisionView } from './decision-views';
import { eventText } from './event-text';
import { activityOf, holdView, pausedSince, phaseHold, subtaskPause } from './pause-views';
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

/** The views of a plan's subtasks; readiness is worked out once for all of them. */
export class SubtaskViews {
  private readonly readiness: Readiness;
  private readonly names;
  private readonly waves: ReadonlyMap<string, number>;
  private readonly declaredWaves: ReadonlyMap<string, string>;
  private readonly file: string;
  private readonly agents: ReadonlyMap<string, TroubledAgent>;
  /** The agent that the person chose who started what goes on. */
  private readonly asked: string | null;

  constructor(
    private readonly plan: PlanState,
    private readonly state: WorkspaceState,
    private readonly conditions: Conditions,
    private readonly now: number,
    private readonly workspaceChecks: readonly Validator[],
    private readonly proofAges: Pick<ProofAges, 'isOutdated'>,
  ) {
    const live = new Set(state.liveRuns(plan.plan.id).map((run) => run.subtask_id));
    const executions = state.liveExecutions().filter(({ plan_id: id }) => id === plan.plan.id);
    this.asked = executions.at(-1)?.options.agent ?? null;
    const snapshot: ScheduleSnapshot = {
      graph: plan.graph,
      state: conditions.of(plan, live, this.asked),
      scope: null,
      workers: 1,
      now,
      acceptClaims: state.configuration.claims_policy === 'accept_imported',
    };
    this.readiness = new Readiness(snapshot);
    this.waves = new Map(
      plan.graph.waves.flatMap((ids, index) => ids.map((id) => [id, index + 1] as const)),
    );
    this.declaredWaves = new Map(
      plan.entry.plan.waves.flatMap(({ id, keys }) => keys.map((key) => [key, id] as const)),
    );
    this.file = mainFileOf(plan.entry);
    this.agents = new Map(conditions.troubledAgents.map((agent) => [agent.agent_key, agent]));
    this.names = {
      item: (id: string) => plan.subtasks.get(id)?.subtask_key ?? id,
      phase: (id: string) => plan.phases.find((phase) => phase.id === id)?.title ?? id,
    };
  }

  view(row: SubtaskRow): SubtaskView {
    const content = this.plan.contentOf(row);
    const file = this.plan.entry.plan;
    const attempts = this.plan.attempts.get(row.id);
    const reasons = this.reasons(row);
    return {
      id: row.id,
      planId: row.plan_id,
      phaseId: row.phase_id,
      key: row.subtask_key,
      title: row.title,
      status: row.status,
      proof: row.proof,
      proofOutdated: row.proof === 'proven' && this.proofAges.isOutdated(row.plan_id, row.id),
      statusReason: row.status_reason,
      fileStatus: row.file_status,
      fileSays: content?.status ?? null,
      leftOut: isLeftOutRow(row),
      position: row.position,
      wave: this.waves.get(row.id) ?? null,
      declaredWave: this.declaredWaves.get(row.subtask_key) ?? null,
      file: content?.path ?? this.file,
      line: row.source_line ?? 1,
      optional: row.optional,
      files: row.files,
      labels: row.labels,
      dependsOn: [...(content?.dependsOn ?? []), ...this.plan.conflictsOf(row)].map(
        ({ id, kind }) => ({ key: id, kind }),
      ),
      checks: content === null ? [] : checksOf(content, file, this.workspaceChecks).map(checkText),
      whyNotReady: reasons.map((reason) => describeReason(reason, this.names, this.now)),
      waitsFor: this.waitsFor(row, reasons),
      pause: subtaskPause(row, this.plan),
      attempts: attempts?.used ?? 0,
      attemptLimit: this.plan.attemptLimitOf(row, this.conditions.usualAttempts),
      lastRunId: attempts?.lastRunId ?? null,
      canResume: canResume(row, this.state.runs.get(attempts?.lastRunId ?? '')),
    };
  }

  private reasons(row: SubtaskRow): Reason[] {
    if (row.status !== 'pending' && !isLeftOutRow(row)) return [];
    const node = this.plan.graph.byId.get(row.id);
    if (node === undefined) return [];
    return [...this.readiness.reasons(node)].filter(({ code }) => code !== 'live');
  }

  /** Only when nothing of the plan comes before it. */
  private waitsFor(row: SubtaskRow, [first]: readonly Reason[]): WaitView | null {
    switch (first?.code) {
      case 'retry':
        return { kind: 'retry', until: row.next_run?.notBefore ?? null };
      case 'agent': {
        const key = this.conditions.agentOf(this.plan, row, this.asked) ?? '';
        return { kind: 'agent', until: this.agents.get(key)?.retry_at ?? null };
      }
      case 'budget':
        return { kind: 'budget', until: null };
      default:
        return null;
    }
  }
}

const cutOff: ReadonlySet<RunRow['outcome']> = new Set(['interrupted', 'timed_out', 'over_budget']);

/** Whether a person may let the run of before go on: it did not come to its own end. */
export function canResume({ status }: SubtaskRow, last: RunRow | undefined): boolean {
  const isOpen = status === 'needs_attention' || status === 'failed';
  return isOpen && last !== undefined && cutOff.has(last.outcome) && last.worktree_path !== null;
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
