import { join } from 'node:path';
import { installPinned } from '../pinned-program.js';

/** A folder beside this file, whose lock file pins what is installed. */
export type AgentProgramName = 'gemini' | 'codex' | 'claude' | 'opencode' | 'copilot';

/** Gemini's optional packages are native conveniences; the programs of the others are optional ones. */
const omit: Partial<Record<AgentProgramName, string[]>> = { gemini: ['--omit=optional'] };

/**
 * Makes sure that the agent's pinned program is in the cache folder; resolves to the `node_modules`
 * that it lies in.
 */
export function installAgentProgram(name: AgentProgramName): Promise<string> {
  return installPinned(join(__dirname, name), 'agents', omit[name]);
}
