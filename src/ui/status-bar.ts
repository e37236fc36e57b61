import { t } from '@vscode/l10n';
import { StatusBarAlignment, ThemeColor, window } from 'vscode';
import { commandIds, contextKeys } from './command-ids';
import { ContextKey } from './context-key';
import type { EngineState } from './engine/engine-state';
import { DisposableStore } from './lifetime';
import { activityOf, isAnythingLive, statusText } from './status-text';

/** What runs, stands still and waits, in the status bar; hidden when nothing does. */
export class StatusBar {
  private readonly lifetime = new DisposableStore();
  private readonly item = this.lifetime.add(
    window.createStatusBarItem('runsheet.status', StatusBarAlignment.Left, 10),
  );
  private readonly running = new ContextKey(contextKeys.running);
  private shown = '';

  constructor(private readonly state: EngineState) {
    this.item.name = 'Runsheet';
    this.item.command = commandIds.showActivity;
    this.lifetime.add(state.onDidChange(() => this.update()));
  }

  dispose(): void {
    this.lifetime.dispose();
  }

  private update(): void {
    const { mirror } = this.state;
    const activity = activityOf(mirror);
    this.running.set(isAnythingLive(mirror));
    const text = statusText(activity);
    if (text === this.shown) return;
    this.shown = text;
    this.item.text = text;
    this.item.tooltip = t('Runsheet: show what runs and what waits for you');
    this.item.accessibilityInformation = { label: text.replace(/\$\([^)]*\) /g, '') };
    this.item.backgroundColor =
      activity.needs > 0 ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    if (text === '') this.item.hide();
    else this.item.show();
  }
}
