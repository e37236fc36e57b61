import { AcpAgent } from './acp-agent';
import type { Agent, AgentDefinition } from './agent';
import { claudeStream } from './claude-stream-agent';
import { codexExec } from './codex-exec-agent';
import { CommandAgent } from './command-agent';
import { HeadlessAgent } from './headless-agent';
import { PersonAgent } from './person-agent';
import type { AgentEffects } from './supervised-run';

/** The agent that works as the definition says. */
export function createAgent(definition: AgentDefinition, effects: AgentEffects): Agent {
  switch (definition.transport) {
    case 'command':
      return new CommandAgent(definition, effects);
    case 'acp':
      return new AcpAgent(definition, effects);
    case 'claude-stream':
      return new HeadlessAgent(definition, effects, claudeStream);
    case 'person':
      return new PersonAgent();
    case 'codex-exec':
      return new HeadlessAgent(definition, effects, codexExec);
  }
}
