import { fileURLToPath } from 'node:url';
import type { AgentDefinition } from '../../src/agents/agent';

const program = fileURLToPath(new URL('./fake-acp-agent.mjs', import.meta.url));

/** The fake agent as a definition. `env` sets `FAKE_AGENT_BEHAVIOUR`, `_START`, `_SESSIONS`. */
export function fakeAcpAgent(env: Record<string, string> = {}): AgentDefinition {
  return {
    key: 'fake',
    displayName: 'Fake agent',
    transport: 'acp',
    program: process.execPath,
    args: [program],
    env,
  };
}
