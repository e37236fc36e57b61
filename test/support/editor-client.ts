import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  SocketMessageReader,
  SocketMessageWriter,
  type CodeAction,
  type Diagnostic,
  type DocumentLink,
  type Location,
  type Position,
  type ProtocolConnection,
  type SymbolInformation,
  type TextDocumentEdit,
} from 'vscode-languageserver/node';
import type { EngineLink } from '../../src/protocol/engine-launcher';
import { applyEdits } from './plan-texts';
import { Positions } from '../../src/language/positions';

/** An editor as the language server sees it: documents, and what is asked about them. */
export class EditorClient implements Disposable {
  readonly diagnostics = new Map<string, readonly Diagnostic[]>();
  private readonly connection: ProtocolConnection;
  private readonly texts = new Map<string, string>();

  private constructor(
    private readonly link: EngineLink,
    private readonly workspace: string,
  ) {
    const { socket } = link;
    this.connection = createProtocolConnection(
      new SocketMessageReader(socket),
      new SocketMessageWriter(socket),
    );
    this.connection.onNotification(
      'textDocument/publishDiagnostics',
      (params: { uri: string; diagnostics: Diagnostic[] }) => {
        this.diagnostics.set(this.pathOf(params.uri), params.diagnostics);
      },
    );
    // The server asks to be told of files that change.
    this.connection.onRequest('client/registerCapability', () => null);
    this.connection.listen();
    socket.resume();
  }

  /** @param capabilities of the client, of the workspace. */
  static async on(
    link: EngineLink,
    workspace: string,
    capabilities: object = {},
  ): Promise<EditorClient> {
    const client = new EditorClient(link, workspace);
    const params = { processId: null, rootUri: null, capabilities: { workspace: capabilities } };
    await client.connection.sendRequest('initialize', params);
    await client.connection.sendNotification('initialized', {});
    return client;
  }

  async open(path: string, text: string): Promise<void> {
    this.texts.set(path, text);
    const textDocument = { uri: this.uriOf(path), languageId: 'markdown', version: 1, text };
    await this.connection.sendNotification('textDocument/didOpen', { textDocument });
  }

  async change(path: string, text: string, version: number): Promise<void> {
    this.texts.set(path, text);
    const textDocument = { uri: this.uriOf(path), version };
    const contentChanges = [{ text }];
    await this.connection.sendNotification('textDocument/didChange', {
      textDocument,
      contentChanges,
    });
  }

  actions(path: string, line: number, only?: string[]): Promise<CodeAction[]> {
    const range = { start: { line, character: 0 }, end: { line, character: 10_000 } };
    const context = { diagnostics: [], ...(only === undefined ? {} : { only }) };
    return this.ask('textDocument/codeAction', path, { range, context });
  }

  definition(path: string, position: Position): Promise<Location[] | null> {
    return this.ask('textDocument/definition', path, { position });
  }

  references(path: string, position: Position): Promise<Location[]> {
    const context = { includeDeclaration: true };
    return this.ask('textDocument/references', path, { position, context });
  }

  links(path: string): Promise<DocumentLink[]> {
    return this.ask('textDocument/documentLink', path, {});
  }

  symbols(query: string): Promise<SymbolInformation[]> {
    return this.connection.sendRequest('workspace/symbol', { query });
  }

  /** The open texts after the edits of an action, by their paths. */
  after({ edit }: CodeAction): Map<string, string> {
    const after = new Map<string, string>();
    for (const change of edit?.documentChanges ?? []) {
      if (!('edits' in change)) continue;
      const path = this.pathOf(change.textDocument.uri);
      after.set(path, edited(this.texts.get(path) ?? '', change.edits));
    }
    return after;
  }

  pathOf(uri: string): string {
    return decodeURI(uri.slice(pathToFileURL(this.workspace).href.length + 1));
  }

  [Symbol.dispose](): void {
    this.connection.dispose();
    this.link.socket.destroy();
  }

  private uriOf(path: string): string {
    return pathToFileURL(join(this.workspace, path)).href;
  }

  private ask<T>(method: string, path: string, params: object): Promise<T> {
    return this.connection.sendRequest(method, {
      textDocument: { uri: this.uriOf(path) },
      ...params,
    });
  }
}

function edited(text: string, edits: TextDocumentEdit['edits']): string {
  const positions = new Positions(text);
  return applyEdits(
    text,
    edits.flatMap((edit) => {
      if (!('newText' in edit)) return [];
      const { start, end } = edit.range;
      const range = { start: positions.offsetAt(start), end: positions.offsetAt(end) };
      return [{ range, text: edit.newText }];
    }),
  );
}
