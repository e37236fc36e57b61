import { window, type Disposable } from 'vscode';
import { commandIds } from '../command-ids';
import { transcriptUri } from '../documents/run-uris';
import type { Services } from '../services';
import { register } from './register';
import { runOf } from './targets';

/** Opens the run's transcript as a read-only document. */
export function registerShowRun({
  errors,
  mirror,
}: Pick<Services, 'errors' | 'mirror'>): Disposable {
  return register(commandIds.showRun, errors, async (target) => {
    const run = await runOf(mirror, target);
    if (run !== undefined) await window.showTextDocument(transcriptUri(run), { preview: true });
  });
}
