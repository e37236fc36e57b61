import { t } from '@vscode/l10n';
import { Uri, window, workspace, type Disposable } from 'vscode';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';

/** Shows this window's log, or the engine's when there is one. */
export function registerShowLog({
  errors,
  folder,
  log,
}: Pick<Services, 'errors' | 'folder' | 'log'>): Disposable {
  return register(commandIds.showLog, errors, async () => {
    const engineLog = await engineLogOf(folder()?.uri);
    if (engineLog === null) {
      log.show();
      return;
    }
    const engine = { label: t("The engine's log"), description: '.runsheet/engine.log' };
    const own = { label: t("This window's log"), description: t('Output: Runsheet') };
    const chosen = await window.showQuickPick([engine, own], { title: t('Which log?') });
    if (chosen === engine) await window.showTextDocument(engineLog);
    if (chosen === own) log.show();
  });
}

async function engineLogOf(root: Uri | undefined): Promise<Uri | null> {
  if (root === undefined) return null;
  const uri = Uri.joinPath(root, '.runsheet', 'engine.log');
  try {
    await workspace.fs.stat(uri);
    return uri;
  } catch {
    // No engine has written here yet.
    return null;
  }
}
