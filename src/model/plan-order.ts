import { leftOutReason } from './left-out';
import type { Dependency, Phase } from './plan';

/** A plan's dependencies as they act, by keys. */
export interface PlanOrder {
  /** Of each subtask; an id that nothing has stays as it is: dangling. */
  subtasks: ReadonlyMap<string, readonly Dependency[]>;
  /** Of each phase, on phases. */
  phases: ReadonlyMap<string, readonly Dependency[]>;
  /** The first subtask of which a group was too much to be taken apart; it and such can never start. */
  overfull: string | null;
}

type Orders = Map<string, readonly Dependency[]>;

/**
 * Groups multiply: ten thousand subtasks that wait for a phase of ten thousand are a hundred million
 * dependencies. Behind this many a group stays as it is written, so that it is dangling.
 */
export const mostTakenApart = 200_000;

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
  const subtasks: Orders = new Map();
  const ofPhases: Orders = new Map();
  const room = new Room();
  for (const phase of phases) {
    const isSubtask = ({ id }: Dependency) => !phaseById.has(id) && keys.has(id);
    const own = phase.dependsOn.filter((dependency) => !isSubtask(dependency));
    const ofAll = phase.dependsOn.filter(isSubtask);
    ofPhases.set(
      phase.key,
      own.map((one) => ({ ...one, id: phaseById.get(one.id)?.key ?? one.id })),
    );
    for (const { key, dependsOn } of phase.subtasks) {
      const shared = room.takes(ofAll.length, key)
        ? ofAll.filter(({ id }) => id !== key)
        : ofAll.slice(0, 1).map((one) => ({ ...one, id: phase.id ?? phase.key }));
      const all = shared.length === 0 ? dependsOn : [...dependsOn, ...shared];
      const apart = all.every(({ id }) => keys.has(id))
        ? all
        : all.flatMap((one) => takenApart(one, key, keys, phaseById, room));
      subtasks.set(key, distinct(apart));
    }
  }
  passLeftOut(phases, subtasks, room);
  return { subtasks, phases: ofPhases, overfull: room.overfull };
}

/** Counts what groups were taken apart into. */
class Room {
  overfull: string | null = null;
  private left = mostTakenApart;

  /** Whether so many more are taken, for the subtask with the key. */
  takes(count: number, key: string): boolean {
    if (count > this.left) {
      this.overfull ??= key;
      return false;
    }
    this.left -= count;
    return true;
  }
}

/** Only a declared dependency waits for what its file leaves out: a person has to say what is meant. */
function passLeftOut(phases: readonly Phase[], order: Orders, room: Room): void {
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
      if (!room.takes(before.length, key)) return [one];
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
  order: ReadonlyMap<string, readonly Dependency[]>,
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
  room: Room,
): Dependency[] {
  const group = keys.has(dependency.id) ? undefined : phaseById.get(dependency.id);
  if (group === undefined || !room.takes(group.subtasks.length, key)) return [dependency];
  return group.subtasks
    .filter((subtask) => subtask.key !== key)
    .map((subtask) => ({ ...dependency, id: subtask.key }));
}

function distinct(dependencies: readonly Dependency[]): readonly Dependency[] {
  if (dependencies.length < 2) return dependencies;
  const seen = new Set<string>();
  return dependencies.filter(({ id, kind }) => {
    const name = `${kind === 'conflict' ? 'conflict' : 'order'} ${id}`;
    return !seen.has(name) && seen.add(name);
  });
}
