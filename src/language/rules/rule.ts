import type { PlanGraph } from '../../model/graph';
import type { Plan, Problem } from '../../model/plan';

/** A check of a read plan, beside what the formats report while they read. */
export interface Rule {
  /** Stable; people and tests name it. */
  readonly id: string;
  /** `graph` is the plan's, built once for all rules. */
  check(plan: Plan, graph: PlanGraph): Problem[];
}
