import type { AgentDefinition } from '../agents/agent';
import type { OwnAgent } from '../agents/merge-agents';
import type { LimitsConfig } from '../formats/workspace-config';
import type { SpecHints } from '../model/agent-spec';
import type { ConflictPolicy, Plan, Problem, Subtask } from '../model/plan';
import type { CommandText, Validator } from '../model/validator';
import type { TreeShape } from '../workspaces/workspace';
import { personAgent } from '../model/plan';

/** What `runsheet.yml` sets for plans that say nothing themselves. */
export interface WorkspaceSettings {
  /** Globs of Markdown files whose checklists are plans. */
  checklists: readonly string[];
  agent: string | null;
  workers: number | null;
  checks: readonly Validator[];
  setup: CommandText | null;
  copy: readonly string[];
  /** Hosts beside this machine that `http` checks of every plan may ask. */
  hosts: readonly string[];
  /** Folders that worktrees hold; empty: all. */
  sparse: readonly string[];
  conflicts: ConflictPolicy | null;
  agents: readonly OwnAgent[];
  limits: LimitsConfig;
  hints: SpecHints;
  /** What in `runsheet.yml` is not understood; nothing is started while there is an error. */
  problems: readonly Problem[];
}

/** An agent that can be used here, or why it cannot. */
export interface AvailableAgent {
  definition: AgentDefinition;
  installed: boolean;
  version: string | null;
}

/** The agents that this machine and workspace know. */
export interface AgentCatalog {
  list(refresh: boolean): Promise<readonly AvailableAgent[]>;
  /** `null` for a key that is not known. */
  find(key: string): Promise<AvailableAgent | null>;
}

/**
 * Which agent carries out a subtask: its own command; else asked for, named by the subtask, by the
 * plan, by the workspace; `null` when nobody says.
 */
export function agentKeyOf(
  subtask: Subtask,
  plan: Plan,
  settings: WorkspaceSettings,
  asked: string | null,
): string | null {
  if (subtask.agent === personAgent) return personAgent;
  if (subtask.command !== null) return 'command';
  return asked ?? subtask.agent ?? plan.settings.agent ?? settings.agent;
}

/** What the worktrees of a plan hold. */
export function treeShapeOf({ settings: own }: Plan, settings: WorkspaceSettings): TreeShape {
  return {
    copy: [...settings.copy, ...own.copy],
    sparse: own.sparse.length > 0 ? own.sparse : settings.sparse,
  };
}

export function conflictPolicyOf(plan: Plan, settings: WorkspaceSettings): ConflictPolicy {
  return plan.settings.conflicts ?? settings.conflicts ?? 'ask';
}
