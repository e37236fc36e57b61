import { t } from '@vscode/l10n';
import { Disposable } from 'vscode';
import { decideFiring } from '../../protocol/trigger-messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { needOf } from './need-targets';
import { register } from './register';
import { approveCommandsOf } from './start-run';

/** A person's yes or no to what a trigger would start. */
export function registerDecideFiring(
  services: Pick<Services, 'connection' | 'errors' | 'mirror' | 'panel'>,
): Disposable {
  const { connection, errors, mirror } = services;
  return Disposable.from(
    register(commandIds.confirmTrigger, errors, async (target) => {
      const need = await needOf(mirror, target, 'trigger', t('Which trigger?'));
      if (need === undefined) return;
      // What it starts may have commands that nobody has seen yet.
      if (need.planId !== null && !(await approveCommandsOf(services, need.planId))) return;
      await connection.request(decideFiring, { id: need.id, decision: 'confirm' });
    }),
    register(commandIds.declineTrigger, errors, async (target) => {
      const need = await needOf(mirror, target, 'trigger', t('Which trigger?'));
      if (need === undefined) return;
      await connection.request(decideFiring, { id: need.id, decision: 'decline' });
    }),
  );
}
