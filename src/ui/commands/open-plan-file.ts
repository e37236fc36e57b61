import { t } from '@vscode/l10n';
import { window, workspace, type Disposable, type Uri } from 'vscode';
import { RunsheetError } from '../../model/errors';
import { listFormats, openPlan } from '../../protocol/messages';
import type { PlanView } from '../../protocol/views';
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
        filters: { [t('Plans')]: ['md', 'json', 'jsonl', 'yaml', 'yml', 'txt'] },
      })) ?? [];
    if (uri === undefined) return;
    const plans = await openAs(pathWithin(uri));
    if (plans === null) return;
    if (plans.length === 0)
      throw new RunsheetError('validation', t('{0} holds no plan.', workspace.asRelativePath(uri)));
    await window.showTextDocument(uri);
  });

  /** Read as what it is, or as what a person says that it is; `null`: they say nothing. */
  async function openAs(path: string): Promise<PlanView[] | null> {
    try {
      return (await connection.request(openPlan, { path })).plans;
    } catch (error) {
      if (!RunsheetError.is(error, 'not_found')) throw error;
      const { formats } = await connection.request(listFormats, {});
      const items = formats.map(({ name, title }) => ({ label: title, description: name }));
      const title = t('{0} is not recognized. What is it?', path);
      const chosen = await window.showQuickPick(items, { title, matchOnDescription: true });
      if (chosen === undefined) return null;
      return (await connection.request(openPlan, { path, format: chosen.description })).plans;
    }
  }

  function pathWithin(uri: Uri): string {
    const base = `${folder()?.uri.path ?? ''}/`;
    if (uri.path.startsWith(base)) return uri.path.slice(base.length);
    throw new RunsheetError('forbidden', t('The file is not in the folder {0}.', base));
  }
}
