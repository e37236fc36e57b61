import { t } from '@vscode/l10n';
import { Disposable, window } from 'vscode';
import { decideSubtasks } from '../../protocol/messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { askReason } from './ask-reason';
import { register } from './register';
import { phaseOf, planOf } from './targets';

type Uses = Pick<Services, 'connection' | 'errors' | 'mirror'>;

/** A person's word on all of a phase or a plan: the engine takes what allows it. */
export function registerDecidePhase({ connection, errors, mirror }: Uses): Disposable {
  return Disposable.from(
    register(commandIds.skipPhase, errors, async (target) => {
      const found = await phaseOf(mirror, target);
      if (found === undefined) return;
      const reason = await askReason(t('Why is “{0}” skipped?', found.phase.title));
      if (reason === undefined) return;
      const scope = { planId: found.plan.id, phases: [found.phase.key] };
      await connection.request(decideSubtasks, { ...scope, action: 'skip', reason });
    }),
    register(commandIds.resetPhase, errors, async (target) => {
      const found = await phaseOf(mirror, target);
      if (found === undefined) return;
      const { plan, phase } = found;
      const question = t('Reset all subtasks of “{0}”?', phase.title);
      const detail = t('Their proofs no longer count. Their runs and their history stay.');
      if (!(await confirm(question, detail, t('Reset')))) return;
      const scope = { planId: plan.id, phases: [phase.key] };
      await connection.request(decideSubtasks, { ...scope, action: 'reset', reason: '' });
    }),
    register(commandIds.cancelPlan, errors, async (target) => {
      const plan = await planOf(mirror, target, ({ state }) => state === 'active');
      if (plan === undefined) return;
      const question = t('Cancel “{0}”?', plan.title);
      const detail = t('What runs is stopped. What is done stays done, and you can run it again.');
      if (!(await confirm(question, detail, t('Cancel Plan')))) return;
      const scope = { planId: plan.id };
      await connection.request(decideSubtasks, { ...scope, action: 'cancel', reason: '' });
    }),
  );
}

async function confirm(question: string, detail: string, title: string): Promise<boolean> {
  const yes = { title };
  const no = { title: t('Leave It'), isCloseAffordance: true };
  return (await window.showWarningMessage(question, { modal: true, detail }, yes, no)) === yes;
}
