import { window, type Disposable } from 'vscode';
import { commandIds } from '../command-ids';
import { diffUri } from '../documents/run-uris';
import type { Services } from '../services';
import { register } from './register';
import { runOf } from './targets';

/** Opens the run's change since its base commit as a read-only document. */
export function registerShowRunDiff(
  services: Pick<Services, 'connection' | 'errors' | 'mirror'>,
): Disposable {
  return register(commandIds.showRunDiff, services.errors, async (target) => {
    const run = await runOf(services, target, (one) => one.baseCommit !== null);
    if (run !== undefined) await window.showTextDocument(diffUri(run), { preview: true });
  });
}
