import type { Disposable } from 'vscode';
import { stopRuns } from '../../protocol/messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';

export function registerStopAll({
  connection,
  errors,
}: Pick<Services, 'connection' | 'errors'>): Disposable {
  return register(commandIds.stopAll, errors, async () => {
    await connection.request(stopRuns, {});
  });
}
