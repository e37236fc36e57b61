import { t } from '@vscode/l10n';
import { ConfigurationTarget, window, workspace, type Disposable } from 'vscode';
import { listAgents } from '../../protocol/messages';
import type { AgentView } from '../../protocol/views';
import { commandIds, settingKeys, settingsSection, viewIds } from '../command-ids';
import type { Services } from '../services';
import { register } from './register';

export function registerChooseAgent(services: Pick<Services, 'connection' | 'errors'>): Disposable {
  return register(commandIds.chooseAgent, services.errors, async () => {
    await chooseAgent(services);
  });
}

/** Lets the person choose among the known agents; `false` when they do not. */
export async function chooseAgent({ connection }: Pick<Services, 'connection'>): Promise<boolean> {
  const { agents } = await window.withProgress({ location: { viewId: viewIds.plans } }, () =>
    connection.request(listAgents, { refresh: true }),
  );
  const automatic = {
    label: t('As the plan says'),
    description: t('no setting'),
    agent: '',
  };
  const items = [...[...agents].sort(installedFirst).map(agentItem), automatic];
  const chosen = await window.showQuickPick(items, { title: t('Which agent does the work?') });
  if (chosen === undefined) return false;
  await writeAgent(chosen.agent);
  return true;
}

function installedFirst(a: AgentView, b: AgentView): number {
  return Number(b.installed) - Number(a.installed);
}

function agentItem(agent: AgentView): { label: string; description: string; agent: string } {
  const version = agent.version ?? (agent.installed ? '' : t('not found on the PATH'));
  const description = [version, agent.reason].filter((part) => part !== null && part !== '');
  return { label: agent.displayName, description: description.join(' · '), agent: agent.key };
}

/**
 * Writes the setting where it is already set for this workspace, else for the person: a new
 * settings file in the workspace would be a change in the checkout.
 */
async function writeAgent(agent: string): Promise<void> {
  const section = workspace.getConfiguration(settingsSection);
  const inWorkspace = section.inspect(settingKeys.agent)?.workspaceValue !== undefined;
  const target = inWorkspace ? ConfigurationTarget.Workspace : ConfigurationTarget.Global;
  await section.update(settingKeys.agent, agent === '' ? undefined : agent, target);
}
