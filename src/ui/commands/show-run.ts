import { window, type Disposable } from 'vscode';
import { commandIds } from '../command-ids';
import { transcriptUri } from '../documents/run-uris';
import type { Services } from '../services';
import { register } from './register';
import { runOf } from './targets';

/** Opens the run's transcript as a read-only document. */
export function registerShowRun(
  services: Pick<Services, 'connection' | 'errors' | 'mirror'>,
): Disposable {
  return register(commandIds.showRun, services.errors, async (target) => {
    const run = await runOf(services, target);
    if (run !== undefined) await window.showTextDocument(transcriptUri(run), { preview: true });
  });
}
