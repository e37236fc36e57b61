import type { Disposable } from 'vscode';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';
import { startRunOf } from './start-run';
import { subtaskOf } from './targets';

/** Runs a subtask that ran out of attempts once more: the engine takes being named as that. */
export function registerRetrySubtask(
  services: Pick<Services, 'connection' | 'errors' | 'mirror' | 'panel'>,
): Disposable {
  return register(commandIds.retrySubtask, services.errors, async (target) => {
    const subtask = await subtaskOf(
      services.mirror,
      target,
      ({ status }) => status === 'failed' || status === 'needs_attention',
    );
    if (subtask === undefined) return;
    await startRunOf(services, { planId: subtask.planId, subtasks: [subtask.key] });
  });
}
