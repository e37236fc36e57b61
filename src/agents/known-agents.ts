import type { AgentDefinition } from './agent';

/** The built-in agent that runs a subtask's own command; it has no program beside that. */
export const commandDefinition: AgentDefinition = {
  key: 'command',
  displayName: 'Command',
  transport: 'command',
  program: '',
  args: [],
  env: {},
};
