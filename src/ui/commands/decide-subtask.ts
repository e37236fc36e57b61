import { t } from '@vscode/l10n';
import { Disposable, window } from 'vscode';
import { decideSubtasks } from '../../protocol/messages';
import type { SubtaskView } from '../../protocol/views';
import { commandIds, type CommandId } from '../command-ids';
import type { Services } from '../services';
import { askReason } from './ask-reason';
import { register } from './register';
import { subtaskOf } from './targets';

type Uses = Pick<Services, 'connection' | 'errors' | 'mirror'>;

interface Decision {
  id: CommandId;
  action: 'accept' | 'skip' | 'reset';
  offers: (subtask: SubtaskView) => boolean;
  /** The reason to give with it; `undefined`: the person does not want to. */
  reason: (subtask: SubtaskView) => Promise<string | undefined>;
}

const isOpen = ({ status }: SubtaskView) => status !== 'done' && status !== 'skipped';

const decisions: readonly Decision[] = [
  {
    id: commandIds.acceptClaim,
    action: 'accept',
    offers: ({ status }) => status === 'claimed',
    reason: () => Promise.resolve(''),
  },
  {
    id: commandIds.markDone,
    action: 'accept',
    offers: isOpen,
    reason: ({ key }) => askReason(t('Why is {0} done, without a proof?', key)),
  },
  {
    id: commandIds.skipSubtask,
    action: 'skip',
    offers: isOpen,
    reason: ({ key }) => askReason(t('Why is {0} skipped?', key)),
  },
  {
    id: commandIds.resetSubtask,
    action: 'reset',
    offers: ({ status }) => status !== 'pending',
    reason: confirmReset,
  },
];

/** A person's word on a subtask: accept its claim, mark it done, skip it, put it back. */
export function registerDecideSubtask(services: Uses): Disposable {
  return Disposable.from(...decisions.map((decision) => registerOne(services, decision)));
}

function registerOne({ connection, errors, mirror }: Uses, how: Decision): Disposable {
  return register(how.id, errors, async (target) => {
    const subtask = await subtaskOf(mirror, target, how.offers);
    const reason = subtask === undefined ? undefined : await how.reason(subtask);
    if (subtask === undefined || reason === undefined) return;
    const { planId, key } = subtask;
    await connection.request(decideSubtasks, { planId, subtasks: [key], action: how.action, reason });
  });
}

async function confirmReset(subtask: SubtaskView): Promise<string | undefined> {
  if (subtask.status !== 'done') return '';
  const reset = t('Reset');
  const detail = t('Its proof no longer counts. Its runs and their history stay.');
  const question = t('Reset {0} although it is done?', subtask.key);
  const answer = await window.showWarningMessage(question, { modal: true, detail }, reset);
  return answer === reset ? '' : undefined;
}
