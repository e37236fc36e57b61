import { window, type TreeView } from 'vscode';
import { viewIds } from '../command-ids';
import type { EngineState } from '../engine/engine-state';
import { DisposableStore } from '../lifetime';
import type { TreeNode } from './item';
import { RunsModel } from './runs-model';
import { TreeProvider } from './tree-provider';

/** The Runs view: live runs, then the history by day. */
export class RunsView {
  private readonly lifetime = new DisposableStore();
  private readonly view: TreeView<TreeNode>;

  constructor(state: EngineState) {
    const model = new RunsModel(state.mirror, () => Date.now());
    const treeDataProvider = this.lifetime.add(new TreeProvider(model, state));
    this.view = this.lifetime.add(window.createTreeView(viewIds.runs, { treeDataProvider }));
  }

  get visible(): boolean {
    return this.view.visible;
  }

  dispose(): void {
    this.lifetime.dispose();
  }
}
