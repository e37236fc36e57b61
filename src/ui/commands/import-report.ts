import { t } from '@vscode/l10n';
import { Disposable, RelativePattern, window, workspace, type QuickPickItem } from 'vscode';
import { RunsheetError } from '../../model/errors';
import { importReport, type Reconciliation } from '../../protocol/report-messages';
import { commandIds } from '../command-ids';
import { AccountDocuments } from '../documents/account-documents';
import type { Services } from '../services';
import { register } from './register';
import { notTrusted } from './start-run';

type Uses = Pick<Services, 'connection' | 'errors' | 'folder'>;

const usualFiles = '**/{*.project_status.md,session_*.md}';
const mostFiles = 50;

/** Shows what a status report, prompt or report of a session holds, and stores it when told to. */
export function registerImportReport({ connection, errors, folder }: Uses): Disposable {
  const documents = new AccountDocuments();
  const command = register(commandIds.importReport, errors, async () => {
    if (!workspace.isTrusted) throw notTrusted();
    const path = await choose();
    if (path === undefined) return;
    const seen = await connection.request(importReport, look(path));
    await documents.show(seen);
    const chosen = await window.showQuickPick(choices(seen), { title: t('Import {0}?', path) });
    if (chosen === undefined) return;
    const { fallbackWrites } = chosen;
    const request = { path, apply: true, fallbackWrites, expected: seen.hash };
    await documents.show(await connection.request(importReport, request));
  });
  return Disposable.from(documents, command);

  async function choose(): Promise<string | undefined> {
    const root = folder();
    if (root === null) throw new RunsheetError('not_found', t('Open a folder first.'));
    const pattern = new RelativePattern(root, usualFiles);
    const found = await workspace.findFiles(pattern, '**/node_modules/**', mostFiles);
    const paths = found.map((uri) => workspace.asRelativePath(uri, false)).sort();
    const browse = { label: t('Another File…') };
    const items: QuickPickItem[] = [...paths.map((label) => ({ label })), browse];
    const chosen = await window.showQuickPick(items, { title: t('Import Which File?') });
    if (chosen !== browse) return chosen?.label;
    const filters = { Markdown: ['md'] };
    const [uri] = (await window.showOpenDialog({ defaultUri: root.uri, filters })) ?? [];
    return uri === undefined ? undefined : workspace.asRelativePath(uri, false);
  }
}

/** Nothing is stored by looking. */
const look = (path: string) => ({ path, apply: false, fallbackWrites: false });

function choices(account: Reconciliation): (QuickPickItem & { fallbackWrites: boolean })[] {
  const found = Object.values(account.counts).reduce((sum, count) => sum + count.stored, 0);
  const waiting = account.fallbackWrites.length;
  const detail = t('Everything is stored as claimed, in one step. The file stays as it is.');
  const usual = { label: t('Store {0} Rows', found), detail, fallbackWrites: false };
  if (waiting === 0) return [usual];
  const label = t('Store {0} Rows and {1} Writes from Comments', found, waiting);
  return [usual, { label, detail, fallbackWrites: true }];
}
