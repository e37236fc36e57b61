import type { AgentSpec } from '../model/agent-spec';
import { hintLayers, nearestHint } from '../model/hint-layers';
import { subtasksOf, type Subtask } from '../model/plan';
import { commandsOf, type Validator } from '../model/validator';
import { specs } from '../store/repositories/specs';
import type { Store } from '../store/store';
import { plannedCommand, type PlannedCommand } from './approvals';
import { checksOf } from './derive-spec';
import type { PlanEntry } from './plan-library';
import type { WorkspaceSettings } from './workspace-settings';

/** What specs that persons have set add to what a plan would run. */
export interface Reach {
  commands: PlannedCommand[];
  /** Agents that specs and reviews name, with the subtasks that may come to them. */
  agents: Map<string, string[]>;
}

/** Looks through the specs that subtasks name, have of their own, or fall back to. */
export class SpecReach {
  constructor(private readonly store: Store) {}

  async of(
    { plan, path }: PlanEntry,
    keys: ReadonlySet<string>,
    settings: WorkspaceSettings,
  ): Promise<Reach> {
    const own = await this.ownSpecs(path);
    const reach: Reach = { commands: [], agents: new Map() };
    const known = new Map<string, AgentSpec | null>();
    for (const subtask of subtasksOf(plan)) {
      if (!keys.has(subtask.key)) continue;
      const layers = hintLayers(subtask, plan, settings);
      const names = [own.get(subtask.key), nearestHint(layers, 'spec')?.value];
      names.push(nearestHint(layers, 'fallback')?.value);
      const chain = await this.chainOf(
        names.flatMap((name) => name ?? []),
        known,
      );
      for (const spec of chain) add(reach, spec, subtask);
      const asked = chain.flatMap(({ acceptance }) => acceptance.validators);
      const checks = [...asked, ...checksOf(subtask, plan, settings.checks)];
      for (const agent of await this.reviewers(checks, known)) addAgent(reach, agent, subtask);
    }
    return reach;
  }

  /** Names by subtask key. */
  private async ownSpecs(path: string): Promise<Map<string, string>> {
    const rows = await this.store.query(specs.list, { all: false });
    return new Map(
      rows.flatMap(({ name, plan_path: of, subtask_key: key }) =>
        of === path && key !== null ? [[key, name] as const] : [],
      ),
    );
  }

  /** The specs of these names and all that they fall back to, each once. */
  private async chainOf(
    names: readonly string[],
    known: Map<string, AgentSpec | null>,
  ): Promise<AgentSpec[]> {
    const chain = new Map<string, AgentSpec>();
    const open = [...names];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (chain.has(name)) continue;
      const spec = known.get(name) ?? (await this.specNamed(name));
      known.set(name, spec);
      if (spec === null) continue;
      chain.set(name, spec);
      if (spec.acceptance.fallback !== null) open.push(spec.acceptance.fallback);
    }
    return [...chain.values()];
  }

  /** Agents that reviews name, themselves or by a spec. */
  private async reviewers(
    checks: readonly Validator[],
    known: Map<string, AgentSpec | null>,
  ): Promise<string[]> {
    const reviews = checks.flatMap((check) =>
      check.type === 'agent_review' ? [check.config] : [],
    );
    const specs = reviews.flatMap(({ agent, spec }) => (agent === undefined && spec) || []);
    const ofSpecs = await Promise.all(
      specs.map(async (name) => known.get(name) ?? (await this.specNamed(name))),
    );
    const named = [...reviews.map(({ agent }) => agent), ...ofSpecs.map((spec) => spec?.agent)];
    return named.flatMap((agent) => agent ?? []);
  }

  private async specNamed(name: string): Promise<AgentSpec | null> {
    return (await this.store.query(specs.byName, { name }))?.spec ?? null;
  }
}

function add(reach: Reach, { acceptance, agent }: AgentSpec, { key }: Subtask): void {
  for (const command of acceptance.validators.flatMap(commandsOf)) {
    const planned = plannedCommand(command);
    const before = reach.commands.find(({ hash }) => hash === planned.hash);
    if (before === undefined) reach.commands.push({ ...planned, usedBy: [key] });
    else if (!before.usedBy.includes(key)) before.usedBy.push(key);
  }
  if (agent !== null) addAgent(reach, agent, { key });
}

function addAgent({ agents }: Reach, agent: string, { key }: Pick<Subtask, 'key'>): void {
  const keys = agents.get(agent) ?? [];
  if (!keys.includes(key)) agents.set(agent, [...keys, key]);
}
