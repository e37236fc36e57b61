import type { Mirror } from '../../protocol/mirror';
import type { PhaseView, PlanView, SubtaskView } from '../../protocol/views';
import type { StateChange } from '../engine/engine-state';
import { gateNode, gateRow } from './gate-item';
import type { TreeModel, TreeNode, TreeRow } from './item';
import { phaseNode, phaseRow } from './phase-item';
import { isFiltering, matches, showAll, type PlanFilter } from './plan-filter';
import { planNode, planRow } from './plan-item';
import { subtaskNode, subtaskRow } from './subtask-item';

/** Plan → phase → subtask and gate, in the plan's order. */
export class PlansModel implements TreeModel {
  filter: PlanFilter = showAll;

  constructor(private readonly mirror: Mirror) {}

  roots(): TreeNode[] {
    return this.plans().map(planNode);
  }

  childrenOf(node: TreeNode): TreeNode[] {
    const plan = this.mirror.plans.get(node.planId);
    if (plan === undefined) return [];
    const subtasks = this.mirror.subtasksOf(plan.id).filter((one) => matches(this.filter, one));
    if (node.kind === 'phase') return contentsOf(plan, subtasks, node.id ?? null);
    if (node.kind !== 'plan') return [];
    const parts = plan.phases.flatMap((phase) => this.partOf(plan, phase, subtasks));
    return [...parts, ...contentsOf(plan, subtasks, null)];
  }

  parentOf(node: TreeNode): TreeNode | null {
    const plan = this.mirror.plans.get(node.planId);
    if (plan === undefined || node.kind === 'plan') return null;
    const phaseId = this.phaseIdOf(plan, node);
    const phase = plan.phases.find((one) => one.id === phaseId);
    return phase === undefined || this.isPlain(plan, phase)
      ? planNode(plan)
      : phaseNode(plan, phase);
  }

  rowOf(node: TreeNode): TreeRow | null {
    const plan = this.mirror.plans.get(node.planId);
    if (plan === undefined) return null;
    switch (node.kind) {
      case 'plan':
        return planRow(plan, this.mirror.plans.size, this.hasNamesake(plan));
      case 'phase': {
        const phase = plan.phases.find((one) => one.id === node.id);
        return phase === undefined ? null : phaseRow(phase);
      }
      case 'gate': {
        const gate = plan.gates.find((one) => one.id === node.id);
        return gate === undefined ? null : gateRow(gate);
      }
      case 'subtask': {
        const subtask = this.mirror.subtasks.get(node.id ?? '');
        if (subtask === undefined) return null;
        return subtaskRow(subtask, this.mirror.runs.get(subtask.lastRunId ?? '') ?? null);
      }
      default:
        return null;
    }
  }

  /** The nodes to draw again, with all that hangs on them; `null`: the whole tree. */
  touchedBy(change: StateChange): TreeNode[] | null {
    if (change.first) return null;
    const touched = new Map<string, TreeNode>();
    const touch = (node: TreeNode) => touched.set(node.nodeId, node);
    for (const { before, after } of change.plans) {
      // A plan shows its path while another has its title.
      if (before === null || after === null || before.title !== after.title) return null;
      for (const node of changedParts(before, after)) touch(node);
    }
    for (const { before, after } of change.subtasks) {
      const subtask = after ?? before;
      if (subtask === null) continue;
      if (before !== null && after !== null && this.staysInPlace(before, after)) {
        touch(subtaskNode(after));
        continue;
      }
      const plan = this.mirror.plans.get(subtask.planId);
      if (plan !== undefined) touch(planNode(plan));
    }
    for (const { after: run } of change.runs) {
      const subtask = run === null ? undefined : this.mirror.subtasks.get(run.subtaskId);
      if (subtask !== undefined && subtask.lastRunId === run?.id) touch(subtaskNode(subtask));
    }
    return [...touched.values()];
  }

  private plans(): PlanView[] {
    return [...this.mirror.plans.values()].sort((a, b) => a.path.localeCompare(b.path));
  }

  private hasNamesake({ id, title }: PlanView): boolean {
    return [...this.mirror.plans.values()].some((one) => one.title === title && one.id !== id);
  }

  /** A phase, or in its place what is in it. A filter hides phases without a match. */
  private partOf(plan: PlanView, phase: PhaseView, subtasks: readonly SubtaskView[]): TreeNode[] {
    if (this.isPlain(plan, phase)) return contentsOf(plan, subtasks, phase.id);
    const isShown = !isFiltering(this.filter) || subtasks.some((one) => one.phaseId === phase.id);
    return isShown ? [phaseNode(plan, phase)] : [];
  }

  /** Whether a phase has no title of its own: none, that of its plan, or that of its only subtask. */
  private isPlain(plan: PlanView, { id, title }: PhaseView): boolean {
    if (title === '' || title === plan.title) return true;
    const [only, ...others] = this.mirror.subtasksOf(plan.id).filter((one) => one.phaseId === id);
    return only?.title === title && others.length === 0;
  }

  private phaseIdOf(plan: PlanView, node: TreeNode): string | null {
    if (node.kind === 'subtask') return this.mirror.subtasks.get(node.id ?? '')?.phaseId ?? null;
    if (node.kind === 'gate') return plan.gates.find((one) => one.id === node.id)?.phaseId ?? null;
    return null;
  }

  private staysInPlace(before: SubtaskView, after: SubtaskView): boolean {
    return (
      before.title === after.title &&
      before.phaseId === after.phaseId &&
      before.position === after.position &&
      matches(this.filter, before) === matches(this.filter, after)
    );
  }
}

/** What lies directly in a phase (or, `null`, in the plan itself): subtasks, then gates. */
function contentsOf(
  plan: PlanView,
  subtasks: readonly SubtaskView[],
  phaseId: string | null,
): TreeNode[] {
  const known = new Set(plan.phases.map((one) => one.id));
  const belongs = (id: string | null) =>
    phaseId === null ? id === null || !known.has(id) : id === phaseId;
  return [
    ...subtasks.filter((one) => belongs(one.phaseId)).map(subtaskNode),
    ...plan.gates.filter((one) => belongs(one.phaseId)).map(gateNode),
  ];
}

/** The plan alone costs a redraw of all below it, so it is drawn only when its own row differs. */
function changedParts(before: PlanView, after: PlanView): TreeNode[] {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const shape = (plan: PlanView) => [
    plan.phases.map((one) => [one.id, one.position, one.title]),
    plan.gates.map((one) => [one.id, one.phaseId]),
  ];
  if (!same(shape(before), shape(after))) return [planNode(after)];
  const old = new Map<string, unknown>(
    [...before.phases, ...before.gates].map((one) => [one.id, one]),
  );
  return [
    ...(same(planRow(before, 1), planRow(after, 1)) ? [] : [planNode(after)]),
    ...after.phases
      .filter((one) => !same(old.get(one.id), one))
      .map((one) => phaseNode(after, one)),
    ...after.gates.filter((one) => !same(old.get(one.id), one)).map(gateNode),
  ];
}
