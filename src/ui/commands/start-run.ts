import { t } from '@vscode/l10n';
import { window, workspace } from 'vscode';
import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { approveCommands, startRun } from '../../protocol/messages';
import type { CommandView } from '../../protocol/views';
import { readSettings } from '../settings';
import type { Services } from '../services';
import { askToApprove } from './approve-commands';
import { askAboutChanges, askAboutClaims } from './ask-before-run';
import { previewOf, type RunScope } from './preview-run';

type Uses = Pick<Services, 'connection' | 'panel'>;

interface Consent {
  acceptClaims: boolean;
  allowDirty: boolean;
}

/** Every question to the person before work starts, then the start. */
export async function startRunOf(services: Uses, scope: RunScope): Promise<void> {
  if (!workspace.isTrusted) throw notTrusted();
  const preview = await previewOf(services, scope);
  if (preview === undefined) return;
  const { subtasks, claims, commands, dirtyPaths, baseCommit } = preview;
  if (subtasks.length === 0 && claims.length === 0) {
    void window.showInformationMessage(t('There is nothing left to run here.'));
    return;
  }
  if (!(await approve(services, scope.planId, commands))) return;
  const acceptClaims = await askAboutClaims(claims);
  if (acceptClaims === undefined) return;
  const allowDirty = dirtyPaths.length > 0;
  if (allowDirty && !(await askAboutChanges(dirtyPaths, baseCommit))) return;
  await start(services, scope, { acceptClaims, allowDirty });
}

/** Refused in Restricted Mode whatever the manifest says about menus. */
export function notTrusted(): RunsheetError {
  return new RunsheetError(
    'not_trusted',
    t('Runsheet runs nothing in Restricted Mode. Trust the workspace to run its plans.'),
  );
}

/** Asks about the commands that a plan would run and nobody has approved; `false`: the person does not want to. */
export async function approveCommandsOf(services: Uses, planId: string): Promise<boolean> {
  const preview = await previewOf(services, { planId });
  return preview !== undefined && (await approve(services, planId, preview.commands));
}

/** Asks about those of the commands that nobody has approved; `false`: the person does not want to. */
export async function approve(
  { connection }: Pick<Services, 'connection'>,
  planId: string,
  commands: readonly CommandView[],
): Promise<boolean> {
  const unknown = commands.filter((command) => !command.approved);
  if (unknown.length === 0) return true;
  if (!(await askToApprove(unknown))) return false;
  const hashes = unknown.map((command) => command.hash);
  await connection.request(approveCommands, { planId, hashes });
  return true;
}

async function start(services: Uses, scope: RunScope, consent: Consent): Promise<void> {
  const { agent, workers, autoOpenPanel } = readSettings();
  const chosen = { agent: agent || undefined, workers: workers ?? undefined };
  try {
    await services.connection.request(startRun, { ...scope, ...consent, ...chosen });
  } catch (error) {
    // The checkout changed between the preview and the start.
    if (!RunsheetError.is(error, 'dirty_tree') || consent.allowDirty) throw error;
    const paths = z.array(z.string()).catch([]).parse(error.details['paths']);
    if (!(await askAboutChanges(paths, null))) return;
    return start(services, scope, { ...consent, allowDirty: true });
  }
  if (autoOpenPanel) services.panel.show({ planId: scope.planId, runId: null });
}
