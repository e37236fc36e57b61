import { t } from '@vscode/l10n';
import { window, workspace, type Disposable, type Uri } from 'vscode';
import { RunsheetError } from '../../model/errors';
import { openPlan } from '../../protocol/messages';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';

/** Reads a file as a plan that was not found by its path. */
export function registerOpenPlanFile({
  connection,
  errors,
  folder,
}: Pick<Services, 'connection' | 'errors' | 'folder'>): Disposable {
  return register(commandIds.openPlanFile, errors, async () => {
    const root = folder();
    if (root === null) throw new RunsheetError('not_found', t('Open a folder first.'));
    const [uri] =
      (await window.showOpenDialog({
        defaultUri: root.uri,
        openLabel: t('Open as Plan'),
        filters: { [t('Plans')]: ['md', 'json', 'jsonc'] },
      })) ?? [];
    if (uri === undefined) return;
    const { plans } = await connection.request(openPlan, { path: pathWithin(uri) });
    if (plans.length === 0)
      throw new RunsheetError('validation', t('{0} holds no plan.', workspace.asRelativePath(uri)));
    await window.showTextDocument(uri);
  });

  function pathWithin(uri: Uri): string {
    const base = `${folder()?.uri.path ?? ''}/`;
    if (uri.path.startsWith(base)) return uri.path.slice(base.length);
    throw new RunsheetError('forbidden', t('The file is not in the folder {0}.', base));
  }
}
