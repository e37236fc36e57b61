import type { PanelSelection } from '../protocol/panel';
import type { Host } from './host';
import type { PanelState } from './state';

/** What every part of the panel is drawn from. */
export interface Panel {
  host: Host;
  state: PanelState;
  select: (selection: PanelSelection) => void;
}
