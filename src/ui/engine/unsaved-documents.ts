import { workspace, type TextDocument } from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { unsavedChanged } from '../../protocol/messages';
import { DisposableStore, type Ending } from '../lifetime';

/** Tells the engine which open documents differ from the disk, which the language client does not. */
export class UnsavedDocuments implements Ending {
  private readonly lifetime = new DisposableStore();
  private readonly told = new Set<string>();

  /** @param concerns whether the engine knows the document. */
  constructor(
    private readonly client: LanguageClient,
    private readonly concerns: (document: TextDocument) => boolean,
  ) {
    const look = (document: TextDocument) => this.look(document);
    workspace.textDocuments.forEach(look);
    this.lifetime.add(workspace.onDidOpenTextDocument(look));
    this.lifetime.add(workspace.onDidSaveTextDocument(look));
    this.lifetime.add(workspace.onDidChangeTextDocument(({ document }) => this.look(document)));
    this.lifetime.add(
      workspace.onDidCloseTextDocument(({ uri }) => this.told.delete(uri.toString())),
    );
  }

  dispose(): void {
    this.lifetime.dispose();
  }

  private look(document: TextDocument): void {
    const key = document.uri.toString();
    if (document.isDirty === this.told.has(key) || !this.concerns(document)) return;
    if (document.isDirty) this.told.add(key);
    else this.told.delete(key);
    const uri = this.client.code2ProtocolConverter.asUri(document.uri);
    // A connection that is ending needs no word of it.
    this.client
      .sendNotification(unsavedChanged.method, { uri, unsaved: document.isDirty })
      .catch(() => undefined);
  }
}
