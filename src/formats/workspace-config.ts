import { z } from 'zod';
import type { Problem } from '../model/plan';
import type { CommandText, Validator } from '../model/validator';
import { nameChecks } from './check-syntax';
import { sortProblems } from './problems';
import { commonSettings, readSettings } from './settings';

/** Where a workspace keeps its settings, relative to its root. */
export const workspaceConfigPath = 'runsheet.yml';

/** An agent of the workspace's own, or another way to start a known one. */
export interface AgentConfig {
  key: string;
  displayName: string;
  transport: 'command' | 'acp';
  program: string;
  args: string[];
  env: Record<string, string>;
}

/** What `runsheet.yml` sets for plans that say nothing themselves. */
export interface WorkspaceConfig {
  agent: string | null;
  workers: number | null;
  /** Beside the checks of plans and subtasks, for every subtask. */
  checks: Validator[];
  setup: CommandText | null;
  copy: string[];
  agents: AgentConfig[];
}

export interface WorkspaceConfigReading {
  config: WorkspaceConfig;
  problems: Problem[];
}

const agentSchema = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  program: z.string().min(1).max(1000),
  args: z.array(z.string()).max(100).default([]),
  env: z.record(z.string().regex(/^\w+$/), z.string()).default({}),
  transport: z.enum(['acp', 'command']).default('acp'),
});

const agentKey = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,49}$/, 'a name has small letters, digits and -')
  .refine((key) => key !== 'command', 'command is the built-in agent');

/** Its twin for editors is `resources/schemas/runsheet-yml.schema.json`. */
export const workspaceConfigShape = {
  ...commonSettings,
  agents: z.record(agentKey, agentSchema),
};

/** Reads `runsheet.yml`; bad keys become problems and count as not set. Never throws. */
export function readWorkspaceConfig(text: string): WorkspaceConfigReading {
  const { values, problems } = readSettings(text, workspaceConfigShape);
  const config: WorkspaceConfig = {
    agent: values.agent ?? null,
    workers: values.workers ?? null,
    checks: nameChecks(values.checks ?? [], 'workspace-check'),
    setup: values.setup ?? null,
    copy: values.copy ?? [],
    agents: Object.entries(values.agents ?? {}).map(([key, { name, ...agent }]): AgentConfig => ({
      key,
      displayName: name ?? key,
      ...agent,
    })),
  };
  return { config, problems: sortProblems(problems) };
}
