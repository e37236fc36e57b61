import type { Dependency, Phase, Subtask } from '../model/plan';
import { declaredEdges, documentOrder, phaseEdges } from './graph';

// What formats' own rules say about order where the file states nothing; only the direct steps.
// Declared dependencies come first: an implied one that contradicts them is left out.

/** Phases in the order of the file, changed where the file declares another; those on a cycle are left out. */
export function phasesInOrder(phases: readonly Phase[]): Phase[] {
  const { rank, stuck } = documentOrder(phases.length, phaseEdges(phases));
  return phases
    .map((phase, position) => ({ phase, position }))
    .filter(({ position }) => !stuck.has(position))
    .sort((a, b) => (rank[a.position] ?? 0) - (rank[b.position] ?? 0))
    .map(({ phase }) => phase);
}

/** Each phase follows the one before. */
export function linkPhasesInOrder(phases: readonly Phase[]): void {
  let before: string[] = [];
  for (const phase of phasesInOrder(phases)) {
    addImplied(phase, before);
    before = [phase.id ?? phase.key];
  }
}

/** Above this the steps between many tasks and many others are not written out one by one. */
export const mostSteps = 200_000;

/**
 * Tasks follow each other in file order; neighbouring `[P]` tasks may run together, and none waits
 * for an optional one.
 */
export function linkTasks(phases: readonly Phase[]): void {
  const all = phases.flatMap((phase) => phase.subtasks);
  const { rank } = documentOrder(all.length, declaredEdges(all));
  let next = 0;
  let steps = 0;
  for (const { subtasks } of phases) {
    const order = subtasks.map((subtask) => ({ subtask, at: rank[next++] ?? 0 }));
    let barrier: string[] = [];
    let together: string[] = [];
    for (const { subtask } of order.sort((a, b) => a.at - b.at)) {
      if (subtask.optional) {
        const before = together.length > 0 && !isFree(subtask) ? together : barrier;
        steps += before.length;
        addImplied(subtask, steps > mostSteps ? before.slice(-1) : before);
      } else if (isFree(subtask)) {
        addImplied(subtask, barrier);
        together.push(subtask.key);
      } else {
        addImplied(subtask, together.length > 0 ? together : barrier);
        barrier = [subtask.key];
        together = [];
      }
    }
  }
}

function isFree({ labels }: Subtask): boolean {
  return labels.includes('P');
}

/** What must be done first by the format's rules, where the file does not say so already. */
export function addImplied(item: Phase | Subtask, ids: readonly string[]): void {
  if (item.dependsOn.length === 0) {
    item.dependsOn = ids.map(implied);
    return;
  }
  const known = new Set(item.dependsOn.map(({ id }) => id));
  item.dependsOn = item.dependsOn.concat(ids.filter((id) => !known.has(id)).map(implied));
}

function implied(id: string): Dependency {
  return { id, kind: 'implied', range: null };
}
