import type { Node } from 'jsonc-parser';
import type { Phase, Plan, Problem, Subtask } from '../../model/plan';
import type { SubtaskStatus } from '../../model/status';
import type { Keys } from '../keys';
import type { Place } from '../problems';
import type { LineIndex } from '../text';

/** What reading a tag needs everywhere. */
export interface TagContext {
  text: string;
  lines: LineIndex;
  keys: Keys;
  problems: Problem[];
}

/** A task or subtask as JSON, with its identity. */
export interface Item {
  node: Node;
  members: Map<string, Node>;
  at: Place;
  id: string;
  key: string;
  idNode: Node | null;
}

/** A subtask, or a task without any. */
export interface Leaf {
  item: Item;
  subtask: Subtask;
  /** `null` for a task. */
  parent: Parent | null;
}

/** A task with subtasks. */
export interface Parent {
  item: Item;
  phase: Phase;
  /** What its own status says; `null` when it has none that is known. */
  status: SubtaskStatus | null;
  leaves: Leaf[];
}

/** A tag with the JSON that it was read from. */
export interface ReadTag {
  plan: Plan;
  parents: Parent[];
  /** In the order of the file. */
  leaves: Leaf[];
  metadata: ReadonlyMap<string, Node>;
}
