import type { Dependency, Phase } from './plan';

/** A plan's dependencies as they act, by keys. */
export interface PlanOrder {
  /** Of each subtask; an id that nothing has stays as it is: dangling. */
  subtasks: ReadonlyMap<string, Dependency[]>;
  /** Of each phase, on phases. */
  phases: ReadonlyMap<string, Dependency[]>;
}

/**
 * Takes groups apart: a subtask that waits for a phase waits for all its subtasks, and what a
 * phase waits for, where that is a subtask, each of its own waits for. An id that stands twice
 * means the first item; one that a subtask and a phase have means the subtask in a subtask's
 * dependencies, and the phase in a phase's.
 */
export function planOrder({ phases }: { phases: readonly Phase[] }): PlanOrder {
  const keys = new Set(phases.flatMap(({ subtasks }) => subtasks.map(({ key }) => key)));
  const phaseById = new Map(phases.toReversed().map((phase) => [phase.id ?? phase.key, phase]));
  const order = {
    subtasks: new Map<string, Dependency[]>(),
    phases: new Map<string, Dependency[]>(),
  };
  for (const phase of phases) {
    const own = phase.dependsOn.map((dependency): Dependency => {
      const before = phaseById.get(dependency.id);
      return before === undefined ? dependency : { ...dependency, id: before.key };
    });
    const isSubtask = ({ id }: Dependency) => !phaseById.has(id) && keys.has(id);
    const ofAll = phase.dependsOn.filter(isSubtask);
    order.phases.set(
      phase.key,
      own.filter((dependency) => !ofAll.includes(dependency)),
    );
    for (const { key, dependsOn } of phase.subtasks) {
      const all = [...dependsOn, ...ofAll.filter(({ id }) => id !== key)];
      order.subtasks.set(
        key,
        distinct(all.flatMap((one) => takenApart(one, key, keys, phaseById))),
      );
    }
  }
  return order;
}

function takenApart(
  dependency: Dependency,
  key: string,
  keys: ReadonlySet<string>,
  phaseById: ReadonlyMap<string, Phase>,
): Dependency[] {
  const group = keys.has(dependency.id) ? undefined : phaseById.get(dependency.id);
  if (group === undefined) return [dependency];
  return group.subtasks
    .filter((subtask) => subtask.key !== key)
    .map((subtask) => ({ ...dependency, id: subtask.key }));
}

function distinct(dependencies: readonly Dependency[]): Dependency[] {
  const seen = new Set<string>();
  return dependencies.filter(({ id, kind }) => {
    const name = `${kind === 'conflict' ? 'conflict' : 'order'} ${id}`;
    return !seen.has(name) && seen.add(name);
  });
}
