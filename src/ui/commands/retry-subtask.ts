import { workspace, type Disposable } from 'vscode';
import { decideSubtask } from '../../protocol/messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';
import { notTrusted, startRunOf } from './start-run';
import { subtaskOf } from './targets';

/** Puts a subtask that ran out of attempts back and runs it; its history stays. */
export function registerRetrySubtask(
  services: Pick<Services, 'connection' | 'errors' | 'mirror' | 'panel'>,
): Disposable {
  return register(commandIds.retrySubtask, services.errors, async (target) => {
    if (!workspace.isTrusted) throw notTrusted();
    const { connection, mirror } = services;
    const subtask = await subtaskOf(
      mirror,
      target,
      ({ status }) => status === 'failed' || status === 'needs_attention',
    );
    if (subtask === undefined) return;
    const { planId, key } = subtask;
    await connection.request(decideSubtask, { planId, key, action: 'reset', reason: '' });
    await startRunOf(services, { planId, subtasks: [key] });
  });
}
