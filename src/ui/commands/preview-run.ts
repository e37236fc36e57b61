import { t } from '@vscode/l10n';
import { window } from 'vscode';
import type { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { previewRun } from '../../protocol/messages';
import { readSettings } from '../settings';
import type { Services } from '../services';
import { chooseAgent } from './choose-agent';

/** What is to be run: all of a plan, phases, or subtasks by their keys. */
export interface RunScope {
  planId: string;
  subtasks?: string[];
  phases?: string[];
}

export type RunPreview = z.infer<typeof previewRun.result>;

/**
 * What a run would do. As long as its agent is not installed, another one can be chosen;
 * `undefined`: the person does not want to.
 */
export async function previewOf(
  services: Pick<Services, 'connection'>,
  scope: RunScope,
): Promise<RunPreview | undefined> {
  for (;;) {
    const preview = await tryPreview(services, scope);
    if (typeof preview !== 'string') return preview;
    const choose = t('Choose Agent…');
    if ((await window.showWarningMessage(preview, { modal: true }, choose)) !== choose) return;
    if (!(await chooseAgent(services))) return;
  }
}

/** A text says why the agent cannot run. */
async function tryPreview(
  { connection }: Pick<Services, 'connection'>,
  scope: RunScope,
): Promise<RunPreview | string> {
  try {
    const agent = readSettings().agent || undefined;
    const preview = await connection.request(previewRun, { ...scope, agent });
    if (preview.agent.installed) return preview;
    return t('The agent {0} is not installed.', preview.agent.displayName);
  } catch (error) {
    if (RunsheetError.is(error, 'agent_missing')) return error.message;
    throw error;
  }
}
