import { panelSelectionSchema, type PanelIntent, type PanelSelection } from '../protocol/panel';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** The panel's only way out; VS Code hands it over once. */
export class Host {
  private readonly api = acquireVsCodeApi();

  send(intent: PanelIntent): void {
    this.api.postMessage(intent);
  }

  /** What the person looked at before a reload. */
  recall(): PanelSelection {
    return panelSelectionSchema.catch({ planId: null, runId: null }).parse(this.api.getState());
  }

  remember(selection: PanelSelection): void {
    this.api.setState(selection);
  }
}
