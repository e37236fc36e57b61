import { Uri, window, workspace, type Disposable } from 'vscode';
import { progressLogFormats } from '../../model/progress-log-formats';
import { writeProgressLog } from '../../protocol/report-messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';
import { notTrusted } from './start-run';
import { planOf } from './targets';

/** Writes the progress log of a plan whose format has one, and shows it. */
export function registerWriteProgressLog({
  connection,
  errors,
  folder,
  mirror,
}: Pick<Services, 'connection' | 'errors' | 'folder' | 'mirror'>): Disposable {
  return register(commandIds.writeProgressLog, errors, async (target) => {
    if (!workspace.isTrusted) throw notTrusted();
    const plan = await planOf(mirror, target, ({ format }) => progressLogFormats.has(format));
    if (plan === undefined) return;
    const { path } = await connection.request(writeProgressLog, { planId: plan.id });
    const root = folder();
    if (root !== null) await window.showTextDocument(Uri.joinPath(root.uri, path));
  });
}
