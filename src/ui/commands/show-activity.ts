import { commands, type Disposable } from 'vscode';
import { commandIds, viewIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';

/** What a click on the status bar item does: shows what waits, else what runs. */
export function registerShowActivity({
  errors,
  mirror,
}: Pick<Services, 'errors' | 'mirror'>): Disposable {
  return register(commandIds.showActivity, errors, async () => {
    const view = mirror.needs.size > 0 ? viewIds.needs : viewIds.runs;
    await commands.executeCommand(`${view}.focus`);
  });
}
