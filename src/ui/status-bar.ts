import { t } from '@vscode/l10n';
import { StatusBarAlignment, ThemeColor, window } from 'vscode';
import type { RunView } from '../protocol/views';
import { commandIds, contextKeys } from './command-ids';
import { ContextKey } from './context-key';
import type { EngineState } from './engine/engine-state';
import { DisposableStore } from './lifetime';

/** `$(sync~spin) 2 running · 1 needs you`; hidden when neither is the case. */
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
    const { runs, needs } = this.state.mirror;
    const running = [...runs.values()].filter(isLive).length;
    this.running.set(running > 0);
    const text = statusText(running, needs.size);
    if (text === this.shown) return;
    this.shown = text;
    this.item.text = text;
    this.item.tooltip = t('Runsheet: show what runs and what waits for you');
    this.item.accessibilityInformation = { label: text.replace(/\$\([^)]*\) /g, '') };
    this.item.backgroundColor =
      needs.size > 0 ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    if (text === '') this.item.hide();
    else this.item.show();
  }
}

function isLive(run: RunView): boolean {
  return run.state !== 'ended';
}

function statusText(running: number, needs: number): string {
  const icon = running > 0 ? '$(sync~spin)' : '$(bell-dot)';
  const parts = [
    running > 0 ? t('{0} running', running) : '',
    needs === 1 ? t('1 needs you') : needs > 1 ? t('{0} need you', needs) : '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `${icon} ${parts.join(' · ')}`;
}
