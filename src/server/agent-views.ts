import type { AgentView } from '../protocol/views';
import type { AgentCatalog } from '../runs/workspace-settings';

export async function agentViews(catalog: AgentCatalog, refresh: boolean): Promise<AgentView[]> {
  const agents = await catalog.list(refresh);
  return agents.map(({ definition, installed, version }) => ({
    key: definition.key,
    displayName: definition.displayName,
    version,
    installed,
    state: 'ok',
    reason: null,
  }));
}
