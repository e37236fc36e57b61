import type { AgentDefinition } from '../agents/agent';
import { subtasksOf, type Plan } from '../model/plan';
import { commandsOf, displayCommand, type CommandText, type Validator } from '../model/validator';
import { maskSecrets } from '../model/secrets';
import { approvals } from '../store/repositories/approvals';
import type { Store } from '../store/store';
import { sha256 } from './plan-content';

/** A command that a plan would execute, and the subtasks that need it. */
export interface PlannedCommand {
  hash: string;
  command: string;
  workingDirectory: string;
  usedBy: string[];
}

/**
 * What an approval is given for: the exact text of a shell line, or the exact arguments. The two
 * never share a hash, because the same characters mean something else to a shell: no shell line
 * holds a NUL.
 */
export function approvalHash(command: CommandText): string {
  return sha256(typeof command === 'string' ? command : `argv\0${JSON.stringify(command)}`);
}

/** A command that nobody is known to need yet. */
export function plannedCommand(command: CommandText): PlannedCommand {
  const hash = approvalHash(command);
  return { hash, command: displayCommand(command), workingDirectory: '.', usedBy: [] };
}

/**
 * An agent that the workspace's settings define, as a command of the workspace: all that decides
 * what it does is approved with it. `null` for the agents that Runsheet knows by itself.
 */
export function agentCommand(
  definition: AgentDefinition,
  usedBy: readonly string[],
): PlannedCommand | null {
  if (definition.isOfWorkspace !== true) return null;
  const { program, args, env, inherit = [] } = definition;
  const hash = sha256(`agent\0${JSON.stringify([program, args, env, inherit])}`);
  const values = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const line = displayCommand([...values, program, ...args]);
  const given = inherit.length === 0 ? '' : ` (is given your ${inherit.join(', ')})`;
  const command = maskSecrets(`${line}${given}`);
  return { hash, command, workingDirectory: '.', usedBy: [...usedBy] };
}

/**
 * Every command that running these subtasks would execute, each text once. `usedBy` is empty for
 * the set-up command, which every run needs.
 */
export function plannedCommands(
  plan: Plan,
  keys: ReadonlySet<string>,
  workspace: { setup: CommandText | null; checks: readonly Validator[] },
): PlannedCommand[] {
  const found = new Map<string, PlannedCommand>();
  const add = (command: CommandText, key: string | null) => {
    const fresh = plannedCommand(command);
    const { hash } = fresh;
    const planned = found.get(hash) ?? fresh;
    if (key !== null && !planned.usedBy.includes(key)) planned.usedBy.push(key);
    found.set(hash, planned);
  };
  const setup = plan.settings.setup ?? workspace.setup;
  if (setup !== null) add(setup, null);
  const general = [...workspace.checks, ...plan.settings.checks];
  for (const subtask of subtasksOf(plan)) {
    if (!keys.has(subtask.key)) continue;
    if (subtask.command !== null) add(subtask.command, subtask.key);
    for (const check of [...subtask.checks, ...general]) {
      for (const command of commandsOf(check)) add(command, subtask.key);
    }
  }
  for (const gate of plan.gates) {
    for (const { validator } of gate.criteria) {
      for (const command of validator === null ? [] : commandsOf(validator)) add(command, gate.key);
    }
  }
  return [...found.values()];
}

/** The texts that a person allowed to be executed in this workspace, once and for all. */
export class Approvals {
  private hashes = new Set<string>();

  constructor(private readonly store: Store) {}

  async load(): Promise<void> {
    this.hashes = new Set(await this.store.query(approvals.hashes, undefined));
  }

  isApproved(command: CommandText): boolean {
    return this.hashes.has(approvalHash(command));
  }

  /** Whether a run may start this agent; what Runsheet knows by itself needs no approval. */
  isAgentApproved(definition: AgentDefinition): boolean {
    const command = agentCommand(definition, []);
    return command === null || this.has(command.hash);
  }

  has(hash: string): boolean {
    return this.hashes.has(hash);
  }

  async approve(
    commands: readonly PlannedCommand[],
    sourcePath: string,
    actor: string,
  ): Promise<number> {
    const rows = commands.map(({ hash, command, workingDirectory }) => {
      return { hash, command, workingDirectory, sourcePath };
    });
    const added = await this.store.command(approvals.approve, rows, { actor });
    for (const { hash } of rows) this.hashes.add(hash);
    return added;
  }
}
