import { t } from '@vscode/l10n';
import { commands, window } from 'vscode';

/** Whether ticks in the file count as done without a check; `undefined`: do not start. */
export async function askAboutClaims(claims: readonly string[]): Promise<boolean | undefined> {
  if (claims.length === 0) return false;
  const check = {
    label: t('Check them first'),
    detail: t('Their checks run on the base commit; only what passes counts as done.'),
  };
  const accept = {
    label: t('Accept them as done'),
    detail: t('On your word, without a check: {0}', claims.join(', ')),
  };
  const title =
    claims.length === 1
      ? t('The file claims a subtask as done that nobody has proven.')
      : t('The file claims {0} subtasks as done that nobody has proven.', claims.length);
  const chosen = await window.showQuickPick([check, accept], { title, ignoreFocusOut: true });
  return chosen === undefined ? undefined : chosen === accept;
}

const mostPaths = 10;

/**
 * Whether to start although the checkout has changes that agents will not see.
 * @param baseCommit `null`: not known.
 */
export async function askAboutChanges(
  paths: readonly string[],
  baseCommit: string | null,
): Promise<boolean> {
  const run = t('Run Without Them');
  const review = t('Open Source Control');
  const commit = baseCommit === null ? 'HEAD' : baseCommit.slice(0, 8);
  const shown = paths.slice(0, mostPaths);
  if (paths.length > shown.length) shown.push(t('and {0} more', paths.length - shown.length));
  const detail = t('Agents start from commit {0}. Not part of it:\n{1}', commit, shown.join('\n'));
  const title = t('The checkout has changes that are not committed.');
  const choice = await window.showWarningMessage(title, { modal: true, detail }, run, review);
  if (choice === review) await commands.executeCommand('workbench.view.scm');
  return choice === run;
}
