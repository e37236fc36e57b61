import type { PhaseEntry } from './phases';
import { leavesOf, type TaskBox } from './scan';
import type { ReadTask } from './subtask';

/** What an id of the file means. */
export interface Meaning {
  /** What a dependency on it says: a subtask's key, or ids of phases, the one of the group first. */
  ids: string[];
  /** Keys of the subtasks that it stands for. */
  keys: string[];
  isGroup: boolean;
}

/** Looks up the numbers of a file; one that a leaf and a group have means the leaf. */
export class Names {
  private readonly leaves = new Map<string, ReadTask[]>();
  private readonly groups = new Map<string, TaskBox>();
  private readonly keys = new Map<TaskBox, string>();
  private readonly phases = new Map<TaskBox, string[]>();
  private readonly meanings = new Map<string, Meaning | null>();

  constructor(
    boxes: readonly TaskBox[],
    tasks: readonly ReadTask[],
    private readonly entries: readonly PhaseEntry[],
  ) {
    for (const task of tasks) {
      const { id, key } = task.subtask;
      this.keys.set(task.box, key);
      const same = this.leaves.get(id);
      if (same === undefined) this.leaves.set(id, [task]);
      else same.push(task);
    }
    for (const box of boxes)
      if (box.children.length > 0 && box.number !== null && !this.groups.has(box.number))
        this.groups.set(box.number, box);
    this.collectPhases();
  }

  /** `null` for an id that nothing has. A repeated one means all that have it. */
  find(id: string): Meaning | null {
    const known = this.meanings.get(id);
    if (known !== undefined) return known;
    const meaning = this.meaningOf(id);
    this.meanings.set(id, meaning);
    return meaning;
  }

  private meaningOf(id: string): Meaning | null {
    const leaves = this.leaves.get(id);
    if (leaves !== undefined) {
      const keys = leaves.map(({ subtask }) => subtask.key);
      return { ids: keys.slice(0, 1), keys, isGroup: false };
    }
    const group = this.groups.get(id);
    if (group === undefined) return null;
    const keys = leavesOf(group).flatMap((leaf) => this.keys.get(leaf) ?? []);
    const own = this.entries.filter(({ owner }) => owner === group).map(({ phase }) => phase);
    const phases = this.phases.get(group) ?? [];
    return {
      ids: [...new Set([...own.map(({ id, key }) => id ?? key), ...phases])],
      keys,
      isGroup: true,
    };
  }

  /** The phases that are, or stand below, each group. */
  private collectPhases(): void {
    for (const { owner, phase } of this.entries) {
      if (owner === null || !('mark' in owner)) continue;
      for (let box: TaskBox | null = owner; box !== null; box = box.parent) {
        const known = this.phases.get(box);
        if (known === undefined) this.phases.set(box, [phase.id ?? phase.key]);
        else known.push(phase.id ?? phase.key);
      }
    }
  }
}
