import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CodeLensRefreshRequest,
  DidChangeWatchedFilesNotification,
  TextDocuments,
  TextDocumentSyncKind,
  type CodeLens,
  type Command,
  type Connection,
  type Diagnostic,
  type InitializeResult,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { SourceFile, TextEdit } from '../formats/format';
import { formatOf, planPaths, readPlan } from '../formats/registry';
import { definitionAt, referencesAt } from '../language/definition';
import { workspaceConfigPath } from '../formats/workspace-config';
import { diagnosticsOf, settingsDiagnostics } from '../language/diagnostics';
import { planDocuments, type PlanDocument } from '../language/document';
import { foldingRangesOf } from '../language/folding';
import { hoverAt } from '../language/hover';
import { lensesOf, type Lens } from '../language/lenses';
import { symbolsOf } from '../language/symbols';
import { isInside } from '../platform/paths';
import { editorCommands } from '../protocol/editor-commands';
import { unsavedChanged } from '../protocol/messages';
import type { PlanPlace } from '../runs/plan-place';
import type { PlanState } from '../runs/plan-state';
import type { EditorDocument, EditorDocuments } from './editor-documents';
import type { EngineContext } from './engine-context';
import { overlayOf } from './overlay';

/** How long lenses may be behind while much is going on. */
const lensPauseMs = 250;

/** The language server for one client's plan files: wiring only, the features are pure. */
export class LanguageService implements Disposable {
  private readonly texts = new TextDocuments(TextDocument);
  private readonly plans = new Map<string, { read: Read; documents: PlanDocument[] }>();
  private readonly unsaved = new Set<string>();
  private readonly open = new Map<string, EditorDocument>();
  private readonly updates: Disposable;
  private lensTimer: Disposable | null = null;
  private refreshesLenses = false;

  constructor(
    private readonly connection: Connection,
    private readonly context: EngineContext,
    private readonly documents: EditorDocuments,
    private readonly isTrusted: () => boolean,
  ) {
    connection.onInitialize((params) => {
      this.refreshesLenses = params.capabilities.workspace?.codeLens?.refreshSupport === true;
      return capabilities;
    });
    connection.onInitialized(() => this.watchFiles());
    this.followDocuments();
    this.serveFeatures();
    this.texts.listen(connection);
    this.updates = context.state.onUpdate(() => this.refreshLenses());
  }

  [Symbol.dispose](): void {
    this.updates[Symbol.dispose]();
    this.lensTimer?.[Symbol.dispose]();
    for (const [uri, document] of this.open) {
      const path = this.pathOf(uri);
      if (path !== null) this.documents.remove(path, document);
    }
  }

  private followDocuments(): void {
    this.texts.onDidOpen(({ document: { uri } }) => this.add(uri));
    this.texts.onDidChangeContent(({ document: { uri } }) => this.publish(uri));
    this.texts.onDidClose(({ document: { uri } }) => this.remove(uri));
    this.connection.onNotification(unsavedChanged.method, (params: unknown) => {
      const message = unsavedChanged.params.safeParse(params);
      if (!message.success) return;
      if (message.data.unsaved) this.unsaved.add(message.data.uri);
      else this.unsaved.delete(message.data.uri);
    });
    this.connection.onDidChangeWatchedFiles(({ changes }) => {
      for (const { uri } of changes) this.reread(uri);
    });
    this.texts.onDidSave(({ document: { uri } }) => this.reread(uri));
  }

  private serveFeatures(): void {
    const { connection } = this;
    const first = <T>(uri: string, feature: (document: PlanDocument) => T | null): T | null => {
      for (const document of this.documentsAt(uri)) {
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
      this.documentsAt(uri).flatMap(symbolsOf),
    );
    connection.onFoldingRanges(({ textDocument: { uri } }) =>
      this.documentsAt(uri).flatMap(foldingRangesOf),
    );
    connection.onDefinition(({ textDocument: { uri }, position }) =>
      first(uri, (document) => {
        const range = definitionAt(document, position);
        return range === null ? null : { uri, range };
      }),
    );
    connection.onReferences(({ textDocument: { uri }, position, context }) =>
      this.documentsAt(uri).flatMap((document) =>
        referencesAt(document, position, context.includeDeclaration).map((range) => {
          return { uri, range };
        }),
      ),
    );
  }

  /** Where nothing may be run, there is nothing to click. */
  private lensesAt(uri: string): CodeLens[] {
    if (!this.isTrusted()) return [];
    return this.documentsAt(uri).flatMap((document) => {
      const plan = this.planOf(document);
      if (plan === null) return [];
      const lenses = lensesOf(document, this.overlayAt(document), this.now());
      return lenses.map((lens) => ({ range: lens.range, command: commandOf(lens, plan) }));
    });
  }

  private add(uri: string): void {
    const path = this.pathOf(uri);
    if (path === null) return;
    const document: EditorDocument = {
      text: () => this.texts.get(uri)?.getText() ?? '',
      isUnsaved: () => this.unsaved.has(uri),
      apply: (before, edits) => this.apply(uri, before, edits),
    };
    this.open.set(uri, document);
    this.documents.add(path, document);
  }

  private remove(uri: string): void {
    const path = this.pathOf(uri);
    const document = this.open.get(uri);
    if (path !== null && document !== undefined) this.documents.remove(path, document);
    this.open.delete(uri);
    this.unsaved.delete(uri);
    this.plans.delete(uri);
    this.sendDiagnostics(uri, []);
  }

  private async apply(uri: string, before: string, edits: readonly TextEdit[]): Promise<boolean> {
    const text = this.texts.get(uri);
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

  private publish(uri: string): void {
    const text = this.texts.get(uri)?.getText();
    if (text !== undefined && this.pathOf(uri) === workspaceConfigPath) {
      this.sendDiagnostics(uri, settingsDiagnostics(text));
      return;
    }
    const documents = this.documentsAt(uri);
    if (documents.length > 0) this.sendDiagnostics(uri, documents.flatMap(diagnosticsOf));
  }

  /** A client may be gone before its `close` has come: then nobody misses the message. */
  private sendDiagnostics(uri: string, diagnostics: Diagnostic[]): void {
    this.connection.sendDiagnostics({ uri, diagnostics }).catch(() => undefined);
  }

  private reread(uri: string): void {
    const path = this.pathOf(uri);
    if (path === null || !this.context.library.concerns(path)) return;
    this.context.library.refresh(path).catch((error: unknown) => {
      this.context.log.error(`${path} could not be read again`, error);
    });
  }

  private documentsAt(uri: string): PlanDocument[] {
    const text = this.texts.get(uri);
    const path = this.pathOf(uri);
    if (text === undefined || path === null) return [];
    const place = this.context.library.placeOf(path)?.place ?? null;
    const known = this.plans.get(uri);
    // What stands in other files of the plan may have changed.
    if (known?.read.version === text.version && known.read.place === place) return known.documents;
    const documents = documentsOf({ path, text: text.getText() }, place);
    this.plans.set(uri, { read: { version: text.version, place }, documents });
    return documents;
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

  /** Workspace-relative, with `/`; `null` outside the workspace and for other schemes. */
  private pathOf(uri: string): string | null {
    if (!uri.startsWith('file:')) return null;
    const path = fileURLToPath(uri);
    const { workspace } = this.context;
    return isInside(workspace, path) ? relative(workspace, path).split(sep).join('/') : null;
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
  },
};

/** The text that was read, and what was known of the files around it. */
interface Read {
  version: number;
  place: PlanPlace | null;
}

function documentsOf(file: SourceFile, place: PlanPlace | null): PlanDocument[] {
  const source = place?.sourceWith(file.path, file.text) ?? file;
  const reading = readPlan(source, place?.format ?? formatOf(file));
  return reading === null ? [] : planDocuments(file, source.path, reading);
}

function commandOf({ title, target }: Lens, plan: PlanState): Command {
  if (target === null) return { title, command: '' };
  const { action, ...which } = target;
  const argument = { planId: plan.plan.id, ...which };
  return { title, command: editorCommands[action], arguments: [argument] };
}
