import { buildGraph, defaultPriority, type PlanGraph } from './graph';
import type { Dependency, Plan } from './plan';
import { planOrder } from './plan-order';

/** Two items that only must not run together are kept apart by their files, not by an edge. */
function idsOf(dependencies: readonly Dependency[] = []): string[] {
  return dependencies.filter(({ kind }) => kind !== 'conflict').map(({ id }) => id);
}

/**
 * The graph of a plan as its file has it, with keys as ids. An id that stands twice means the first
 * item, whose key it is.
 */
export function graphOf(plan: Plan): PlanGraph {
  const order = planOrder(plan);
  let position = 0;
  const items = plan.phases.flatMap((phase) =>
    phase.subtasks.map((subtask) => ({
      id: subtask.key,
      phaseId: phase.key,
      position: position++,
      dependsOn: idsOf(order.subtasks.get(subtask.key)),
      files: subtask.files,
      weight: 1,
      priority: defaultPriority,
      optional: subtask.optional,
    })),
  );
  const phases = plan.phases.map((phase, index) => ({
    id: phase.key,
    position: index,
    dependsOn: idsOf(order.phases.get(phase.key)),
  }));
  return buildGraph(items, phases);
}
