import { t } from '@vscode/l10n';
import { Disposable } from 'vscode';
import type { GateDecision } from '../../model/status';
import { decideGate } from '../../protocol/messages';
import type { GateView } from '../../protocol/views';
import { commandIds, type CommandId } from '../command-ids';
import type { Services } from '../services';
import { askReason } from './ask-reason';
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

/** The four decisions that a person can take on a gate. */
export function registerDecideGate(services: Uses): Disposable {
  return Disposable.from(...decisions.map((decision) => registerOne(services, decision)));
}

function registerOne({ connection, errors, mirror }: Uses, how: Decision): Disposable {
  return register(how.id, errors, async (target) => {
    const gate = await gateOf(mirror, target, (one) => how.from.includes(one.state));
    if (gate === undefined) return;
    const reason = how.needsReason ? await askReason(questionOf(how.decision, gate.title)) : '';
    if (reason === undefined) return;
    await connection.request(decideGate, { gateId: gate.id, decision: how.decision, reason });
  });
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
