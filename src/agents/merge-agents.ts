import type { AgentDefinition } from './agent';
import { knownAgents } from './known-agents';

/** All agents: the workspace's own, and the known ones that it does not define anew. */
export function mergeAgents(own: readonly AgentDefinition[]): AgentDefinition[] {
  const taken = new Set(own.map(({ key }) => key));
  return [...own, ...knownAgents.filter(({ key }) => !taken.has(key))];
}
