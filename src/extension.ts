import { config } from '@vscode/l10n';
import { l10n, window, workspace, type ExtensionContext } from 'vscode';
import { registerCommands } from './ui/commands/register-all';
import { registerCommandList } from './ui/documents/command-list';
import { registerDiffDocuments } from './ui/documents/diff-documents';
import { SpecDocuments } from './ui/documents/spec-documents';
import { TranscriptDocuments } from './ui/documents/transcript-documents';
import { engineAddress } from './ui/engine/engine-address';
import { EngineConnection } from './ui/engine/engine-connection';
import { EngineState } from './ui/engine/engine-state';
import { RunLogs } from './ui/engine/run-logs';
import { ErrorReporter } from './ui/error-reporter';
import { Notifier } from './ui/notifier';
import { PanelHost } from './ui/panel/panel-host';
import { StatusBar } from './ui/status-bar';
import { NeedsView } from './ui/tree/needs-view';
import { PlansView } from './ui/tree/plans-view';
import { RunsView } from './ui/tree/runs-view';
import { ServedFolder } from './ui/workspace-folder';

let connection: EngineConnection | null = null;

/** Builds the window's part of Runsheet. Waits for nothing: the engine comes when it comes. */
export function activate(context: ExtensionContext): void {
  if (l10n.bundle !== undefined) config({ contents: l10n.bundle });
  const log = window.createOutputChannel('Runsheet', { log: true });
  const errors = new ErrorReporter(log);
  const state = new EngineState();
  const folder = new ServedFolder();
  const engine = new EngineConnection(
    {
      open: async () => {
        const address = engineAddress(context, await folder.choose());
        // Loaded when it is first used: the language client is by far the heaviest part.
        const { openLanguageSession } = await import('./ui/engine/language-session');
        return openLanguageSession(address, log);
      },
      now: () => Date.now(),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    },
    state,
  );
  connection = engine;
  const logs = new RunLogs(engine, errors.report);
  const panel = new PanelHost(context.extensionUri, { state, connection: engine, logs }, log);
  const plans = new PlansView(state, engine, () => folder.note);
  const runs = new RunsView(state);
  const watching = () => window.state.focused && (plans.visible || runs.visible || panel.visible);
  context.subscriptions.push(
    log,
    panel,
    plans,
    runs,
    new NeedsView(state),
    new StatusBar(state),
    new Notifier(state, watching),
    new TranscriptDocuments(engine, state, logs),
    registerDiffDocuments(engine),
    new SpecDocuments(engine),
    registerCommandList(),
    registerCommands({
      connection: engine,
      mirror: state.mirror,
      errors,
      log,
      panel,
      plans,
      folder: () => folder.current,
    }),
    engine.onDidChangeStatus((status) => {
      if (status.name === 'failed') errors.report(status.error);
    }),
    workspace.onDidGrantWorkspaceTrust(() => {
      engine.grantTrust().catch(errors.report);
    }),
  );
  if (folder.current !== null) engine.start();
}

/** The engine and its runs go on without this window. */
export async function deactivate(): Promise<void> {
  await connection?.dispose();
}
