import { t } from '@vscode/l10n';
import { ProgressLocation, window, workspace, type Disposable } from 'vscode';
import { verifySubtask } from '../../protocol/messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { verdictWord } from '../tree/status-look';
import { register } from './register';
import { notTrusted } from './start-run';
import { subtaskOf } from './targets';

export function registerVerifySubtask({
  connection,
  errors,
  mirror,
}: Pick<Services, 'connection' | 'errors' | 'mirror'>): Disposable {
  return register(commandIds.verifySubtask, errors, async (target) => {
    if (!workspace.isTrusted) throw notTrusted();
    const subtask = await subtaskOf(mirror, target, ({ status }) => status !== 'pending');
    if (subtask === undefined) return;
    const { planId, key } = subtask;
    const title = t('Checking {0}…', key);
    const { verdict } = await window.withProgress(
      { location: ProgressLocation.Window, title },
      () => connection.request(verifySubtask, { planId, key }),
    );
    // Success shows in the tree.
    if (verdict !== 'passed')
      void window.showWarningMessage(t('{0}: {1}', key, verdictWord(verdict)));
  });
}
