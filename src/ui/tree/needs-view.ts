import { t } from '@vscode/l10n';
import { window, type TreeView } from 'vscode';
import { contextKeys, viewIds } from '../command-ids';
import { ContextKey } from '../context-key';
import type { EngineState } from '../engine/engine-state';
import { DisposableStore } from '../lifetime';
import type { TreeNode } from './item';
import { NeedsModel } from './needs-model';
import { TreeProvider } from './tree-provider';

/** The Needs You view: hidden when nothing waits, counted on the activity bar. */
export class NeedsView {
  private readonly lifetime = new DisposableStore();
  private readonly view: TreeView<TreeNode>;
  private readonly hasNeeds = new ContextKey(contextKeys.hasNeeds);

  constructor(private readonly state: EngineState) {
    const treeDataProvider = this.lifetime.add(
      new TreeProvider(new NeedsModel(state.mirror), state),
    );
    this.view = this.lifetime.add(window.createTreeView(viewIds.needs, { treeDataProvider }));
    this.lifetime.add(
      state.onDidChange((change) => {
        if (change.first || change.needs.length > 0) this.count();
      }),
    );
  }

  dispose(): void {
    this.lifetime.dispose();
  }

  private count(): void {
    const value = this.state.mirror.needs.size;
    this.hasNeeds.set(value > 0);
    const tooltip = value === 1 ? t('1 thing waits for you') : t('{0} things wait for you', value);
    this.view.badge = value === 0 ? undefined : { value, tooltip };
  }
}
