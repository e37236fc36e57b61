import { leftOutReason } from './left-out';
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
 * dependencies, and the phase in a phase's. What merely comes after a subtask that the file leaves
 * out comes after what that one waited for.
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
  passLeftOut(phases, order.subtasks);
  return order;
}

/** Only a declared dependency waits for what its file leaves out: a person has to say what is meant. */
function passLeftOut(phases: readonly Phase[], order: Map<string, Dependency[]>): void {
  const subtasks = phases.flatMap((phase) => phase.subtasks);
  const leftOut = new Set(
    subtasks.filter((one) => leftOutReason(one) !== null).map(({ key }) => key),
  );
  if (leftOut.size === 0) return;
  const known = new Map<string, string[]>();
  for (const { key } of subtasks) {
    const own = leftOut.has(key) ? undefined : order.get(key);
    if (own?.some((one) => isPassed(one, leftOut)) !== true) continue;
    const passed = own.flatMap((one): Dependency[] => {
      if (!isPassed(one, leftOut)) return [one];
      const before = known.get(one.id) ?? whatComesBefore(one.id, leftOut, order);
      known.set(one.id, before);
      return before.filter((id) => id !== key).map((id) => ({ ...one, id }));
    });
    order.set(key, distinct(passed));
  }
}

function isPassed({ id, kind }: Dependency, leftOut: ReadonlySet<string>): boolean {
  return kind === 'implied' && leftOut.has(id);
}

/** What a subtask that is left out waits for, through others that are. */
function whatComesBefore(
  key: string,
  leftOut: ReadonlySet<string>,
  order: ReadonlyMap<string, Dependency[]>,
): string[] {
  const seen = new Set([key]);
  const found: string[] = [];
  for (const at of seen)
    for (const { id, kind } of order.get(at) ?? []) {
      if (kind === 'conflict') continue;
      if (leftOut.has(id)) seen.add(id);
      else if (order.has(id)) found.push(id);
    }
  return [...new Set(found)];
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
