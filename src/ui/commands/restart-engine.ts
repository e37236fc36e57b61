import { t } from '@vscode/l10n';
import { window, type Disposable } from 'vscode';
import { RunsheetError } from '../../model/errors';
import { stopEngine } from '../../protocol/messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';

/** Ends the engine and starts a new one; asks when runs would be interrupted by it. */
export function registerRestartEngine({
  connection,
  errors,
}: Pick<Services, 'connection' | 'errors'>): Disposable {
  return register(commandIds.restartEngine, errors, async () => {
    if (connection.status.name === 'connected' && !(await stop(connection))) return;
    await connection.restart();
  });
}

async function stop(connection: Services['connection']): Promise<boolean> {
  try {
    await connection.request(stopEngine, { force: false });
    return true;
  } catch (error) {
    if (!RunsheetError.is(error, 'limit')) throw error;
    const restart = t('Interrupt and Restart');
    const options = { modal: true, detail: t('What runs now would be interrupted.') };
    const answer = await window.showWarningMessage(error.message, options, restart);
    if (answer !== restart) return false;
    await connection.request(stopEngine, { force: true });
    return true;
  }
}
