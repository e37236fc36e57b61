import { t } from '@vscode/l10n';
import { FileSystemError, Uri, window, workspace, type Disposable } from 'vscode';
import { RunsheetError } from '../../model/errors';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';
import { starterFileName, starterPlan } from './starter-plan';

/** Writes a small plan to begin with, and opens it. */
export function registerCreatePlan({
  connection,
  errors,
  folder,
}: Pick<Services, 'connection' | 'errors' | 'folder'>): Disposable {
  return register(commandIds.createPlan, errors, async () => {
    const root = folder();
    if (root === null)
      throw new RunsheetError(
        'not_found',
        t('Open a folder first: a plan lives in its workspace.'),
      );
    const title = await window.showInputBox({
      title: t('Create a plan'),
      prompt: t('What is the plan called?'),
      ignoreFocusOut: true,
      validateInput: (text) => (text.trim() === '' ? t('A plan needs a title.') : null),
    });
    if (title === undefined) return;
    const uri = Uri.joinPath(root.uri, starterFileName(title));
    if (!(await isThere(uri)))
      await workspace.fs.writeFile(uri, new TextEncoder().encode(starterPlan(title)));
    await window.showTextDocument(uri);
    connection.start();
  });
}

async function isThere(uri: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch (error) {
    if (error instanceof FileSystemError && error.code === 'FileNotFound') return false;
    throw error;
  }
}
