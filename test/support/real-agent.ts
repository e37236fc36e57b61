import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { AgentDefinition } from '../../src/agents/agent';
import { knownAgents } from '../../src/agents/known-agents';
import { installAgentProgram, type RealAgentName } from './agent-programs/install';
import { ScriptedModel, type ModelScript } from './scripted-model';

/** A real agent program, ready to be run against a model of ours. */
export interface RealAgent {
  definition: AgentDefinition;
  /** The person's environment as it would be; built from nothing. */
  env: Record<string, string>;
  /** The person's home folder, thrown away at the end. */
  home: string;
  model: ScriptedModel;
  close(): Promise<void>;
}

interface Setup {
  /** The program below `node_modules`. */
  program: string;
  args?: string[];
  /** Variables and files (below the home folder) that lead the agent to the model. */
  env: (url: string, home: string) => Record<string, string>;
  files: (url: string) => Record<string, string>;
}

const setups: Record<RealAgentName, Setup> = {
  gemini: {
    program: '@google/gemini-cli/bundle/gemini.js',
    args: ['-m', 'gemini-2.5-flash'],
    env: (url) => ({ GEMINI_API_KEY: 'scripted', GOOGLE_GEMINI_BASE_URL: url }),
    files: () => ({
      '.gemini/settings.json': JSON.stringify({
        general: { disableAutoUpdate: true, disableUpdateNag: true },
        privacy: { usageStatisticsEnabled: false },
        security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
      }),
    }),
  },
  codex: {
    program: '@agentclientprotocol/codex-acp/dist/index.js',
    env: (_url, home) => ({ CODEX_HOME: join(home, '.codex'), OPENAI_API_KEY: 'scripted' }),
    files: (url) => ({
      '.codex/config.toml': [
        'model = "scripted"',
        'model_provider = "scripted"',
        'check_for_update_on_startup = false',
        '[model_providers.scripted]',
        'name = "Scripted"',
        `base_url = "${url}/v1"`,
        'env_key = "OPENAI_API_KEY"',
        'wire_api = "responses"',
        'request_max_retries = 0',
        'stream_max_retries = 0',
        '[analytics]',
        'enabled = false',
        '',
      ].join('\n'),
    }),
  },
  claude: {
    program: '@agentclientprotocol/claude-agent-acp/dist/index.js',
    env: (url) => ({
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: 'scripted',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }),
    files: () => ({}),
  },
};

/**
 * Installs the agent once and gives it a home of its own in which it finds nothing but a model that
 * follows `script`. The start command is the one that Runsheet knows, with the program's full path.
 */
export async function prepareRealAgent(
  name: RealAgentName,
  script: ModelScript,
): Promise<RealAgent> {
  const setup = setups[name];
  const modules = await installAgentProgram(name);
  const home = await realpath(await mkdtemp(join(tmpdir(), 'runsheet-home-')));
  const model = await ScriptedModel.start(script);
  for (const [path, content] of Object.entries(setup.files(model.url))) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), content);
  }
  const known = knownAgents.find(({ key }) => key === name);
  if (known === undefined) throw new Error(`${name} is not among the known agents`);
  const args = [join(modules, setup.program), ...known.args, ...(setup.args ?? [])];
  const PATH = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
  return {
    definition: { ...known, program: process.execPath, args },
    env: { PATH, HOME: home, LANG: 'C.UTF-8', TMPDIR: tmpdir(), ...setup.env(model.url, home) },
    home,
    model,
    close: async () => {
      await model.close();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
