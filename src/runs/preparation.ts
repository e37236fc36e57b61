import { isAbsolute, posix } from 'node:path';
import type { AgentDefinition } from '../agents/agent';
import { mergeAgents } from '../agents/merge-agents';
import { workspaceConfigPath } from '../formats/workspace-config';
import { RunsheetError } from '../model/errors';
import { subtasksOf, type Phase, type Plan, type Problem } from '../model/plan';
import type { Repository } from '../workspaces/workspace';
import { agentCommand, plannedCommands, type Approvals, type PlannedCommand } from './approvals';
import type { PlanEntry, PlanLibrary } from './plan-library';
import type { SpecReach } from './spec-reach';
import {
  agentKeyOf,
  type AgentCatalog,
  type AvailableAgent,
  type WorkspaceSettings,
} from './workspace-settings';
import { planFilesOf } from './plan-content';

export interface RunRequest {
  planId: string;
  /** Keys; `null`: all that the phases or the plan hold. */
  subtasks: readonly string[] | null;
  /** Keys, ids or titles of phases; `null`: all. */
  phases: readonly string[] | null;
  agent: string | null;
}

/** What a run would touch, looked at before anything is started. */
export interface Preparation {
  entry: PlanEntry;
  keys: ReadonlySet<string>;
  phaseKeys: readonly string[] | null;
  commands: PlannedCommand[];
  agents: AvailableAgent[];
  claims: string[];
  branch: string | null;
  baseCommit: string;
  dirtyPaths: string[];
}

/** The keys that a request means. @throws RunsheetError `not_found` naming what is unknown. */
export function keysOf(
  plan: Plan,
  request: Pick<RunRequest, 'subtasks' | 'phases'>,
): { keys: ReadonlySet<string>; phaseKeys: readonly string[] | null } {
  const all = subtasksOf(plan);
  if (request.subtasks !== null) {
    // An id that is used twice means the first; the keys tell the others apart.
    const known = new Map(all.toReversed().map(({ id, key }) => [id, key]));
    for (const { key } of all) known.set(key, key);
    const keys = request.subtasks.map((wanted) => {
      const key = known.get(wanted);
      if (key !== undefined) return key;
      throw new RunsheetError('not_found', `The plan has no subtask ${wanted}.`, { id: wanted });
    });
    return { keys: new Set(keys), phaseKeys: null };
  }
  if (request.phases === null) return { keys: new Set(all.map(({ key }) => key)), phaseKeys: null };
  const phases = request.phases.map((wanted) => phaseOf(plan, wanted));
  return {
    keys: new Set(phases.flatMap(({ subtasks }) => subtasks.map(({ key }) => key))),
    phaseKeys: phases.map(({ key }) => key),
  };
}

function phaseOf(plan: Plan, wanted: string): Phase {
  const phase = plan.phases.find(({ key, id, title }) => [key, id, title].includes(wanted));
  if (phase !== undefined) return phase;
  throw new RunsheetError('not_found', `The plan has no phase ${wanted}.`, { id: wanted });
}

/** Looks at plan, git, agents and commands as they are now. */
export class Preparer {
  constructor(
    private readonly library: PlanLibrary,
    private readonly approvals: Approvals,
    private readonly catalog: AgentCatalog,
    private readonly openRepository: () => Promise<Repository>,
    private readonly specs: SpecReach,
  ) {}

  async prepare(request: RunRequest, settings: WorkspaceSettings): Promise<Preparation> {
    const known = this.library.get(request.planId);
    const entry = known === null ? null : await this.library.refresh(known.path);
    if (entry === null) {
      throw new RunsheetError('not_found', 'This plan is not in the workspace any more.', {
        entity: 'plan',
        id: request.planId,
      });
    }
    refuseBroken(entry);
    refuseBrokenSettings(settings);
    const { keys, phaseKeys } = keysOf(entry.plan, request);
    const repository = await this.openRepository();
    const { branch, commit } = await repository.head();
    const { base } = entry.plan.settings;
    const reach = await this.specs.of(entry, keys, settings);
    const users = await this.agentsFor(entry.plan, keys, settings, request.agent, reach.agents);
    return {
      entry,
      keys,
      phaseKeys,
      commands: [
        ...users.flatMap(({ agent, keys }) => agentCommand(agent.definition, keys) ?? []),
        ...this.commandsWith(plannedCommands(entry.plan, keys, settings), reach.commands),
      ],
      agents: users.map(({ agent }) => agent),
      claims: subtasksOf(entry.plan)
        .filter(({ status }) => status === 'claimed')
        .map(({ key }) => key),
      branch,
      baseCommit: base === null ? commit : await repository.resolve(base),
      dirtyPaths: await repository.dirtyPaths(
        this.library
          .all()
          .flatMap(planFilesOf)
          .map((path) => posix.join(repository.prefix, path)),
      ),
    };
  }

  /** @throws RunsheetError for the first thing that keeps the request from being started. */
  refuse(preparation: Preparation, allowDirty: boolean): void {
    const { commands, dirtyPaths, agents } = preparation;
    const missing = agents.find(({ installed }) => !installed)?.definition;
    if (missing !== undefined) throw missingAgent(missing);
    const unapproved = commands.filter(({ hash }) => !this.approvals.has(hash));
    if (unapproved.length > 0) {
      const list = unapproved.map(({ command }) => `  ${command}`).join('\n');
      throw new RunsheetError(
        'not_approved',
        `The plan would run commands that nobody has approved yet:\n${list}`,
        { commands: unapproved.map(({ command, hash }) => ({ command, hash })) },
      );
    }
    if (dirtyPaths.length > 0 && !allowDirty) {
      const some = dirtyPaths.slice(0, 5).join(', ');
      const more = dirtyPaths.length > 5 ? ` and ${dirtyPaths.length - 5} more` : '';
      throw new RunsheetError(
        'dirty_tree',
        `The checkout has changes that are not committed: ${some}${more}. Commit or stash them, or run from the last commit without them.`,
        { paths: dirtyPaths },
      );
    }
  }

  /** Every command that could be run for a plan, whoever is asked for and whatever is left out. */
  async allCommands(entry: PlanEntry, settings: WorkspaceSettings): Promise<PlannedCommand[]> {
    const keys = new Set(subtasksOf(entry.plan).map(({ key }) => key));
    const { commands } = await this.specs.of(entry, keys, settings);
    return [
      // Whoever starts a run may choose any of them.
      ...mergeAgents(settings.agents).flatMap((definition) => agentCommand(definition, []) ?? []),
      ...this.commandsWith(plannedCommands(entry.plan, keys, settings), commands),
    ];
  }

  /** Each command once. */
  private commandsWith(one: PlannedCommand[], other: PlannedCommand[]): PlannedCommand[] {
    return [...one, ...other.filter(({ hash }) => !one.some((known) => known.hash === hash))];
  }

  private async agentsFor(
    plan: Plan,
    keys: ReadonlySet<string>,
    settings: WorkspaceSettings,
    asked: string | null,
    named: ReadonlyMap<string, string[]>,
  ): Promise<{ agent: AvailableAgent; keys: string[] }[]> {
    const wanted = new Map(named);
    for (const subtask of subtasksOf(plan)) {
      if (!keys.has(subtask.key)) continue;
      const key = agentKeyOf(subtask, plan, settings, asked);
      if (key === null) throw await this.noAgent(subtask.id);
      wanted.set(key, [...(wanted.get(key) ?? []), subtask.key]);
    }
    return Promise.all(
      [...wanted].map(async ([key, users]) => ({ agent: await this.find(key), keys: users })),
    );
  }

  private async find(key: string): Promise<AvailableAgent> {
    const found = await this.catalog.find(key);
    if (found !== null) return found;
    const known = (await this.catalog.list(false)).map(({ definition }) => definition.key);
    throw new RunsheetError(
      'agent_missing',
      `There is no agent "${key}". Known agents: ${known.join(', ')}; others are described in runsheet.yml.`,
      { agent: key, known },
    );
  }

  private async noAgent(id: string): Promise<RunsheetError> {
    const installed = (await this.catalog.list(false))
      .filter((agent) => agent.installed && agent.definition.key !== 'command')
      .map(({ definition }) => definition.key);
    const found = installed.length === 0 ? 'none was found on the PATH' : installed.join(', ');
    return new RunsheetError(
      'agent_missing',
      `No agent is chosen for ${id}. Choose one (${found}), name one in the plan or in runsheet.yml.`,
      { agent: null, known: installed },
    );
  }
}

/** What keeps a plan from being run as long as it is not corrected. */
export function problemThatStops({ problems }: Pick<PlanEntry, 'problems'>): Problem | null {
  const found = problems.find(
    ({ rule, severity }) => severity === 'error' && !ofSingleSubtasks.has(rule),
  );
  return found ?? null;
}

/** One sentence for people. */
export function describeStop({ path }: Pick<PlanEntry, 'path'>, problem: Problem): string {
  return `${path}:${problem.line}: ${problem.message} Nothing is run from a plan that is not understood.`;
}

function refuseBroken(entry: PlanEntry): void {
  const problem = problemThatStops(entry);
  if (problem === null) return;
  const details = { path: entry.path, line: problem.line };
  throw new RunsheetError('validation', describeStop(entry, problem), details);
}

/** A check, a limit or a policy that is not understood must not be missing unnoticed. */
export function refuseBrokenSettings({ problems }: WorkspaceSettings): void {
  const problem = problems.find(({ severity }) => severity === 'error');
  if (problem === undefined) return;
  const { line, message } = problem;
  throw new RunsheetError(
    'validation',
    `${workspaceConfigPath}:${line}: ${message} Nothing is run while the settings of the workspace are not understood. Correct this line, or remove it.`,
    { path: workspaceConfigPath, line },
  );
}

/**
 * A subtask with such an error is never ready, or is harmless; the rest of the plan can run. Any
 * other error may mean that a check, a gate or an order was not understood: nothing may pass then.
 */
const ofSingleSubtasks = new Set([
  'dangling-dependency',
  'dependency-cycle',
  'self-dependency',
  'duplicate-id',
  'path-outside-workspace',
]);

function missingAgent(definition: AgentDefinition): RunsheetError {
  const { key, displayName, program, install } = definition;
  const where = isAbsolute(program) ? 'does not exist' : 'is not on the PATH';
  const get = install === undefined ? '' : ` Install it: ${install}`;
  const name = definition.isOfWorkspace === true ? ' Or name another program in runsheet.yml.' : '';
  return new RunsheetError(
    'agent_missing',
    `The agent ${displayName} is not installed: ${program} ${where}.${get}${name}`,
    { agent: key },
  );
}
