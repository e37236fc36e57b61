import { t } from '@vscode/l10n';
import { Disposable, ProgressLocation, window, workspace } from 'vscode';
import { confirmCheck, listVerifications, stopChecks } from '../../protocol/check-messages';
import { previewRun, verifySubtask } from '../../protocol/messages';
import type { CheckView, SubtaskView } from '../../protocol/views';
import { commandIds, type CommandId } from '../command-ids';
import type { Services } from '../services';
import { verdictWord } from '../tree/status-look';
import { askReason } from './ask-reason';
import { register, type Target } from './register';
import { approve, notTrusted } from './start-run';
import { subtaskOf } from './targets';

type Uses = Pick<Services, 'connection' | 'errors' | 'mirror'>;

/** Checks without an agent: all of a subtask, one alone, and those that only a person answers. */
export function registerVerifySubtask(services: Uses): Disposable {
  return Disposable.from(
    onSubtask(services, commandIds.verifySubtask, (subtask) => verify(services, subtask)),
    onSubtask(services, commandIds.verifyOneCheck, async (subtask) => {
      const title = t('Which check of {0}?', subtask.key);
      const check = await window.showQuickPick(subtask.checks, { title });
      if (check !== undefined) await verify(services, subtask, check);
    }),
    onSubtask(services, commandIds.confirmCheck, (subtask) => confirm(services, subtask)),
  );
}

function onSubtask(
  { mirror, errors }: Uses,
  id: CommandId,
  act: (subtask: SubtaskView) => Promise<void>,
): Disposable {
  return register(id, errors, async (target: Target | undefined) => {
    if (!workspace.isTrusted) throw notTrusted();
    const subtask = await subtaskOf(mirror, target, ({ status }) => status !== 'pending');
    if (subtask !== undefined) await act(subtask);
  });
}

async function verify({ connection }: Uses, subtask: SubtaskView, check?: string): Promise<void> {
  const { planId, key } = subtask;
  // No agent works on it, so that none has to be there.
  const scope = { planId, subtasks: [key], agent: 'command' };
  const { commands } = await connection.request(previewRun, scope);
  if (!(await approve({ connection }, planId, commands))) return;
  const title = check === undefined ? t('Checking {0}…', key) : t('Checking {0}: {1}', key, check);
  const one = check === undefined ? {} : { check };
  const { verdict, message } = await window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    (_progress, token) => {
      token.onCancellationRequested(() => {
        void connection.request(stopChecks, { planId, key }).catch(() => undefined);
      });
      return connection.request(verifySubtask, { planId, key, ...one });
    },
  );
  // A proof shows in the tree; one check alone shows nowhere else.
  if (verdict !== 'passed')
    void window.showWarningMessage(t('{0}: {1}. {2}', key, verdictWord(verdict), message));
  else if (check !== undefined)
    void window.showInformationMessage(t('{0}: {1} passed.', key, check));
}

/** Asks about what waited for a person when it was asked of one the last time. */
async function confirm(services: Uses, subtask: SubtaskView): Promise<void> {
  const { planId, key } = subtask;
  const { connection } = services;
  const { verifications } = await connection.request(listVerifications, { planId, key });
  // The newest may be of one other check alone.
  const asked = verifications.find(({ checks }) => checks.some(({ type }) => type === 'manual'));
  const check = await manualCheck(asked?.checks ?? [], key);
  if (check === undefined) return;
  const [yes, no] = [t('It is so'), t('It is not so')];
  const question = check.message === '' ? check.label : check.message;
  const answer = await window.showQuickPick([yes, no], { title: question });
  if (answer === undefined) return;
  const holds = answer === yes;
  const note = holds ? '' : await askReason(t('What did you see?'));
  if (note === undefined) return;
  await connection.request(confirmCheck, { planId, key, check: check.id, holds, note });
  await verify(services, subtask);
}

async function manualCheck(
  checks: readonly CheckView[],
  key: string,
): Promise<CheckView | undefined> {
  const manual = checks.filter(({ type }) => type === 'manual');
  if (manual.length < 2) {
    if (manual.length === 0)
      void window.showInformationMessage(t('Nothing of {0} waits for your word.', key));
    return manual[0];
  }
  const items = manual.map((check) => ({ check, label: check.label, description: check.message }));
  const title = t('Which check of {0}?', key);
  return (await window.showQuickPick(items, { title }))?.check;
}
