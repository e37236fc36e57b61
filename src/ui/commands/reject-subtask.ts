import { t } from '@vscode/l10n';
import { commands, window, type Disposable } from 'vscode';
import { rejectSubtask } from '../../protocol/decision-messages';
import { commandIds } from '../command-ids';
import { plainText } from '../plain-text';
import type { Services } from '../services';
import { askReason } from './ask-reason';
import { askRejectionType, isRejectable } from './ask-rejection';
import { register } from './register';
import { subtaskOf } from './targets';

/** Sends the work on a subtask back, with what is wrong with it. */
export function registerRejectSubtask({
  connection,
  errors,
  mirror,
}: Pick<Services, 'connection' | 'errors' | 'mirror'>): Disposable {
  return register(commandIds.rejectSubtask, errors, async (target) => {
    const subtask = await subtaskOf(mirror, target, isRejectable);
    if (subtask === undefined) return;
    const { planId, key } = subtask;
    const type = await askRejectionType(t('What is wrong with {0}?', key));
    if (type === undefined) return;
    const reason = await askReason(t('What is to be done about {0}?', key));
    if (reason === undefined) return;
    const { notStarted } = await connection.request(rejectSubtask, { planId, key, type, reason });
    if (notStarted !== null) void offerRun(planId, key, notStarted);
  });
}

async function offerRun(planId: string, key: string, why: string): Promise<void> {
  const run = t('Run Subtask…');
  const text = plainText(t('{0} was sent back, but could not be started: {1}', key, why));
  const chosen = await window.showWarningMessage(text, run);
  if (chosen === run) await commands.executeCommand(commandIds.runSubtask, { planId, key });
}
