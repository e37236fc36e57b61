import { t } from '@vscode/l10n';
import { window, workspace, type Disposable } from 'vscode';
import { convertPlan } from '../../protocol/messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';
import { planOf } from './targets';

/** Shows a plan of another format as a Runsheet plan, in a new document that nobody saved yet. */
export function registerConvertPlan({
  connection,
  errors,
  mirror,
}: Pick<Services, 'connection' | 'errors' | 'mirror'>): Disposable {
  return register(commandIds.convertPlan, errors, async (target) => {
    const plan = await planOf(mirror, target, ({ format }) => format !== 'runsheet');
    if (plan === undefined) return;
    const { text, notCarried } = await connection.request(convertPlan, { planId: plan.id });
    const document = await workspace.openTextDocument({ language: 'markdown', content: text });
    await window.showTextDocument(document);
    if (notCarried.length > 0)
      window.setStatusBarMessage(
        t('The end of the new plan says what could not be carried over.'),
        shownMs,
      );
  });
}

const shownMs = 10_000;
