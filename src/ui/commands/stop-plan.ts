import type { Disposable } from 'vscode';
import { stopRuns } from '../../protocol/messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';
import { planOf } from './targets';

export function registerStopPlan({
  connection,
  errors,
  mirror,
}: Pick<Services, 'connection' | 'errors' | 'mirror'>): Disposable {
  return register(commandIds.stopPlan, errors, async (target) => {
    const plan = await planOf(mirror, target);
    if (plan !== undefined) await connection.request(stopRuns, { planId: plan.id });
  });
}
