import type { LogOutputChannel, WorkspaceFolder } from 'vscode';
import type { Mirror } from '../protocol/mirror';
import type { EngineConnection } from './engine/engine-connection';
import type { ErrorReporter } from './error-reporter';
import type { PanelHost } from './panel/panel-host';
import type { PlansView } from './tree/plans-view';

/** What commands are made of; each names the few that it uses. */
export interface Services {
  connection: EngineConnection;
  mirror: Mirror;
  errors: ErrorReporter;
  log: LogOutputChannel;
  panel: PanelHost;
  plans: PlansView;
  /** The folder whose engine this window uses; `null` when none can have one. */
  folder: () => WorkspaceFolder | null;
}
