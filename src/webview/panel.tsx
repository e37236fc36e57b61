import { render } from 'preact';
import { panelMessageSchema, type PanelSelection } from '../protocol/panel';
import { Host } from './host';
import './panel.css';
import { initialState, reduce, type PanelAction } from './state';
import { App } from './views/app';

const host = new Host();
const root = document.getElementById('root');
let state = initialState(host.recall());

function act(action: PanelAction): void {
  const watched = state.selection.runId;
  state = reduce(state, action);
  const { selection } = state;
  if (selection.runId !== watched) host.send({ type: 'watchRun', runId: selection.runId });
  host.remember(selection);
  draw();
}

function draw(): void {
  if (root === null) return;
  const select = (selection: PanelSelection) => act({ type: 'select', selection });
  render(<App panel={{ host, state, select }} />, root);
}

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  const message = panelMessageSchema.safeParse(event.data);
  // A host of another version: VS Code reloads the page after an update of the extension.
  if (message.success) act({ type: 'message', message: message.data });
});
host.send({ type: 'ready' });
if (state.selection.runId !== null) host.send({ type: 'watchRun', runId: state.selection.runId });
