import { t } from '@vscode/l10n';
import { Disposable, window } from 'vscode';
import { decideEscalation } from '../../protocol/decision-messages';
import type { NeedView } from '../../protocol/views';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { askReason } from './ask-reason';
import { needOf } from './need-targets';
import { register, type Target } from './register';

type Uses = Pick<Services, 'connection' | 'errors' | 'mirror'>;

/** Acknowledges an escalation, or settles it: with another try or without. */
export function registerDecideEscalation({ connection, errors, mirror }: Uses): Disposable {
  const escalationOf = (target: Target | undefined): Promise<NeedView | undefined> =>
    needOf(mirror, target, 'escalation', t('Which escalation?'));
  return Disposable.from(
    register(commandIds.acknowledgeEscalation, errors, async (target) => {
      const need = await escalationOf(target);
      if (need === undefined) return;
      await connection.request(decideEscalation, { id: need.id, decision: 'acknowledge' });
    }),
    register(commandIds.resolveEscalation, errors, async (target) => {
      const need = await escalationOf(target);
      const again = need === undefined ? undefined : await askAgain(need.title);
      if (need === undefined || again === undefined) return;
      const resolution = await askReason(t('What was decided?'));
      if (resolution === undefined) return;
      const decision = 'resolve' as const;
      await connection.request(decideEscalation, { id: need.id, decision, resolution, again });
    }),
  );
}

async function askAgain(title: string): Promise<boolean | undefined> {
  const again = {
    label: t('Try it again'),
    detail: t('Its next run is told what was decided.'),
  };
  const leave = {
    label: t('Only settle it'),
    detail: t('The subtask stays as it is until you decide on it.'),
  };
  const chosen = await window.showQuickPick([again, leave], { title, ignoreFocusOut: true });
  return chosen === undefined ? undefined : chosen === again;
}
