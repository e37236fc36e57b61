import { gateScopes, type GateScope } from '../model/gate-scope';
import { buildGraph, defaultPriority, type PlanGraph } from '../model/graph';
import { type Dependency, subtasksOf, type Phase, type Problem, type Subtask } from '../model/plan';
import { fileConflicts } from '../model/file-conflicts';
import { isLeftOut, leftOutReason } from '../model/left-out';
import { planOrder } from '../model/plan-order';
import { isClosed } from '../model/schedule';
import type { GateRow } from '../store/repositories/gate-rows';
import type { HoldRow } from '../store/repositories/holds';
import type { PhaseRow } from '../store/repositories/phases';
import type { PlanRow } from '../store/repositories/plans';
import type { SubtaskRow } from '../store/repositories/subtasks';
import type { PlanEntry } from './plan-library';
import type { SubtaskStatus } from '../model/status';

/** What a subtask has used up. */
export interface Attempts {
  lastRunId: string;
  used: number;
}

/** What specs that persons have set say about the order; 1 to 9999, lower first. */
export interface SpecPriorities {
  byName: ReadonlyMap<string, number>;
  bySubtask: ReadonlyMap<string, number>;
}

export interface PlanRows {
  plan: PlanRow;
  phases: readonly PhaseRow[];
  subtasks: readonly SubtaskRow[];
  gates: readonly GateRow[];
  attempts: ReadonlyMap<string, Attempts>;
  holds: readonly HoldRow[];
  /** Ids of subtasks that wait for a person since they were escalated. */
  escalated: ReadonlySet<string>;
  priorities: SpecPriorities;
}

/** One plan as the engine sees it now: its file's content beside its rows. Ids are row ids. */
export class PlanState {
  readonly subtasks = new Map<string, SubtaskRow>();
  readonly idByKey = new Map<string, string>();
  graph: PlanGraph;
  plan: PlanRow;
  phases: readonly PhaseRow[];
  gates: readonly GateRow[];
  attempts: ReadonlyMap<string, Attempts>;
  holds: readonly HoldRow[];
  escalated: ReadonlySet<string>;
  private priorities: SpecPriorities;
  private readonly scopes: ReadonlyMap<string, GateScope>;
  private readonly content: ReadonlyMap<string, Subtask>;
  private conflicts: ReadonlyMap<string, Dependency[]> | null = null;

  constructor(
    readonly entry: PlanEntry,
    rows: PlanRows,
    /** What in its content was not understood, so that nothing may be started by it. */
    readonly doubt: Problem | null,
  ) {
    this.plan = rows.plan;
    this.phases = rows.phases;
    this.gates = rows.gates;
    this.attempts = rows.attempts;
    this.holds = rows.holds;
    this.escalated = rows.escalated;
    for (const row of rows.subtasks) {
      if (row.removed_at !== null) continue;
      this.subtasks.set(row.id, row);
      this.idByKey.set(row.subtask_key, row.id);
    }
    this.content = new Map(subtasksOf(entry.plan).map((subtask) => [subtask.key, subtask]));
    this.scopes = gateScopes(entry.plan);
    this.priorities = rows.priorities;
    this.graph = this.makeGraph();
  }

  /** Takes what moved. A subtask that is new, renamed or removed comes with its plan's reading. */
  take(
    rows: Pick<PlanRows, 'plan' | 'phases' | 'attempts' | 'holds' | 'escalated'>,
    moved: readonly SubtaskRow[],
  ): void {
    this.plan = rows.plan;
    this.phases = rows.phases;
    this.attempts = rows.attempts;
    this.holds = rows.holds;
    this.escalated = rows.escalated;
    for (const row of moved) {
      const known = this.subtasks.get(row.id);
      if (known?.subtask_key === row.subtask_key && row.removed_at === null)
        this.subtasks.set(row.id, row);
    }
  }

  /** The subtask as its file describes it; `null` while file and database differ. */
  contentOf(row: SubtaskRow): Subtask | null {
    return this.content.get(row.subtask_key) ?? null;
  }

  /** Why its file leaves it out, as a clause; `null` when it is to be done, or that is settled. */
  leftOutReasonOf(row: SubtaskRow): string | null {
    if (!isLeftOutRow(row)) return null;
    const content = this.contentOf(row);
    return (content && leftOutReason(content)) ?? `its status is "${row.file_status ?? 'skipped'}"`;
  }

  /** By key, as Runsheet knows them. */
  statuses(): Map<string, SubtaskStatus> {
    const rows = [...this.subtasks.values()];
    return new Map(rows.map(({ subtask_key: key, status }) => [key, status]));
  }

  /** The subtasks before it that work on the same files, though nothing orders them. */
  conflictsOf(row: SubtaskRow): readonly Dependency[] {
    this.conflicts ??= fileConflicts(this.entry.plan);
    return this.conflicts.get(row.subtask_key) ?? [];
  }

  phaseOf(row: SubtaskRow): PhaseRow | null {
    return this.phases.find((phase) => phase.id === row.phase_id) ?? null;
  }

  byKey(key: string): SubtaskRow | null {
    const id = this.idByKey.get(key);
    return id === undefined ? null : (this.subtasks.get(id) ?? null);
  }

  scopeOf(gate: GateRow): GateScope | null {
    return this.scopes.get(gate.gate_key) ?? null;
  }

  /** Gates that a subtask must not pass, whatever their state. */
  gatesBefore(row: SubtaskRow): GateRow[] {
    return this.gates.filter((gate) => this.scopeOf(gate)?.blocks.has(row.subtask_key) === true);
  }

  /** How many attempts of it may count: raised by a person, else as its file says. */
  attemptLimitOf(row: SubtaskRow, usual: number): number {
    return row.attempt_limit ?? this.plannedAttemptsOf(row, usual);
  }

  /** The same before a person has raised it. */
  plannedAttemptsOf(row: SubtaskRow, usual: number): number {
    const { settings } = this.entry.plan;
    return this.contentOf(row)?.hints.attempts ?? settings.hints.attempts ?? usual;
  }

  /** What keeps a subtask, or its phase, from starting at a person's wish. */
  holdOn(row: SubtaskRow): HoldRow | null {
    return (
      this.holds.find(
        ({ subtask_id: subtask, phase_id: phase }) =>
          subtask === row.id || (phase !== null && phase === row.phase_id),
      ) ?? null
    );
  }

  /** Specs were set or retired: the order of what is ready may be another. */
  prioritize(priorities: SpecPriorities): void {
    this.priorities = priorities;
    this.graph = this.makeGraph();
  }

  /** From 1; lower runs first: the spec that is named, a person's own, else what the file says. */
  private priorityOf(row: SubtaskRow, content: Subtask | null): number {
    const { hints } = this.entry.plan.settings;
    const { byName, bySubtask } = this.priorities;
    const named = byName.get(content?.hints.spec ?? hints.spec ?? '');
    const own = bySubtask.get(row.id);
    return named ?? own ?? content?.hints.priority ?? hints.priority ?? defaultPriority;
  }

  private makeGraph(): PlanGraph {
    const phaseIds = new Map(this.phases.map((phase) => [phase.phase_key, phase.id]));
    const order = planOrder(this.entry.plan);
    const items = [...this.subtasks.values()].map((row) => {
      const content = this.contentOf(row);
      return {
        id: row.id,
        phaseId: row.phase_id,
        position: row.position,
        dependsOn: orderOf(order.subtasks.get(row.subtask_key)).map(
          (key) => this.idByKey.get(key) ?? key,
        ),
        files: row.files,
        weight: 1,
        priority: this.priorityOf(row, content),
        optional: row.optional,
      };
    });
    const phases = this.entry.plan.phases.flatMap((phase: Phase, position) => {
      const id = phaseIds.get(phase.key);
      if (id === undefined) return [];
      const dependsOn = orderOf(order.phases.get(phase.key)).map((key) => phaseIds.get(key) ?? key);
      return [{ id, position, dependsOn }];
    });
    return buildGraph(items, phases);
  }
}

/** Whether it is neither done nor to be done, as its file leaves it out. */
export function isLeftOutRow(row: Pick<SubtaskRow, 'status' | 'left_out'>): boolean {
  return isLeftOut(row.status, row.left_out);
}

/** Whether nothing more is expected of it. */
export function isOver(row: Pick<SubtaskRow, 'status' | 'left_out'>): boolean {
  return isClosed(row.status, false) || isLeftOutRow(row);
}

/** File conflicts forbid only to run together; they order nothing. */
function orderOf(dependencies: readonly { id: string; kind: string }[] = []): string[] {
  return dependencies.filter(({ kind }) => kind !== 'conflict').map(({ id }) => id);
}
