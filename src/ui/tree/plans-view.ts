import { t } from '@vscode/l10n';
import { window, type TreeView } from 'vscode';
import { contextKeys, viewIds } from '../command-ids';
import { ContextKey } from '../context-key';
import type { ConnectionStatus, EngineConnection } from '../engine/engine-connection';
import type { EngineState } from '../engine/engine-state';
import { DisposableStore } from '../lifetime';
import type { TreeNode } from './item';
import { groupWord, isFiltering, type PlanFilter } from './plan-filter';
import { PlansModel } from './plans-model';
import { TreeProvider } from './tree-provider';

/** The Plans view: the tree, its filter, and word of the connection above it. */
export class PlansView {
  private readonly lifetime = new DisposableStore();
  private readonly model: PlansModel;
  private readonly provider: TreeProvider;
  private readonly view: TreeView<TreeNode>;
  private readonly ready = new ContextKey(contextKeys.ready);
  private readonly filtered = new ContextKey(contextKeys.filtered);

  /** @param note which folder of several it is about. */
  constructor(
    state: EngineState,
    connection: EngineConnection,
    private readonly note: () => string,
  ) {
    this.model = new PlansModel(state.mirror);
    this.provider = this.lifetime.add(new TreeProvider(this.model, state));
    this.view = this.lifetime.add(
      window.createTreeView(viewIds.plans, {
        treeDataProvider: this.provider,
        showCollapseAll: true,
      }),
    );
    this.showStatus(connection.status);
    this.lifetime.add(connection.onDidChangeStatus((status) => this.showStatus(status)));
  }

  get filter(): PlanFilter {
    return this.model.filter;
  }

  get visible(): boolean {
    return this.view.visible;
  }

  setFilter(filter: PlanFilter): void {
    this.model.filter = filter;
    this.filtered.set(isFiltering(filter));
    this.describe();
    this.provider.refresh();
  }

  dispose(): void {
    this.lifetime.dispose();
  }

  private showStatus(status: ConnectionStatus): void {
    this.ready.set(status.name === 'connected');
    this.view.message = statusMessage(status);
    this.describe();
  }

  private describe(): void {
    const { groups, text } = this.filter;
    const parts = [this.note(), ...[...groups].map(groupWord), text === '' ? '' : `“${text}”`];
    this.view.description = parts.filter((part) => part !== '').join(', ');
  }
}

function statusMessage(status: ConnectionStatus): string {
  switch (status.name) {
    case 'idle':
    case 'connected':
      return '';
    case 'connecting':
      return t('Starting…');
    case 'reconnecting':
      return t('The engine went away. Reconnecting…');
    case 'failed':
      return t('Not connected: {0}', status.error.message);
  }
}
