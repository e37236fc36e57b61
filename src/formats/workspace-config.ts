import { z } from 'zod';
import type { SpecHints } from '../model/agent-spec';
import type { ConflictPolicy, Problem } from '../model/plan';
import type { CommandText, Validator } from '../model/validator';
import { nameChecks } from './check-syntax';
import { sortProblems, staysInside } from './problems';
import { commonSettings, readSettings } from './settings';
import { hintsOf } from './spec-hints';
import { personAgent } from '../model/plan';

/** Where a workspace keeps its settings, relative to its root. */
export const workspaceConfigPath = 'runsheet.yml';

/** An agent of the workspace's own, or another way to start a known one, which gives the rest. */
export interface AgentConfig {
  key: string;
  name?: string | undefined;
  transport?: 'command' | 'acp' | 'claude-stream' | 'codex-exec' | undefined;
  /** A program on the `PATH`, or a path; a relative one begins at the workspace. */
  program: string;
  args?: string[] | undefined;
  env?: Record<string, string> | undefined;
  /** Names of the person's variables that it gets; one that ends in `*` stands for all such. */
  inherit?: string[] | undefined;
}

/** How long a run may take for each step of its way, in seconds. */
export interface LimitsConfig {
  /** From its start to its answer to the handshake. */
  startSeconds: number;
  /** Without a sign of life. */
  silenceSeconds: number;
  /** Until a question that nobody answers counts as rejected. */
  permissionSeconds: number;
  /** Altogether, waiting for a person not counted; `null`: by the kind of work. */
  runSeconds: number | null;
}

/** What `runsheet.yml` sets for plans that say nothing themselves. */
export interface WorkspaceConfig {
  agent: string | null;
  workers: number | null;
  /** Beside the checks of plans and subtasks, for every subtask. */
  checks: Validator[];
  setup: CommandText | null;
  copy: string[];
  hosts: string[];
  sparse: string[];
  conflicts: ConflictPolicy | null;
  agents: AgentConfig[];
  limits: LimitsConfig;
  /** Globs of Markdown files, relative to the workspace, whose checklists are plans. */
  checklists: string[];
  /** For subtasks and plans that say nothing of it themselves. */
  hints: SpecHints;
}

export interface WorkspaceConfigReading {
  config: WorkspaceConfig;
  problems: Problem[];
}

const agentSchema = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  program: z.string().min(1).max(1000),
  args: z.array(z.string()).max(100).optional(),
  env: z.record(z.string().regex(/^\w+$/), z.string()).optional(),
  inherit: z
    .array(z.string().regex(/^\w+\*?$/, 'a variable is named by letters, digits and _, or NAME_*'))
    .max(100)
    .optional(),
  transport: z.enum(['acp', 'claude-stream', 'codex-exec', 'command']).optional(),
});

const limitsSchema = z.strictObject({
  start_seconds: z.int().min(1).max(3600).default(60),
  silence_seconds: z.int().min(1).max(86_400).default(600),
  permission_seconds: z.int().min(1).max(86_400).default(1800),
  run_seconds: z.int().min(1).max(86_400).optional(),
});

const agentKey = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,49}$/, 'a name has small letters, digits and -')
  .refine((key) => key !== 'command' && key !== personAgent, 'this agent is built in');

const checklistGlob = z
  .string()
  .min(1)
  .max(300)
  .refine(staysInside, 'the path leaves the workspace')
  .refine((glob) => /\.(?:md|markdown)$/i.test(glob), 'name Markdown files, such as docs/*.md');

/** Its twin for editors is `resources/schemas/runsheet-yml.schema.json`. */
export const workspaceConfigShape = {
  ...commonSettings,
  agents: z.record(agentKey, agentSchema),
  limits: limitsSchema,
  checklists: z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z.array(checklistGlob).max(50),
  ),
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
    hosts: values.hosts ?? [],
    sparse: values.sparse ?? [],
    conflicts: values.conflicts ?? null,
    agents: Object.entries(values.agents ?? {}).map(([key, agent]) => ({ key, ...agent })),
    limits: values.limits === undefined ? defaultLimits : limitsOf(values.limits),
    checklists: values.checklists ?? [],
    hints: hintsOf(values),
  };
  return { config, problems: sortProblems(problems) };
}

/** What holds where the workspace sets nothing. */
export const defaultLimits = limitsOf(limitsSchema.parse({}));

function limitsOf(limits: z.output<typeof limitsSchema>): LimitsConfig {
  return {
    startSeconds: limits.start_seconds,
    silenceSeconds: limits.silence_seconds,
    permissionSeconds: limits.permission_seconds,
    runSeconds: limits.run_seconds ?? null,
  };
}
