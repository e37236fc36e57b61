import {
  EventEmitter,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeDataProvider,
} from 'vscode';
import type { EngineState } from '../engine/engine-state';
import { DisposableStore } from '../lifetime';
import type { TreeModel, TreeNode, TreeRow } from './item';

const collapsible = {
  none: TreeItemCollapsibleState.None,
  collapsed: TreeItemCollapsibleState.Collapsed,
  expanded: TreeItemCollapsibleState.Expanded,
} as const;

/** Shows a tree model in VS Code, which knows nodes by object identity. */
export class TreeProvider implements TreeDataProvider<TreeNode> {
  private readonly lifetime = new DisposableStore();
  private readonly changed = this.lifetime.add(new EventEmitter<TreeNode[] | undefined>());
  private readonly known = new Map<string, TreeNode>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly model: TreeModel,
    state: EngineState,
  ) {
    this.lifetime.add(
      state.onDidChange((change) => {
        const touched = model.touchedBy(change);
        if (touched === null) this.refresh();
        else this.announce(touched);
      }),
    );
  }

  /** Everything may be different. */
  refresh(): void {
    this.changed.fire(undefined);
  }

  getChildren(node?: TreeNode): TreeNode[] {
    if (node === undefined) this.known.clear();
    const nodes = node === undefined ? this.model.roots() : this.model.childrenOf(node);
    return nodes.map((one) => this.same(one));
  }

  getParent(node: TreeNode): TreeNode | undefined {
    const parent = this.model.parentOf(node);
    return parent === null ? undefined : this.same(parent);
  }

  getTreeItem(node: TreeNode): TreeItem {
    const row = this.model.rowOf(node);
    return row === null ? new TreeItem('') : treeItem(node, row);
  }

  dispose(): void {
    this.lifetime.dispose();
  }

  /** Only nodes that VS Code has asked for can be drawn again. */
  private announce(touched: readonly TreeNode[]): void {
    const nodes = touched
      .map((one) => this.known.get(one.nodeId))
      .filter((one) => one !== undefined);
    if (nodes.length > 0) this.changed.fire(nodes);
  }

  private same(node: TreeNode): TreeNode {
    const known = this.known.get(node.nodeId);
    if (known !== undefined) return known;
    this.known.set(node.nodeId, node);
    return node;
  }
}

function treeItem(node: TreeNode, row: TreeRow): TreeItem {
  const item = new TreeItem(row.label, collapsible[row.children]);
  const { name, color } = row.icon;
  item.id = node.nodeId;
  item.description = row.description;
  item.tooltip = new MarkdownString(row.tooltip);
  item.iconPath = new ThemeIcon(name, color === null ? undefined : new ThemeColor(color));
  item.contextValue = row.context.join(' ');
  item.accessibilityInformation = { label: row.spoken };
  if (row.command !== null)
    item.command = { command: row.command, title: row.label, arguments: [node] };
  return item;
}
