import { AcpAgent } from './acp-agent';
import type { Agent, AgentDefinition } from './agent';
import { CommandAgent } from './command-agent';
import type { AgentEffects } from './supervised-run';

/** The agent that works as the definition says. */
export function createAgent(definition: AgentDefinition, effects: AgentEffects): Agent {
  return definition.transport === 'command'
    ? new CommandAgent(definition, effects)
    : new AcpAgent(definition, effects);
}
