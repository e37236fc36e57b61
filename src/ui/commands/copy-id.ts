import { env, type Disposable } from 'vscode';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';

export function registerCopyId({ errors }: Pick<Services, 'errors'>): Disposable {
  return register(commandIds.copyId, errors, async (target) => {
    const id = target?.key ?? target?.id ?? target?.planId;
    if (id !== undefined) await env.clipboard.writeText(id);
  });
}
