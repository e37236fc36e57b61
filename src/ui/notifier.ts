import { t } from '@vscode/l10n';
import { commands, window } from 'vscode';
import type { NeedView } from '../protocol/views';
import { commandIds } from './command-ids';
import type { EngineState } from './engine/engine-state';
import { DisposableStore } from './lifetime';
import { plainText } from './plain-text';
import { readSettings, turnNotificationsOff } from './settings';
import { needNode } from './tree/need-item';

/** What is over by itself after a while calls nobody away from what they do. */
function isCall(need: NeedView | null): boolean {
  return need !== null && need.until === undefined;
}

/** Calls a person who looks elsewhere when something new waits for them: one message at a time. */
export class Notifier {
  private readonly lifetime = new DisposableStore();
  private open = false;

  /** @param watching whether the person has Runsheet before their eyes. */
  constructor(
    state: EngineState,
    private readonly watching: () => boolean,
  ) {
    this.lifetime.add(
      state.onDidChange((change) => {
        // What waited before this window came is in the view and on the badge.
        if (change.first) return;
        const fresh = change.needs.find(({ before, after }) => before === null && isCall(after));
        if (fresh?.after) void this.call(fresh.after);
      }),
    );
  }

  dispose(): void {
    this.lifetime.dispose();
  }

  private async call(need: NeedView): Promise<void> {
    if (this.open || this.watching() || !readSettings().notifications) return;
    this.open = true;
    const show = need.kind === 'attention' ? t('Show Run') : t('Show');
    const never = t("Don't Show Again");
    try {
      const text = plainText(`${need.title}: ${need.detail}`);
      const chosen = await window.showWarningMessage(text, show, never);
      if (chosen === never) await turnNotificationsOff();
      if (chosen === show) await this.show(need);
    } finally {
      this.open = false;
    }
  }

  private async show(need: NeedView): Promise<void> {
    if (need.kind !== 'attention' || need.runId === null)
      await commands.executeCommand(commandIds.showActivity);
    else await commands.executeCommand(commandIds.showRun, needNode(need, null));
  }
}
