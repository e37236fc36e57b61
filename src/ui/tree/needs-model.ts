import type { Mirror } from '../../protocol/mirror';
import type { StateChange } from '../engine/engine-state';
import type { TreeModel, TreeNode, TreeRow } from './item';
import { needNode, needRow } from './need-item';

/** What waits for a person, the longest waiting first. */
export class NeedsModel implements TreeModel {
  constructor(private readonly mirror: Mirror) {}

  roots(): TreeNode[] {
    return [...this.mirror.needs.values()]
      .sort((a, b) => a.since.localeCompare(b.since))
      .map((need) => needNode(need, this.mirror.subtasks.get(need.subtaskId ?? '') ?? null));
  }

  childrenOf(): TreeNode[] {
    return [];
  }

  parentOf(): null {
    return null;
  }

  rowOf(node: TreeNode): TreeRow | null {
    for (const need of this.mirror.needs.values()) {
      if (needNode(need, null).nodeId === node.nodeId) return needRow(need);
    }
    return null;
  }

  touchedBy(change: StateChange): TreeNode[] | null {
    return change.first || change.needs.length > 0 ? null : [];
  }
}
