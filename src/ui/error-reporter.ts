import { t } from '@vscode/l10n';
import { commands, window, type LogOutputChannel } from 'vscode';
import { messageOf, RunsheetError, type ErrorCode } from '../model/errors';
import { commandIds } from './command-ids';
import { plainText } from './plain-text';

interface WayOut {
  title: string;
  command: string;
}

/** Shows what went wrong, once, with the way out as a button. */
export class ErrorReporter {
  private readonly reported = new WeakSet();

  constructor(private readonly log: LogOutputChannel) {}

  /** Returns at once; nothing waits for the person. An error that comes twice is shown once. */
  readonly report = (error: unknown): void => {
    if (error instanceof Error) {
      if (this.reported.has(error)) return;
      this.reported.add(error);
    }
    this.log.error(error instanceof Error ? error : messageOf(error));
    const known = RunsheetError.is(error);
    const message = known
      ? error.message
      : t('Something went wrong in Runsheet: {0}', messageOf(error));
    const ways = known ? waysOut(error.code) : [showLog()];
    void this.offer(message, ways);
  };

  private async offer(message: string, ways: readonly WayOut[]): Promise<void> {
    const chosen = await window.showErrorMessage(plainText(message), ...ways);
    if (chosen !== undefined) await commands.executeCommand(chosen.command);
  }
}

function showLog(): WayOut {
  return { title: t('Show Log'), command: commandIds.showLog };
}

function waysOut(code: ErrorCode): WayOut[] {
  switch (code) {
    case 'not_trusted':
      return [{ title: t('Manage Workspace Trust'), command: 'workbench.trust.manage' }];
    case 'agent_missing':
      return [{ title: t('Choose Agent…'), command: commandIds.chooseAgent }];
    case 'not_a_repository':
      return [{ title: t('Initialize Repository'), command: 'git.init' }];
    case 'dirty_tree':
      return [{ title: t('Open Source Control'), command: 'workbench.view.scm' }];
    case 'unavailable':
    case 'ownership_lost':
      return [{ title: t('Retry'), command: commandIds.restartEngine }, showLog()];
    case 'internal':
    case 'corrupt_database':
    case 'newer_database':
    case 'protocol_mismatch':
    case 'read_only':
      return [showLog()];
    default:
      return [];
  }
}
