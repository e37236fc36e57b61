import type { EditorCommandTarget } from '../../protocol/editor-commands';
import type { StateChange } from '../engine/engine-state';

/** A place in a tree; the object itself is the argument of the commands on it. */
export interface TreeNode extends EditorCommandTarget {
  readonly kind: 'plan' | 'phase' | 'subtask' | 'gate' | 'day' | 'run' | 'need';
  /** Stable and unique within its view. */
  readonly nodeId: string;
}

/** A tree row in plain words, so that it can be made and tested without VS Code. */
export interface TreeRow {
  label: string;
  description: string;
  /** Markdown; everything that comes from a plan or an agent is escaped. */
  tooltip: string;
  /** A codicon and a theme colour. */
  icon: { name: string; color: string | null };
  /** Words that menus match; the first is the kind. */
  context: readonly string[];
  children: 'none' | 'collapsed' | 'expanded';
  /** What a screen reader says. */
  spoken: string;
  /** What a click does; the row's node is the argument. */
  command: string | null;
}

/** The contents of one tree view, as a function of the engine's state. */
export interface TreeModel {
  roots(): TreeNode[];
  childrenOf(node: TreeNode): TreeNode[];
  parentOf(node: TreeNode): TreeNode | null;
  /** `null` when the thing is gone. */
  rowOf(node: TreeNode): TreeRow | null;
  /** The nodes to draw again, with all that hangs on them; `null`: the whole tree. */
  touchedBy(change: StateChange): TreeNode[] | null;
}
