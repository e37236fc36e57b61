import type { Disposable } from 'vscode';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';
import { startRunOf } from './start-run';
import { planOf } from './targets';

export function registerRunPlan(
  services: Pick<Services, 'connection' | 'errors' | 'mirror' | 'panel'>,
): Disposable {
  return register(commandIds.runPlan, services.errors, async (target) => {
    const plan = await planOf(services.mirror, target);
    if (plan !== undefined) await startRunOf(services, { planId: plan.id });
  });
}
