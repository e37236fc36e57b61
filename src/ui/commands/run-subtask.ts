import type { Disposable } from 'vscode';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';
import { startRunOf } from './start-run';
import { subtaskOf } from './targets';

export function registerRunSubtask(
  services: Pick<Services, 'connection' | 'errors' | 'mirror' | 'panel'>,
): Disposable {
  return register(commandIds.runSubtask, services.errors, async (target) => {
    const subtask = await subtaskOf(
      services.mirror,
      target,
      ({ status }) => status === 'pending' || status === 'claimed',
    );
    if (subtask === undefined) return;
    await startRunOf(services, { planId: subtask.planId, subtasks: [subtask.key] });
  });
}
