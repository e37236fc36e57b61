import type { AgentView } from '../protocol/views';
import type { AgentCatalog } from '../runs/workspace-settings';
import { agentStates } from '../store/repositories/agent-states';
import type { Store } from '../store/store';

/** The agents that are known here, with how they have behaved. */
export async function agentViews(
  catalog: AgentCatalog,
  store: Store,
  refresh: boolean,
): Promise<AgentView[]> {
  const agents = await catalog.list(refresh);
  const rows = await store.query(agentStates.list, undefined);
  const states = new Map(rows.map((row) => [row.agent_key, row]));
  return agents.map(({ definition, installed, version }) => {
    const state = states.get(definition.key);
    return {
      key: definition.key,
      displayName: definition.displayName,
      version,
      installed,
      state: state?.state ?? 'ok',
      reason: state?.reason ?? null,
      failures: state?.failures ?? 0,
      retryAt: state?.retry_at ?? null,
    };
  });
}
