import { cyclesOf } from './digraph';

/** A trigger as an edge: what happens in one of `from` starts something in `to`. Ids of plans. */
export interface TriggerEdge {
  name: string;
  from: readonly string[];
  to: string;
}

/**
 * The triggers that can start each other for ever, one list of names for each knot, sorted. A
 * chain that is going on is cut at its second time through; a person may want it nevertheless.
 */
export function triggerCycles(edges: readonly TriggerEdge[]): string[][] {
  const plans = [...new Set(edges.flatMap(({ from, to }) => [...from, to]))];
  const numbers = new Map(plans.map((plan, number) => [plan, number]));
  const numberOf = (plan: string) => numbers.get(plan) ?? 0;
  const successors = plans.map((plan) =>
    edges.filter(({ from }) => from.includes(plan)).map(({ to }) => numberOf(to)),
  );
  return cyclesOf(successors).map((members) => {
    const inside = new Set(members);
    return edges
      .filter(
        ({ from, to }) =>
          inside.has(numberOf(to)) && from.some((plan) => inside.has(numberOf(plan))),
      )
      .map(({ name }) => name)
      .sort();
  });
}
