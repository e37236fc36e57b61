import { EventEmitter, Uri, window, workspace, type TextDocumentContentProvider } from 'vscode';
import { reconciliationLines } from '../../protocol/reconciliation-text';
import type { Reconciliation } from '../../protocol/report-messages';
import { DisposableStore } from '../lifetime';

const accountScheme = 'runsheet-import';

/** What imports hold, as read-only Markdown documents: one for each file. */
export class AccountDocuments implements TextDocumentContentProvider {
  private readonly lifetime = new DisposableStore();
  private readonly changed = this.lifetime.add(new EventEmitter<Uri>());
  private readonly texts = new Map<string, string>();
  readonly onDidChange = this.changed.event;

  constructor() {
    this.lifetime.add(workspace.registerTextDocumentContentProvider(accountScheme, this));
  }

  async show(account: Reconciliation): Promise<void> {
    const path = `/import-of-${account.path.replace(/[^\w.-]+/g, '-')}`;
    const uri = Uri.from({ scheme: accountScheme, path, query: account.path });
    this.texts.set(uri.query, `${reconciliationLines(account).join('\n')}\n`);
    this.changed.fire(uri);
    await window.showTextDocument(uri, { preview: true });
  }

  provideTextDocumentContent(uri: Uri): string {
    return this.texts.get(uri.query) ?? '';
  }

  dispose(): void {
    this.lifetime.dispose();
  }
}
