import { t } from '@vscode/l10n';
import {
  commands,
  Uri,
  ViewColumn,
  window,
  type LogOutputChannel,
  type WebviewPanel,
} from 'vscode';
import {
  panelIntentSchema,
  type PanelIntent,
  type PanelMessage,
  type PanelSelection,
} from '../../protocol/panel';
import { commandIds, panelType } from '../command-ids';
import type { EngineConnection } from '../engine/engine-connection';
import type { EngineState } from '../engine/engine-state';
import type { RunLogs } from '../engine/run-logs';
import { DisposableStore } from '../lifetime';
import { PanelFeed } from './panel-feed';
import { panelPage } from './panel-page';

const batchMs = 100;

/** The one progress panel of the window; VS Code brings it back after a reload. */
export class PanelHost {
  private readonly lifetime = new DisposableStore();
  private current: OpenPanel | null = null;

  constructor(
    private readonly extensionUri: Uri,
    private readonly engine: { state: EngineState; connection: EngineConnection; logs: RunLogs },
    private readonly log: LogOutputChannel,
  ) {
    this.lifetime.add(
      window.registerWebviewPanelSerializer(panelType, {
        deserializeWebviewPanel: (panel) => {
          this.adopt(panel);
          return Promise.resolve();
        },
      }),
    );
  }

  get visible(): boolean {
    return this.current?.panel.visible ?? false;
  }

  /** Opens the panel or brings it to the front, looking at the given plan and run. */
  show(selection: PanelSelection): void {
    const open = this.current ?? this.adopt(this.create());
    open.panel.reveal();
    if (selection.planId !== null || selection.runId !== null) open.select(selection);
  }

  dispose(): void {
    this.current?.panel.dispose();
    this.lifetime.dispose();
  }

  private create(): WebviewPanel {
    return window.createWebviewPanel(panelType, t('Runsheet Progress'), ViewColumn.Beside);
  }

  private adopt(panel: WebviewPanel): OpenPanel {
    this.current?.panel.dispose();
    const dist = Uri.joinPath(this.extensionUri, 'dist');
    const icon = (theme: string) => Uri.joinPath(this.extensionUri, 'media', `panel-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    panel.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    const open = new OpenPanel(panel, this.engine, this.log);
    this.current = open;
    panel.onDidDispose(() => {
      open.dispose();
      if (this.current === open) this.current = null;
    });
    panel.webview.html = panelPage(panel.webview, dist);
    return open;
  }
}

/** A panel as long as it is open. */
class OpenPanel {
  private readonly lifetime = new DisposableStore();
  private readonly feed: PanelFeed;
  private wanted: PanelSelection | null = null;
  private ready = false;

  constructor(
    readonly panel: WebviewPanel,
    {
      state,
      connection,
      logs,
    }: { state: EngineState; connection: EngineConnection; logs: RunLogs },
    private readonly log: LogOutputChannel,
  ) {
    this.feed = this.lifetime.add(
      new PanelFeed(state.mirror, logs, {
        post: (message) => this.post(message),
        connected: () => connection.status.name === 'connected',
        soon: (flush) => setTimeout(flush, batchMs),
      }),
    );
    this.lifetime.add(state.onDidChange((change) => this.feed.take(change)));
    this.lifetime.add(connection.onDidChangeStatus(() => this.feed.connectionChanged()));
    this.lifetime.add(panel.webview.onDidReceiveMessage((raw: unknown) => this.receive(raw)));
  }

  /** A page that is still loading is told when it is ready. */
  select(selection: PanelSelection): void {
    this.wanted = selection;
    if (this.ready) this.sendSelection();
  }

  dispose(): void {
    this.lifetime.dispose();
  }

  private post(message: PanelMessage): void {
    void this.panel.webview.postMessage(message);
  }

  private sendSelection(): void {
    if (this.wanted !== null) this.post({ type: 'select', ...this.wanted });
    this.wanted = null;
  }

  private receive(raw: unknown): void {
    const intent = panelIntentSchema.safeParse(raw);
    if (intent.success) this.act(intent.data);
    else this.log.warn(`The panel sent what is not understood: ${intent.error.message}`);
  }

  private act(intent: PanelIntent): void {
    switch (intent.type) {
      case 'ready':
        this.ready = true;
        this.feed.showAll();
        this.sendSelection();
        return;
      case 'watchRun':
        this.feed.watch(intent.runId);
        return;
      default: {
        const { type, ...target } = intent;
        void commands.executeCommand(commandIds[type], target);
      }
    }
  }
}
