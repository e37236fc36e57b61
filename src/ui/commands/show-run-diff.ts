import { window, type Disposable } from 'vscode';
import { commandIds } from '../command-ids';
import { diffUri } from '../documents/run-uris';
import type { Services } from '../services';
import { register } from './register';
import { runOf } from './targets';

/** Opens the run's change since its base commit as a read-only document. */
export function registerShowRunDiff({
  errors,
  mirror,
}: Pick<Services, 'errors' | 'mirror'>): Disposable {
  return register(commandIds.showRunDiff, errors, async (target) => {
    const run = await runOf(mirror, target, (one) => one.baseCommit !== null);
    if (run !== undefined) await window.showTextDocument(diffUri(run), { preview: true });
  });
}
