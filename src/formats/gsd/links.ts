import type { Dependency, Phase } from '../../model/plan';
import { documentOrder, phaseEdges } from '../graph';
import type { Group } from './group';
import type { GroupEdge, GroupOrder } from './group-order';
import { isBacklog } from './ids';
import { phasesIn } from './phase-dependencies';
import type { RoadmapPhase } from './roadmap';

// What waits for what. A plan is one piece of work: its first task waits for the last one of each
// plan that it depends on. Implied order never contradicts what is declared.

export function linkGroups(groups: readonly Group[], { edges, order }: GroupOrder): void {
  const lasts = lastKeys(groups, edges);
  const found = groups.map(() => new Map<string, Dependency>());
  const add = (after: number, before: number, dependency: Omit<Dependency, 'id'>) => {
    const own = found[after];
    if (own === undefined) return;
    for (const id of lasts(before)) if (!own.has(id)) own.set(id, { id, ...dependency });
  };
  for (const { before, after, range } of edges) add(after, before, { kind: 'declared', range });
  const previous = new Map<string, number>();
  for (const position of order) {
    const { document, ref } = groups[position] ?? {};
    if (document === undefined || ref === undefined) continue;
    const { values } = document.front;
    const before = previous.get(ref.phase);
    // Plans from the time before waves: their numbers are the order.
    if (before !== undefined && !values.has('wave') && !values.has('depends_on'))
      add(position, before, { kind: 'implied', range: null });
    previous.set(ref.phase, position);
  }
  groups.forEach(({ subtasks: [first] }, position) => {
    if (first !== undefined) first.dependsOn = [...(found[position]?.values() ?? [])];
  });
}

/** The last subtask of a group; of one without subtasks, those of what it waits for itself. */
function lastKeys(groups: readonly Group[], edges: readonly GroupEdge[]): (at: number) => string[] {
  const before = new Map<number, number[]>();
  for (const edge of edges)
    before.set(edge.after, [...(before.get(edge.after) ?? []), edge.before]);
  return (start) => {
    const found: string[] = [];
    const seen = new Set([start]);
    for (const position of seen) {
      const last = groups[position]?.subtasks.at(-1);
      if (last !== undefined) found.push(last.key);
      else for (const next of before.get(position) ?? []) seen.add(next);
    }
    return found;
  };
}

/** A phase waits for those that the roadmap names, or else for the one before it. */
export function linkPhases(
  phases: readonly Phase[],
  declared: ReadonlyMap<string, RoadmapPhase>,
): void {
  const live = phases.filter(({ key }) => !isBacklog(key));
  const keys = live.map(({ key }) => key);
  for (const phase of live) {
    const said = declared.get(phase.key)?.dependsOn;
    if (said === undefined) continue;
    phase.dependsOn = phasesIn(said, keys)
      .found.filter(({ key }) => key !== phase.key)
      .map(({ key, range }) => ({ id: key, kind: 'declared', range }));
  }
  const { rank } = documentOrder(live.length, phaseEdges(live));
  const order = live
    .map((phase, position) => ({ phase, rank: rank[position] ?? 0 }))
    .sort((a, b) => a.rank - b.rank);
  order.forEach(({ phase }, position) => {
    const state = declared.get(phase.key)?.dependsOn.state ?? 'none';
    const before = order[position - 1]?.phase;
    if (before !== undefined && (state === 'none' || state === 'unknown'))
      phase.dependsOn = [{ id: before.key, kind: 'implied', range: null }];
  });
}
