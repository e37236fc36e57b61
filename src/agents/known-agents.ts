import { personAgent } from '../model/plan';
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

/** Stands for whoever is asked; nothing is started. */
export const personDefinition: AgentDefinition = {
  key: personAgent,
  displayName: 'Person',
  transport: 'person',
  program: '',
  args: [],
  env: {},
};

/** Whether nothing stands behind it that could be asked for work of its own. */
export function isBuiltIn({ key }: Pick<AgentDefinition, 'key'>): boolean {
  return key === commandDefinition.key || key === personDefinition.key;
}

/** Whether a model's provider stands behind it, which may be in trouble. */
export function hasProvider({ transport }: Pick<AgentDefinition, 'transport'>): boolean {
  return transport !== 'command' && transport !== 'person';
}

type Row = Omit<AgentDefinition, 'transport' | 'env'> & {
  /** `acp` where nothing else is said. */
  transport?: AgentDefinition['transport'];
  env?: Record<string, string>;
};

const inheritedByClaude = [
  ...['ANTHROPIC_*', 'CLAUDE_*', 'AWS_*'],
  ...['CLOUD_ML_REGION', 'GOOGLE_APPLICATION_CREDENTIALS'],
];
const inheritedByCodex = [
  ...['OPENAI_*', 'CODEX_*', 'AZURE_OPENAI_*'],
  ...['INITIAL_AGENT_MODE', 'MODEL_PROVIDER'],
];

const rows: readonly Row[] = [
  {
    key: 'claude',
    displayName: 'Claude Code',
    program: 'claude-agent-acp',
    args: [],
    env: { DISABLE_AUTOUPDATER: '1' },
    inherit: inheritedByClaude,
    install: 'npm install -g @agentclientprotocol/claude-agent-acp',
  },
  {
    key: 'codex',
    displayName: 'Codex',
    program: 'codex-acp',
    args: [],
    env: { NO_BROWSER: '1' },
    inherit: inheritedByCodex,
    install: 'npm install -g @agentclientprotocol/codex-acp',
  },
  {
    key: 'gemini',
    displayName: 'Gemini CLI',
    program: 'gemini',
    args: ['--acp'],
    env: { NO_BROWSER: '1' },
    inherit: ['GEMINI_*', 'GOOGLE_*'],
    install: 'npm install -g @google/gemini-cli',
  },
  {
    key: 'opencode',
    displayName: 'opencode',
    program: 'opencode',
    args: ['acp'],
    env: { OPENCODE_DISABLE_AUTOUPDATE: '1' },
    // It works with the keys of any provider.
    inherit: ['OPENCODE_*', 'ANTHROPIC_*', 'OPENAI_*', 'GEMINI_*', 'GOOGLE_*', 'OPENROUTER_*'],
    install: 'npm install -g opencode-ai',
  },
  {
    key: 'copilot',
    displayName: 'GitHub Copilot CLI',
    program: 'copilot',
    args: ['--acp'],
    env: { COPILOT_AUTO_UPDATE: 'false' },
    inherit: ['COPILOT_*', 'GH_TOKEN', 'GH_HOST', 'GITHUB_TOKEN'],
    install: 'npm install -g @github/copilot',
  },
  {
    key: 'goose',
    displayName: 'Goose',
    program: 'goose',
    args: ['acp'],
    inherit: ['GOOSE_*', 'ANTHROPIC_*', 'OPENAI_*', 'GOOGLE_*', 'GEMINI_*', 'OPENROUTER_*'],
    install: 'see https://github.com/block/goose',
  },
  {
    key: 'qwen',
    displayName: 'Qwen Code',
    program: 'qwen',
    args: ['--acp'],
    inherit: ['QWEN_*', 'DASHSCOPE_*', 'OPENAI_*'],
    install: 'npm install -g @qwen-code/qwen-code',
  },
  {
    key: 'cline',
    displayName: 'Cline',
    program: 'cline',
    args: ['--acp'],
    inherit: ['CLINE_*', 'ANTHROPIC_*', 'OPENAI_*', 'OPENROUTER_*', 'GEMINI_*'],
    install: 'npm install -g cline',
  },
  {
    key: 'kilo',
    displayName: 'Kilo Code',
    program: 'kilo',
    args: ['acp'],
    inherit: ['KILO_*', 'ANTHROPIC_*', 'OPENAI_*', 'OPENROUTER_*', 'GEMINI_*'],
    install: 'npm install -g @kilocode/cli',
  },
  {
    key: 'kimi',
    displayName: 'Kimi Code',
    program: 'kimi',
    args: ['acp'],
    inherit: ['KIMI_*', 'MOONSHOT_*'],
    install: 'see https://github.com/MoonshotAI/kimi-cli',
  },
  {
    key: 'cursor',
    displayName: 'Cursor Agent',
    program: 'cursor-agent',
    args: ['acp'],
    inherit: ['CURSOR_*'],
    install: 'see https://cursor.com/cli',
  },
  {
    key: 'droid',
    displayName: 'Factory Droid',
    program: 'droid',
    args: ['exec', '--output-format', 'acp'],
    inherit: ['FACTORY_*'],
    install: 'see https://docs.factory.ai',
  },
  {
    key: 'auggie',
    displayName: 'Auggie',
    program: 'auggie',
    args: ['--acp'],
    inherit: ['AUGMENT_*'],
    install: 'npm install -g @augmentcode/auggie',
  },
  {
    key: 'junie',
    displayName: 'Junie',
    program: 'junie',
    args: ['--acp=true'],
    inherit: ['JUNIE_*'],
    install: 'see https://junie.jetbrains.com',
  },
  // For people without the adapters for the protocol.
  {
    key: 'claude-cli',
    displayName: 'Claude Code (headless)',
    transport: 'claude-stream',
    program: 'claude',
    args: [],
    env: { DISABLE_AUTOUPDATER: '1' },
    inherit: inheritedByClaude,
    install: 'npm install -g @anthropic-ai/claude-code',
  },
  {
    key: 'codex-cli',
    displayName: 'Codex (headless)',
    transport: 'codex-exec',
    program: 'codex',
    // Alone it may only read.
    args: ['--sandbox', 'workspace-write'],
    inherit: inheritedByCodex,
    install: 'npm install -g @openai/codex',
  },
];

/** Agents that let their tools act without a question, within rules or a sandbox of their own. */
const askNobody: ReadonlySet<string> = new Set(['codex', 'opencode']);

/**
 * Whether the agent puts what it is about to do before us, so that a tool policy can prevent it.
 * Even then it may do without a question what its own settings allow.
 */
export function asksFirst({ key, transport }: Pick<AgentDefinition, 'key' | 'transport'>): boolean {
  return (transport === 'acp' || transport === 'claude-stream') && !askNobody.has(key);
}

/** The agents that are known without a setting, in the order in which they are offered. */
export const knownAgents: readonly AgentDefinition[] = rows.map((row) => ({
  transport: 'acp',
  env: {},
  ...row,
}));
