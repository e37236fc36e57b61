import type { Disposable } from 'vscode';
import { stopRuns } from '../../protocol/messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';
import { phaseOf } from './targets';

export function registerStopPhase({
  connection,
  errors,
  mirror,
}: Pick<Services, 'connection' | 'errors' | 'mirror'>): Disposable {
  return register(commandIds.stopPhase, errors, async (target) => {
    const found = await phaseOf(mirror, target);
    if (found === undefined) return;
    const { plan, phase } = found;
    await connection.request(stopRuns, { planId: plan.id, phase: phase.key });
  });
}
