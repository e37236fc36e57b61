import { RunsheetError } from '../model/errors';
import { hintLayers, nearestHint } from '../model/hint-layers';
import type { NextRun } from '../model/next-run';
import type { Subtask } from '../model/plan';
import { runs, type StartedBecause } from '../store/repositories/runs';
import type { SubtaskRow } from '../store/repositories/subtasks';
import type { Assignment, RunServices } from './assignment';
import type { Conditions } from './conditions';
import type { SpecSource } from './derive-spec';
import type { LiveExecution } from './live-execution';
import type { PlanState } from './plan-state';
import type { ResolvedSpec, SpecDesk } from './spec-desk';
import {
  agentKeyOf,
  conflictPolicyOf,
  type AgentCatalog,
  type WorkspaceSettings,
} from './workspace-settings';
import { planFilesOf } from './plan-content';
import { personAgent } from '../model/plan';

/** Decides what a run is about, under which spec and by which agent, and makes its row. */
export class Dispatcher {
  constructor(
    private readonly services: RunServices,
    private readonly catalog: AgentCatalog,
    private readonly specs: SpecDesk,
    private readonly conditions: Conditions,
    private readonly engineId: string,
  ) {}

  /** The run's row is durable when it resolves. Errors: those of `runs.dispatch`, `agent_missing`. */
  async assign(
    execution: LiveExecution,
    plan: PlanState,
    subtask: SubtaskRow,
  ): Promise<Assignment> {
    const { settings, row } = execution;
    const content = plan.contentOf(subtask);
    if (content === null) throw new Error(`subtask ${subtask.subtask_key} is not in its file`);
    const file = plan.entry.plan;
    const startedBy = subtask.next_run;
    const usual = agentKeyOf(content, file, settings, row.options.agent);
    const source = {
      subtaskId: subtask.id,
      ...{ subtask: content, plan: file, planPath: plan.entry.path, settings, agentKey: usual },
    };
    const resolved = await this.specOf(startedBy, source);
    const agentKey = agentFor(resolved, content, usual);
    this.refuseTroubled(subtask.id, agentKey, usual);
    const definition = (await this.catalog.find(agentKey))?.definition;
    if (definition === undefined) {
      throw new RunsheetError('agent_missing', `There is no agent "${agentKey}" any more.`);
    }
    const attemptLimit = plan.attemptLimitOf(subtask, this.conditions.usualAttempts);
    const run = await this.services.store.command(
      runs.dispatch,
      {
        planId: plan.plan.id,
        executionId: row.id,
        subtaskId: subtask.id,
        agentSpecId: resolved.agentSpecId,
        agentKey,
        engineId: this.engineId,
        startedBecause: becauseOf(startedBy, plan.attempts.has(subtask.id), row.trigger_firing_id),
        continues: startedBy?.continues ?? null,
        attemptLimit,
        runLimits: this.services.budgets.runLimits(plan.plan.id, subtask.id),
        gateIds: plan.gatesBefore(subtask).map((gate) => gate.id),
      },
      { actor: row.created_by },
    );
    const { spec } = resolved;
    return {
      run,
      plan: file,
      planPath: plan.entry.path,
      planFiles: planFilesOf(plan.entry),
      phase: file.phases.find((phase) => phase.subtasks.includes(content)) ?? null,
      subtask: content,
      spec,
      isDerived: resolved.origin === 'derived',
      acceptanceSpecId: resolved.acceptanceSpecId,
      fallbackSpecId: await this.specs.idOf(spec.acceptance.fallback),
      startedBy,
      previous: await this.runBefore(startedBy),
      attemptLimit,
      definition,
      branch: execution.branch,
      setup: file.settings.setup ?? settings.setup,
      conflicts: conflictPolicyOf(file, settings),
      hosts: [...settings.hosts, ...file.settings.hosts],
      reviewer: row.options.agent ?? file.settings.agent ?? settings.agent,
      limits: limitsOf(settings.limits, secondsOf(resolved, source)),
      dependencies: dependenciesOf(plan, subtask),
    };
  }

  private async specOf(startedBy: NextRun | null, source: SpecSource): Promise<ResolvedSpec> {
    const given = startedBy?.specId ?? null;
    if (given === null) return this.specs.resolve(source);
    const resolved = await this.specs.byId(given, source);
    // What the plan says by now replaces an older revision of what it said.
    const isOwn = resolved.origin === 'derived' && startedBy?.because !== 'fallback';
    return isOwn ? this.specs.resolve(source) : resolved;
  }

  /** Only here it is known whom a spec names; from now on the schedule knows as well. */
  private refuseTroubled(subtaskId: string, agentKey: string, usual: string | null): void {
    this.conditions.learn(subtaskId, agentKey, usual);
    const problem = this.services.health.problemOf(agentKey);
    if (problem === null) return;
    throw new RunsheetError('not_ready', problem, { agent: agentKey });
  }

  private async runBefore(startedBy: NextRun | null) {
    const id = startedBy?.continues ?? null;
    return id === null ? null : this.services.store.query(runs.byId, id);
  }
}

/** A spec that somebody set decides who carries it out, where it says so. */
function agentFor({ spec, origin }: ResolvedSpec, content: Subtask, usual: string | null): string {
  if (content.agent === personAgent) return personAgent;
  if (origin !== 'derived' && spec.agent !== null) return spec.agent;
  if (content.command !== null) return 'command';
  return usual ?? spec.agent ?? 'command';
}

function becauseOf(
  startedBy: NextRun | null,
  hasRunBefore: boolean,
  firingId: string | null,
): StartedBecause {
  if (startedBy !== null) return startedBy.because;
  if (firingId !== null) return 'trigger';
  return hasRunBefore ? 'manual' : 'first';
}

/** What somebody said of the time; else the workspace's limit, else what the kind of work has. */
function secondsOf(
  { spec, origin }: ResolvedSpec,
  source: SpecSource & { settings: WorkspaceSettings },
): number {
  const layers = hintLayers(source.subtask, source.plan, source.settings);
  const isSaid = origin !== 'derived' || nearestHint(layers, 'timeoutSeconds') !== null;
  return isSaid
    ? spec.timeout_seconds
    : (source.settings.limits.runSeconds ?? spec.timeout_seconds);
}

function limitsOf(limits: WorkspaceSettings['limits'], seconds: number): Assignment['limits'] {
  return {
    startMs: limits.startSeconds * 1000,
    silenceMs: limits.silenceSeconds * 1000,
    totalMs: seconds * 1000,
    permissionMs: limits.permissionSeconds * 1000,
  };
}

function dependenciesOf(plan: PlanState, subtask: SubtaskRow): Assignment['dependencies'] {
  const node = plan.graph.byId.get(subtask.id);
  return (node?.dependencies ?? []).flatMap(({ item }) => {
    const before = plan.subtasks.get(item.id);
    if (before === undefined) return [];
    const status = before.proof ?? before.status;
    return [{ id: before.subtask_key, title: before.title, status }];
  });
}
