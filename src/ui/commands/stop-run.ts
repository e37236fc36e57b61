import { Disposable } from 'vscode';
import { stopRuns } from '../../protocol/messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';
import { runOf } from './targets';

/** Stops one run: as a run, or as the live run of a subtask. */
export function registerStopRun(
  services: Pick<Services, 'connection' | 'errors' | 'mirror'>,
): Disposable {
  const { connection, errors } = services;
  const stop = (id: typeof commandIds.stopRun | typeof commandIds.stopSubtask) =>
    register(id, errors, async (target) => {
      const run = await runOf(services, target, (one) => one.state !== 'ended');
      if (run !== undefined) await connection.request(stopRuns, { runId: run.id });
    });
  return Disposable.from(stop(commandIds.stopRun), stop(commandIds.stopSubtask));
}
