import { describeReason, type Reason } from '../model/reasons';
import { Readiness, type ScheduleSnapshot } from '../model/schedule';
import { checkText } from '../model/check-text';
import type { Validator } from '../model/validator';
import type { SubtaskView, WaitView } from '../protocol/views';
import type { Conditions, TroubledAgent } from '../runs/conditions';
import { checksOf } from '../runs/derive-spec';
import { mainFileOf } from '../runs/plan-content';
import { isLeftOutRow, type PlanState } from '../runs/plan-state';
import type { ProofAges } from '../runs/proof-ages';
import type { WorkspaceState } from '../runs/workspace-state';
import type { RunRow } from '../store/repositories/runs';
import type { SubtaskRow } from '../store/repositories/subtasks';
import { subtaskPause } from './pause-views';

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
