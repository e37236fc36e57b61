import type { AgentDefinition } from './agent';
import { knownAgents } from './known-agents';

/** An agent as a workspace writes it; what is left out is taken from the known agent of that key. */
export interface OwnAgent {
  key: string;
  name?: string | undefined;
  /** A program on the `PATH`, or an absolute path. */
  program: string;
  args?: readonly string[] | undefined;
  env?: Readonly<Record<string, string>> | undefined;
  inherit?: readonly string[] | undefined;
  transport?: AgentDefinition['transport'] | undefined;
}

/** All agents: the workspace's own, and the known ones that it does not define anew. */
export function mergeAgents(own: readonly OwnAgent[]): AgentDefinition[] {
  const taken = new Set(own.map(({ key }) => key));
  return [...own.map(definitionOf), ...knownAgents.filter(({ key }) => !taken.has(key))];
}

function definitionOf(own: OwnAgent): AgentDefinition {
  const known = knownAgents.find(({ key }) => key === own.key);
  return {
    key: own.key,
    displayName: own.name ?? known?.displayName ?? own.key,
    transport: own.transport ?? known?.transport ?? 'acp',
    program: own.program,
    args: own.args ?? known?.args ?? [],
    env: { ...known?.env, ...own.env },
    inherit: own.inherit ?? known?.inherit,
    install: known?.install,
    isOfWorkspace: true,
  };
}
