import { Uri, window, workspace, type Disposable } from 'vscode';
import { writeReport } from '../../protocol/report-messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';
import { notTrusted } from './start-run';

/** Writes the workspace's status report and shows it. */
export function registerWriteReport({
  connection,
  errors,
  folder,
}: Pick<Services, 'connection' | 'errors' | 'folder'>): Disposable {
  return register(commandIds.writeReport, errors, async () => {
    if (!workspace.isTrusted) throw notTrusted();
    const { path } = await connection.request(writeReport, {});
    const root = folder();
    if (root !== null) await window.showTextDocument(Uri.joinPath(root.uri, path));
  });
}
