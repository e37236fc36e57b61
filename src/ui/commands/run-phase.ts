import type { Disposable } from 'vscode';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';
import { startRunOf } from './start-run';
import { phaseOf } from './targets';

export function registerRunPhase(
  services: Pick<Services, 'connection' | 'errors' | 'mirror' | 'panel'>,
): Disposable {
  return register(commandIds.runPhase, services.errors, async (target) => {
    const found = await phaseOf(services.mirror, target);
    if (found === undefined) return;
    await startRunOf(services, { planId: found.plan.id, phases: [found.phase.key] });
  });
}
