import type { Disposable } from 'vscode';
import { commandIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';

export function registerOpenPanel({
  errors,
  mirror,
  panel,
}: Pick<Services, 'errors' | 'mirror' | 'panel'>): Disposable {
  return register(commandIds.openPanel, errors, (target) => {
    const runId = mirror.runs.has(target?.id ?? '') ? (target?.id ?? null) : null;
    panel.show({ planId: target?.planId ?? null, runId });
    return Promise.resolve();
  });
}
