import {
  CodeLensRefreshRequest,
  DidChangeWatchedFilesNotification,
  TextDocumentSyncKind,
  type CodeLens,
  type Command,
  type Connection,
  type Diagnostic,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver/node';
import type { TextEdit } from '../formats/format';
import { planPaths } from '../formats/registry';
import { workspaceConfigPath } from '../formats/workspace-config';
import { diagnosticsOf, settingsDiagnostics } from '../language/diagnostics';
import type { PlanDocument } from '../language/document';
import { foldingRangesOf } from '../language/folding';
import { hoverAt } from '../language/hover';
import { lensesOf, type Lens } from '../language/lenses';
import { symbolsOf } from '../language/symbols';
import { editorCommands } from '../protocol/editor-commands';
import { unsavedChanged } from '../protocol/messages';
import type { PlanState } from '../runs/plan-state';
import { actionKinds, codeActionsAt } from './code-actions';
import type { EditorDocument, EditorDocuments } from './editor-documents';
import type { EngineContext } from './engine-context';
import { definitionsFrom, linksIn, referencesFrom, symbolsIn } from './navigation';
import { overlayOf } from './overlay';
import { Paced } from './paced';
import { PlanDocuments } from './plan-documents';

/** How long lenses may be behind while much is going on. */
const lensPauseMs = 250;

/** The language server for one client's plan files: wiring only, the features are pure. */
export class LanguageService implements Disposable {
  private readonly plans: PlanDocuments;
  private readonly unsaved = new Set<string>();
  private readonly open = new Map<string, EditorDocument>();
  private readonly updates: Disposable;
  private readonly reads: Disposable;
  private readonly changes: Paced;
  private lensTimer: Disposable | null = null;
  private refreshesLenses = false;
  private showsPreviews = false;

  constructor(
    private readonly connection: Connection,
    private readonly context: EngineContext,
    private readonly documents: EditorDocuments,
    private readonly isTrusted: () => boolean,
  ) {
    this.plans = new PlanDocuments(context);
    this.changes = new Paced(context.clock, (uri) => this.publishWith(uri));
    connection.onInitialize((params) => this.initialize(params));
    connection.onInitialized(() => this.watchFiles());
    this.followDocuments();
    this.serveFeatures();
    this.serveNavigation();
    this.plans.texts.listen(connection);
    this.updates = context.state.onUpdate(() => this.refreshLenses());
    // What was read anew on the disk may be part of what is open.
    this.reads = context.library.onRead(({ files }) => {
      for (const uri of this.open.keys())
        if (files.includes(this.plans.pathOf(uri) ?? '')) this.publish(uri);
    });
  }

  private initialize({ capabilities: { workspace } }: InitializeParams): InitializeResult {
    this.refreshesLenses = workspace?.codeLens?.refreshSupport === true;
    this.showsPreviews = workspace?.workspaceEdit?.changeAnnotationSupport !== undefined;
    return capabilities;
  }

  [Symbol.dispose](): void {
    this.updates[Symbol.dispose]();
    this.reads[Symbol.dispose]();
    this.lensTimer?.[Symbol.dispose]();
    this.changes[Symbol.dispose]();
    for (const [uri, document] of this.open) {
      const path = this.plans.pathOf(uri);
      if (path !== null) this.documents.remove(path, document);
    }
  }

  private followDocuments(): void {
    const { texts } = this.plans;
    texts.onDidOpen(({ document: { uri } }) => this.add(uri));
    texts.onDidChangeContent(({ document: { uri } }) => this.changes.call(uri));
    texts.onDidClose(({ document: { uri } }) => this.remove(uri));
    this.connection.onNotification(unsavedChanged.method, (params: unknown) => {
      const message = unsavedChanged.params.safeParse(params);
      if (!message.success) return;
      if (message.data.unsaved) this.unsaved.add(message.data.uri);
      else this.unsaved.delete(message.data.uri);
    });
    this.connection.onDidChangeWatchedFiles(({ changes }) => {
      for (const { uri } of changes) this.reread(uri);
    });
    texts.onDidSave(({ document: { uri } }) => this.reread(uri));
  }

  private serveFeatures(): void {
    const { connection } = this;
    const first = <T>(uri: string, feature: (document: PlanDocument) => T | null): T | null => {
      for (const document of this.plans.at(uri)) {
        const found = feature(document);
        if (found !== null) return found;
      }
      return null;
    };
    connection.onCodeLens(({ textDocument: { uri } }) => this.lensesAt(uri));
    connection.onHover(({ textDocument: { uri }, position }) =>
      first(uri, (document) => {
        const hover = hoverAt(document, this.overlayAt(document), position, this.now());
        if (hover === null) return null;
        return { range: hover.range, contents: { kind: 'markdown', value: hover.markdown } };
      }),
    );
    connection.onDocumentSymbol(({ textDocument: { uri } }) =>
      this.plans.at(uri).flatMap(symbolsOf),
    );
    connection.onFoldingRanges(({ textDocument: { uri } }) =>
      this.plans.at(uri).flatMap(foldingRangesOf),
    );
    connection.onCodeAction((params) => {
      const at = new Date(this.now()).toISOString();
      return codeActionsAt(this.plans, params, at, this.showsPreviews, (document) =>
        this.overlayAt(document),
      );
    });
  }

  private serveNavigation(): void {
    const { connection, plans, context } = this;
    connection.onDefinition(({ textDocument: { uri }, position }) =>
      definitionsFrom(plans, uri, position),
    );
    connection.onReferences(
      ({ textDocument: { uri }, position, context: { includeDeclaration } }) =>
        referencesFrom(plans, uri, position, includeDeclaration),
    );
    connection.onDocumentLinks(({ textDocument: { uri } }) => linksIn(plans, context, uri));
    connection.onWorkspaceSymbol(({ query }) => symbolsIn(plans, context, query));
  }

  /** Where nothing may be run, there is nothing to click. */
  private lensesAt(uri: string): CodeLens[] {
    if (!this.isTrusted()) return [];
    return this.plans.at(uri).flatMap((document) => {
      const plan = this.planOf(document);
      // Before its plan is known, only a file without one has something to say.
      if (plan === null && document.whole !== null) return [];
      const lenses = lensesOf(document, this.overlayAt(document), this.now());
      return lenses.map((lens) => ({ range: lens.range, command: commandOf(lens, plan) }));
    });
  }

  private add(uri: string): void {
    const path = this.plans.pathOf(uri);
    if (path === null) return;
    const document: EditorDocument = {
      text: () => this.plans.texts.get(uri)?.getText() ?? '',
      isUnsaved: () => this.unsaved.has(uri),
      apply: (before, edits) => this.apply(uri, before, edits),
    };
    this.open.set(uri, document);
    this.documents.add(path, document);
  }

  private remove(uri: string): void {
    const path = this.plans.pathOf(uri);
    const document = this.open.get(uri);
    if (path !== null && document !== undefined) this.documents.remove(path, document);
    this.open.delete(uri);
    this.unsaved.delete(uri);
    this.changes.forget(uri);
    this.plans.forget(uri);
    this.sendDiagnostics(uri, []);
  }

  private async apply(uri: string, before: string, edits: readonly TextEdit[]): Promise<boolean> {
    const text = this.plans.texts.get(uri);
    if (text?.getText() !== before) return false;
    const changes = edits.map(({ range, text: newText }) => ({
      range: { start: text.positionAt(range.start), end: text.positionAt(range.end) },
      newText,
    }));
    const versioned = { uri, version: text.version };
    const result = await this.connection.workspace.applyEdit({
      documentChanges: [{ textDocument: versioned, edits: changes }],
    });
    return result.applied;
  }

  /** The file, and what else is open of its plan. */
  private publishWith(uri: string): void {
    this.publish(uri);
    for (const other of this.plans.besides(uri)) if (other !== uri) this.publish(other);
  }

  private publish(uri: string): void {
    const text = this.plans.texts.get(uri)?.getText();
    if (text !== undefined && this.plans.pathOf(uri) === workspaceConfigPath) {
      this.sendDiagnostics(uri, settingsDiagnostics(text));
      return;
    }
    const [document] = this.plans.at(uri);
    if (document !== undefined) this.sendDiagnostics(uri, diagnosticsOf(document));
  }

  /** A client may be gone before its `close` has come: then nobody misses the message. */
  private sendDiagnostics(uri: string, diagnostics: Diagnostic[]): void {
    this.connection.sendDiagnostics({ uri, diagnostics }).catch(() => undefined);
  }

  private reread(uri: string): void {
    const path = this.plans.pathOf(uri);
    if (path === null || !this.context.library.concerns(path)) return;
    this.context.library.refresh(path).catch((error: unknown) => {
      this.context.log.error(`${path} could not be read again`, error);
    });
  }

  private overlayAt(document: PlanDocument) {
    const { state, conditions } = this.context;
    return overlayOf(this.planOf(document), state, conditions, this.now());
  }

  private planOf({ path, reading }: PlanDocument): PlanState | null {
    const name = reading.plans[0]?.name;
    const entries = this.context.library.placeOf(path)?.entries ?? [];
    const entry = entries.find(({ plan }) => plan.name === name);
    return entry === undefined ? null : (this.context.state.plans.get(entry.planId) ?? null);
  }

  private now(): number {
    return this.context.clock.now();
  }

  private refreshLenses(): void {
    if (!this.refreshesLenses) return;
    this.lensTimer ??= this.context.clock.after(lensPauseMs, () => {
      this.lensTimer = null;
      this.connection.sendRequest(CodeLensRefreshRequest.type).catch(() => undefined);
    });
  }

  /** The client tells of plan files that come, change and go. */
  private watchFiles(): void {
    const watchers = planPaths.map((globPattern) => ({ globPattern }));
    this.connection.client
      .register(DidChangeWatchedFilesNotification.type, { watchers })
      .catch(() => undefined);
  }
}

const capabilities: InitializeResult = {
  serverInfo: { name: 'Runsheet' },
  capabilities: {
    textDocumentSync: {
      openClose: true,
      change: TextDocumentSyncKind.Incremental,
      save: { includeText: false },
    },
    codeLensProvider: { resolveProvider: false },
    hoverProvider: true,
    definitionProvider: true,
    referencesProvider: true,
    documentSymbolProvider: true,
    foldingRangeProvider: true,
    codeActionProvider: { codeActionKinds: actionKinds },
    documentLinkProvider: { resolveProvider: false },
    workspaceSymbolProvider: true,
  },
};

function commandOf({ title, target }: Lens, plan: PlanState | null): Command {
  if (target === null || plan === null) return { title, command: '' };
  const { action, ...which } = target;
  const argument = { planId: plan.plan.id, ...which };
  return { title, command: editorCommands[action], arguments: [argument] };
}
