import { existsSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { AgentDefinition } from '../../src/agents/agent';
import { knownAgents } from '../../src/agents/known-agents';
import { installAgentProgram, type AgentProgramName } from './agent-programs/install';
import { ScriptedModel, type ModelScript } from './scripted-model';

/** A real agent program, ready to be run against a model of ours. */
export interface RealAgent {
  definition: AgentDefinition;
  /** The person's environment as it would be; built from nothing. */
  env: Record<string, string>;
  /** The person's home folder, thrown away at the end. */
  home: string;
  /** Of the package that its program comes in. */
  packageVersion: string;
  model: ScriptedModel;
  close(): Promise<void>;
}

/** The keys of the agents that are run for real. */
export const realAgents = [
  ...(['gemini', 'claude', 'codex', 'opencode', 'copilot', 'claude-cli', 'codex-cli'] as const),
];
export type RealAgentName = (typeof realAgents)[number];

interface Setup {
  install: AgentProgramName;
  /** The program below `node_modules`. */
  program: string;
  args?: string[];
  /** Variables and files (below the home folder) that lead the agent to the model. */
  env: (url: string, home: string) => Record<string, string>;
  files: (url: string) => Record<string, string>;
}

const platform = `${process.platform}-${process.arch}`;

const gemini: Setup = {
  install: 'gemini',
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
};

const codex: Setup = {
  install: 'codex',
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
};

const claude: Setup = {
  install: 'claude',
  program: '@agentclientprotocol/claude-agent-acp/dist/index.js',
  env: (url) => ({
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'scripted',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  }),
  files: () => ({}),
};

const opencode: Setup = {
  install: 'opencode',
  program: `opencode-${platform}/bin/opencode`,
  env: (_url, home) => ({
    OPENCODE_CONFIG: join(home, 'opencode.json'),
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_MODELS_FETCH: '1',
  }),
  files: (url) => ({
    'opencode.json': JSON.stringify({
      autoupdate: false,
      share: 'disabled',
      model: 'scripted/scripted',
      small_model: 'scripted/scripted',
      // It asks nobody unless it is told to.
      permission: { edit: 'ask', bash: 'ask' },
      provider: {
        scripted: {
          npm: '@ai-sdk/openai-compatible',
          name: 'Scripted',
          options: { baseURL: `${url}/v1`, apiKey: 'scripted' },
          models: {
            scripted: {
              name: 'Scripted',
              tool_call: true,
              limit: { context: 100_000, output: 8_000 },
              // USD a million tokens.
              cost: { input: 10, output: 50 },
            },
          },
        },
      },
    }),
  }),
};

const copilot: Setup = {
  install: 'copilot',
  program: `@github/copilot-${platform}/copilot`,
  env: (url) => ({
    COPILOT_OFFLINE: 'true',
    COPILOT_PROVIDER_BASE_URL: `${url}/v1`,
    COPILOT_MODEL: 'scripted',
    COPILOT_AUTO_UPDATE: 'false',
  }),
  files: () => ({}),
};

const setups: Record<RealAgentName, Setup> = {
  ...{ gemini, codex, claude, opencode, copilot },
  // The programs that the adapters bring along.
  'claude-cli': { ...claude, program: `@anthropic-ai/claude-agent-sdk-${platform}/claude` },
  'codex-cli': { ...codex, program: '@openai/codex/bin/codex.js' },
};

/** Makes sure that the agent's program is there. */
export function installRealAgent(name: RealAgentName): Promise<string> {
  return installAgentProgram(setups[name].install);
}

/**
 * Installs the agent once and gives it a home of its own in which it finds nothing but a model that
 * follows `script`. The start command is the one that Runsheet knows, with the program's full path.
 */
export async function prepareRealAgent(
  name: RealAgentName,
  script: ModelScript,
): Promise<RealAgent> {
  const setup = setups[name];
  const modules = await installRealAgent(name);
  const home = await realpath(await mkdtemp(join(tmpdir(), 'runsheet-home-')));
  const model = await ScriptedModel.start(script);
  for (const [path, content] of Object.entries(setup.files(model.url))) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), content);
  }
  const known = knownAgents.find(({ key }) => key === name);
  if (known === undefined) throw new Error(`${name} is not among the known agents`);
  const path = join(modules, setup.program);
  const isScript = path.endsWith('.js');
  const args = [...(isScript ? [path] : []), ...known.args, ...(setup.args ?? [])];
  const PATH = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':');
  return {
    definition: { ...known, program: isScript ? process.execPath : path, args },
    env: { PATH, HOME: home, LANG: 'C.UTF-8', TMPDIR: tmpdir(), ...setup.env(model.url, home) },
    home,
    packageVersion: await packageVersionOf(path),
    model,
    close: async () => {
      await model.close();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function packageVersionOf(program: string): Promise<string> {
  let folder = dirname(program);
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  const text = await readFile(join(folder, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/**
 * Gemini 0.61.0 names the file of a session by the minute and begins it anew when the session is
 * loaded in that same minute, which loses it. This names the files as if they were of last year.
 */
export async function letAMinutePass(home: string): Promise<void> {
  for (const path of await readdir(home, { recursive: true })) {
    const older = path.replace(/(chats\/session-)\d{4}/, '$12025');
    if (older !== path) await rename(join(home, path), join(home, older));
  }
}
