import { t } from '@vscode/l10n';
import { Disposable, window } from 'vscode';
import { subtaskTransitions } from '../../model/transitions';
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
  action: 'accept' | 'skip' | 'reset' | 'resume' | 'cancel' | 'block';
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
  {
    id: commandIds.continueSubtask,
    action: 'resume',
    offers: ({ canResume }) => canResume,
    reason: () => Promise.resolve(''),
  },
  {
    id: commandIds.cancelSubtask,
    action: 'cancel',
    offers: ({ status }) => subtaskTransitions[status].includes('cancelled'),
    reason: confirmCancel,
  },
  {
    id: commandIds.blockSubtask,
    action: 'block',
    offers: ({ status }) => status === 'pending' || status === 'needs_attention',
    reason: ({ key }) => askReason(t('What does {0} wait for?', key)),
  },
];

/**
 * A person's word on a subtask: accept its claim, mark it done, skip it, put it back, let its last
 * run go on, give it up, put it aside.
 */
export function registerDecideSubtask(services: Uses): Disposable {
  return Disposable.from(...decisions.map((decision) => registerOne(services, decision)));
}

function registerOne({ connection, errors, mirror }: Uses, how: Decision): Disposable {
  return register(how.id, errors, async (target) => {
    const subtask = await subtaskOf(mirror, target, how.offers);
    const reason = subtask === undefined ? undefined : await how.reason(subtask);
    if (subtask === undefined || reason === undefined) return;
    const { planId, key } = subtask;
    await connection.request(decideSubtasks, {
      planId,
      subtasks: [key],
      action: how.action,
      reason,
    });
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

async function confirmCancel(subtask: SubtaskView): Promise<string | undefined> {
  const cancel = { title: t('Cancel Subtask') };
  const isLive = subtask.status === 'in_progress' || subtask.status === 'in_review';
  const detail = isLive
    ? t('Its run is stopped. What depends on it cannot start; reset it to take it up again.')
    : t('What depends on it cannot start; reset it to take it up again.');
  const question = t('Cancel {0}?', subtask.key);
  // "Cancel" would be a bad name for the way back.
  const keep = { title: t('Leave It'), isCloseAffordance: true };
  const answer = await window.showWarningMessage(question, { modal: true, detail }, cancel, keep);
  return answer === cancel ? '' : undefined;
}
