import { t } from '@vscode/l10n';
import { commands, window, workspace, type Disposable, type Uri } from 'vscode';
import { RunsheetError } from '../../model/errors';
import { listFormats, openPlan } from '../../protocol/messages';
import type { NoPlanView } from '../../protocol/views';
import { commandIds } from '../command-ids';
import { plainText } from '../plain-text';
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
    const opened = await openAs(pathWithin(uri));
    if (opened === null) return;
    const { plans, noPlan } = opened;
    if (plans.length === 0 && noPlan === null)
      throw new RunsheetError('validation', t('{0} holds no plan.', workspace.asRelativePath(uri)));
    await window.showTextDocument(uri);
    if (noPlan !== null) void tellOfNoPlan(noPlan);
  });

  /** Read as what it is, or as what a person says that it is; `null`: they say nothing. */
  async function openAs(path: string) {
    try {
      return await connection.request(openPlan, { path });
    } catch (error) {
      if (!RunsheetError.is(error, 'not_found')) throw error;
      const { formats } = await connection.request(listFormats, {});
      const items = formats.map(({ name, title }) => ({ label: title, description: name }));
      const title = t('{0} is not recognized. What is it?', path);
      const chosen = await window.showQuickPick(items, { title, matchOnDescription: true });
      if (chosen === undefined) return null;
      return connection.request(openPlan, { path, format: chosen.description });
    }
  }

  function pathWithin(uri: Uri): string {
    const base = `${folder()?.uri.path ?? ''}/`;
    if (uri.path.startsWith(base)) return uri.path.slice(base.length);
    throw new RunsheetError('forbidden', t('The file is not in the folder {0}.', base));
  }
}

/** What was opened is no mistake, only nothing that could be run: its own editor shows the rest. */
async function tellOfNoPlan({ path, text, problems }: NoPlanView): Promise<void> {
  const show = t('Show Problems');
  const told = plainText(`${path}: ${text}`);
  const answer = await window.showInformationMessage(told, ...(problems.length > 0 ? [show] : []));
  if (answer === show) await commands.executeCommand('workbench.actions.view.problems');
}
