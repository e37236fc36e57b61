import { t } from '@vscode/l10n';
import { window } from 'vscode';
import type { CommandView } from '../../protocol/views';
import { showCommandList } from '../documents/command-list';
import { commandText } from './command-text';

const mostInDialog = 12;
const longestInDialog = 1500;
/** The question lies over the first lines of the document. */
const roomForQuestion = '\n'.repeat(6);

/**
 * Shows the full text of commands that a plan wants to execute and asks once for all of them. Few
 * are shown in a dialog; many in a document, with the question beside it.
 */
export async function askToApprove(commands: readonly CommandView[]): Promise<boolean> {
  const text = commandText(commands);
  const approve = t('Approve and Run');
  const question =
    commands.length === 1
      ? t('This plan wants to execute a command. Run it?')
      : t('This plan wants to execute {0} commands. Run them?', commands.length);
  if (commands.length <= mostInDialog && text.length <= longestInDialog) {
    const detail = `${text}\n\n${t('You are asked again only when a text changes.')}`;
    const options = { modal: true, detail };
    return (await window.showWarningMessage(question, options, approve)) === approve;
  }
  const list = await showCommandList(`${roomForQuestion}${text}\n`);
  const choice = await window.showQuickPick(
    [
      { label: approve, detail: t('All {0} commands in the document', commands.length) },
      { label: t('Do Not Run') },
    ],
    { title: question, ignoreFocusOut: true },
  );
  await list.close();
  return choice?.label === approve;
}
