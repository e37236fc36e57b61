import { t } from '@vscode/l10n';
import { Disposable } from 'vscode';
import type { GateDecision } from '../../model/status';
import { decideGate, openGate } from '../../protocol/gate-messages';
import type { GateView } from '../../protocol/views';
import { commandIds, type CommandId } from '../command-ids';
import type { Services } from '../services';
import { askReason } from './ask-reason';
import { askRejectedSubtasks, askRejectionType, isRejectable } from './ask-rejection';
import { register } from './register';
import { gateOf } from './targets';

type Uses = Pick<Services, 'connection' | 'errors' | 'mirror'>;

interface Decision {
  id: CommandId;
  decision: GateDecision;
  from: readonly GateView['state'][];
  needsReason: boolean;
}

const decisions: readonly Decision[] = [
  { id: commandIds.approveGate, decision: 'approve', from: ['open'], needsReason: false },
  { id: commandIds.rejectGate, decision: 'reject', from: ['open'], needsReason: true },
  { id: commandIds.overrideGate, decision: 'override', from: ['open'], needsReason: true },
  {
    id: commandIds.reopenGate,
    decision: 'reopen',
    from: ['rejected', 'approved', 'overridden'],
    needsReason: true,
  },
];

/** The four decisions that a person can take on a gate, and the hand that opens one. */
export function registerDecideGate(services: Uses): Disposable {
  return Disposable.from(
    registerOpenGate(services),
    ...decisions.map((decision) => registerOne(services, decision)),
  );
}

function registerOpenGate({ connection, errors, mirror }: Uses): Disposable {
  return register(commandIds.openGate, errors, async (target) => {
    const gate = await gateOf(
      mirror,
      target,
      ({ state, trigger }) => state === 'waiting' && trigger === 'manual',
    );
    if (gate !== undefined) await connection.request(openGate, { gateId: gate.id });
  });
}

function registerOne({ connection, errors, mirror }: Uses, how: Decision): Disposable {
  return register(how.id, errors, async (target) => {
    const gate = await gateOf(mirror, target, (one) => how.from.includes(one.state));
    if (gate === undefined) return;
    const reason = how.needsReason ? await askReason(questionOf(how.decision, gate.title)) : '';
    if (reason === undefined) return;
    const about = how.decision === 'reject' ? await askAbout(mirror, gate) : {};
    if (about === undefined) return;
    const decision = { gateId: gate.id, decision: how.decision, reason, round: gate.round };
    await connection.request(decideGate, { ...decision, ...about });
  });
}

/** The subtasks that are sent back, with what is wrong with them. */
async function askAbout(
  mirror: Services['mirror'],
  gate: GateView,
): Promise<{ subtasks?: string[]; type?: string } | undefined> {
  const all = mirror.subtasksOf(gate.planId).filter(isRejectable);
  const chosen = await askRejectedSubtasks(t('What is “{0}” rejected for?', gate.title), all);
  if (chosen === undefined || chosen.length === 0) return chosen === undefined ? undefined : {};
  const type = await askRejectionType(t('What is wrong with them?'));
  return type === undefined ? undefined : { subtasks: chosen.map(({ key }) => key), type };
}

function questionOf(decision: GateDecision, gate: string): string {
  switch (decision) {
    case 'approve':
      return t('Why is “{0}” approved?', gate);
    case 'reject':
      return t('Why is “{0}” rejected?', gate);
    case 'override':
      return t('Why may “{0}” be passed although it is not met?', gate);
    case 'reopen':
      return t('Why is “{0}” opened again?', gate);
  }
}
