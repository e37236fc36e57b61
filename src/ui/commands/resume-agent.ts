import { t } from '@vscode/l10n';
import { workspace, type Disposable } from 'vscode';
import { resumeAgent } from '../../protocol/budget-messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { needOf } from './need-targets';
import { register } from './register';
import { notTrusted } from './start-run';

/** Lets an agent work again at once that is paused or could not be started. */
export function registerResumeAgent({
  connection,
  errors,
  mirror,
}: Pick<Services, 'connection' | 'errors' | 'mirror'>): Disposable {
  return register(commandIds.resumeAgent, errors, async (target) => {
    if (!workspace.isTrusted) throw notTrusted();
    const need = await needOf(mirror, target, 'agent', t('Which agent?'));
    if (need !== undefined) await connection.request(resumeAgent, { agent: need.id });
  });
}
