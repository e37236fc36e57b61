import { posix } from 'node:path';
import { messageOf, RunsheetError } from '../model/errors';
import type { Log } from '../platform/log';
import { executions, type ExecutionRow } from '../store/repositories/executions';
import type { RunRow } from '../store/repositories/runs';
import { subtasks, type SubtaskRow } from '../store/repositories/subtasks';
import type { PlanBranch, Repository } from '../workspaces/workspace';
import type { Approvals, PlannedCommand } from './approvals';
import type { RunServices } from './assignment';
import type { Conditions } from './conditions';
import type { Executor } from './executor';
import { leftoversOf, stoppedIn } from './left-behind';
import { scopeIds, scopeOfRequest, type LiveExecution } from './live-execution';
import type { PlanState } from './plan-state';
import {
  keysOf,
  refuseBrokenSettings,
  type Preparation,
  type Preparer,
  type RunRequest,
} from './preparation';
import type { RunControl } from './run-control';
import type { VerificationDesk } from './verification-desk';
import type { VerificationResult } from './verifier';
import { treeShapeOf, type WorkspaceSettings } from './workspace-settings';
import type { WorkspaceState } from './workspace-state';
import type { WriteBack } from './write-back';

export interface StartRequest extends RunRequest {
  workers: number | null;
  acceptClaims: boolean;
  allowDirty: boolean;
  /** Who carries it out where neither a subtask, its plan nor the workspace names an agent. */
  usualAgent?: string | null;
  /** The firing of a trigger that starts it. */
  triggerFiringId?: string;
}

export interface StopTarget {
  runId?: string | undefined;
  executionId?: string | undefined;
  planId?: string | undefined;
  /** Of the plan: key, id or title. */
  phase?: string | undefined;
}

export interface RunServiceParts {
  state: WorkspaceState;
  services: RunServices;
  conditions: Pick<Conditions, 'usualAttempts'>;
  preparer: Preparer;
  approvals: Approvals;
  executor: Executor;
  verifications: VerificationDesk;
  writeBack: WriteBack;
  settings: () => Promise<WorkspaceSettings>;
  openRepository: () => Promise<Repository>;
  /** Deletes what a crash left on the disk and nobody needs; never rejects. */
  clearLeftovers: () => Promise<unknown>;
  planBranchName: (title: string) => string;
  log: Log;
}

/** What a person can ask of runs; every door of the engine leads here. */
export class RunService {
  private resumed: Promise<void> | null = null;

  constructor(private readonly parts: RunServiceParts) {}

  async preview(request: RunRequest): Promise<Preparation> {
    return this.parts.preparer.prepare(request, await this.parts.settings());
  }

  /** Allows commands of a plan, by hash, among those that it would run. */
  async approve(planId: string, hashes: readonly string[], actor: string): Promise<number> {
    const { entry } = this.plan(planId);
    const commands = await this.parts.preparer.allCommands(entry, await this.parts.settings());
    const wanted = commands.filter(({ hash }) => hashes.includes(hash));
    return this.parts.approvals.approve(wanted, entry.path, actor);
  }

  isApproved(command: PlannedCommand): boolean {
    return this.parts.approvals.has(command.hash);
  }

  /** Starts what was asked for and returns as soon as that is durable. */
  async start(request: StartRequest, actor: string): Promise<ExecutionRow> {
    const { parts } = this;
    const { workers, agent, usualAgent = null } = request;
    const settings = withUsualAgent(await parts.settings(), usualAgent);
    const preparation = await parts.preparer.prepare(request, settings);
    parts.preparer.refuse(preparation, request.allowDirty);
    await parts.state.settled();
    const plan = this.plan(request.planId);
    const branch = await this.branchOf(plan, preparation.baseCommit);
    await takeBase(branch, preparation.baseCommit);
    const named = this.startable(plan, request);
    const judged = await this.settleClaims(plan, preparation, branch, settings, request, actor);
    await this.reopen(request.planId, named, judged, actor);
    const { scope, scopeRef } = scopeOfRequest(plan, request);
    const row = await parts.services.store.command(
      executions.create,
      {
        planId: plan.plan.id,
        scope,
        scopeRef,
        baseCommit: preparation.baseCommit,
        workBranch: branch.branch,
        baseBranch: preparation.branch,
        options: { workers, agent, usualAgent },
        triggerFiringId: request.triggerFiringId ?? null,
      },
      { actor },
    );
    await parts.state.settled();
    parts.executor.add(this.liveExecution(row, plan, branch, settings));
    return row;
  }

  /** Starts those of the subtasks that are pending and that nothing is going to start by itself. */
  async goOn(planId: string, keys: readonly string[], actor: string): Promise<void> {
    const { state, executor } = this.parts;
    await state.settled();
    const plan = this.plan(planId);
    const live = executor.executionsOf(planId).filter(({ stopped }) => !stopped);
    const left = keys.filter((key) => {
      const row = plan.byKey(key);
      const isCovered = live.some(
        (execution) => row !== null && scopeIds(execution, plan)?.has(row.id) !== false,
      );
      return row?.status === 'pending' && !isCovered;
    });
    const [first] = left;
    if (first === undefined) return;
    const lastRun = plan.attempts.get(plan.byKey(first)?.id ?? '')?.lastRunId ?? '';
    const agent = state.runs.get(lastRun)?.agent_key ?? null;
    await this.start(
      {
        planId,
        subtasks: left,
        phases: null,
        agent: agent === 'command' ? null : agent,
        ...{ workers: null, acceptClaims: false, allowDirty: true },
      },
      actor,
    );
  }

  /**
   * Goes on with what an engine before this one had begun. Called when a person who trusts the
   * workspace is there; does something only the first time.
   */
  resume(): Promise<void> {
    return (this.resumed ??= this.resumeAll());
  }

  private async resumeAll(): Promise<void> {
    void this.parts.clearLeftovers();
    for (const row of this.parts.state.liveExecutions()) {
      try {
        const plan = this.plan(row.plan_id);
        const branch = await this.branchOf(plan, row.base_commit ?? 'HEAD');
        const settings = withUsualAgent(await this.parts.settings(), row.options.usualAgent);
        refuseBrokenSettings(settings);
        await this.reportMissed(row, plan);
        const { state } = this.parts;
        const leftovers = leftoversOf(row, plan, state);
        const stopped = stoppedIn(row, plan, state);
        this.parts.executor.add(this.liveExecution(row, plan, branch, settings, stopped));
        // Nobody waits for it, and what goes wrong concerns disk space alone.
        void this.clear(leftovers, branch);
      } catch (error) {
        this.parts.log.error('an execution could not be resumed', error);
        const message = `It could not go on after the engine had ended: ${messageOf(error)} Start it again.`;
        const step = { id: row.id, to: 'failed' as const, message };
        await this.parts.services.store.command(executions.step, step, { actor: 'engine' });
      }
    }
  }

  /** Marks in the file what was done a moment before the engine died. */
  private async reportMissed(execution: ExecutionRow, plan: PlanState): Promise<void> {
    for (const row of plan.subtasks.values()) {
      if (row.status !== 'done' || plan.contentOf(row)?.status === 'claimed') continue;
      const run = this.parts.state.runs.get(plan.attempts.get(row.id)?.lastRunId ?? '');
      if (run?.plan_execution_id !== execution.id) continue;
      await this.parts.writeBack.mark(plan, row.subtask_key, 'done');
    }
  }

  /** Removes the worktrees of runs in which nothing would be lost. */
  private async clear(leftovers: readonly RunRow[], branch: PlanBranch): Promise<void> {
    for (const { id, worktree_path: path, branch_name: name, base_commit: base } of leftovers) {
      if (path === null || name === null || base === null) continue;
      try {
        await (await branch.findRunWorktree(path, name, base))?.removeIfMerged();
      } catch (error) {
        this.parts.log.warn('a worktree could not be removed', {
          run: id,
          reason: messageOf(error),
        });
      }
    }
  }

  /** Stops a run, an execution, a phase or all of a plan, or everything; how many runs it were. */
  async stop(target: StopTarget, actor: string): Promise<number> {
    const { executor, state } = this.parts;
    const { runId, executionId, planId, phase } = target;
    // What an engine before this one had begun is to be stopped as well.
    await this.resumed;
    if (runId !== undefined) {
      if (state.runs.has(runId)) return executor.stopRun(runId) ? 1 : 0;
      throw new RunsheetError('not_found', `There is no run ${runId}.`, { id: runId });
    }
    if (planId !== undefined && phase !== undefined) {
      const plan = this.plan(planId);
      const { keys } = keysOf(plan.entry.plan, { subtasks: null, phases: [phase] });
      return executor.stopSubtasks(
        new Set([...keys].flatMap((key) => plan.idByKey.get(key) ?? [])),
      );
    }
    const chosen = executor
      .all()
      .filter(({ row }) => planId === undefined || row.plan_id === planId)
      .filter(({ row }) => executionId === undefined || row.id === executionId);
    const counts = await Promise.all(chosen.map((execution) => executor.stop(execution, actor)));
    // Checks without a run belong to no execution.
    const isMeant = (of: string) => planId === undefined || of === planId;
    if (executionId === undefined)
      await this.parts.services.checkWork.stop((subject) => isMeant(subject.planId));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Runs a subtask's checks again without an agent, or one of them alone. */
  async verify(
    planId: string,
    key: string,
    actor: string,
    check: string | null = null,
  ): Promise<VerificationResult> {
    const { parts } = this;
    const settings = await parts.settings();
    const preparation = await parts.preparer.prepare(
      { planId, subtasks: [key], phases: null, agent: 'command' },
      settings,
    );
    parts.preparer.refuse(preparation, true);
    await parts.state.settled();
    const { plan, subtask } = this.subtask(planId, key);
    const branch = await this.branchOf(plan, preparation.baseCommit);
    const { verifications } = parts;
    const result = await verifications.verifyAgain(plan, subtask, branch, settings, actor, check);
    await parts.state.settled();
    const after = this.subtask(planId, key);
    if (result.verdict === 'passed' && after.subtask.proof === 'proven')
      await parts.writeBack.mark(after.plan, key, 'done');
    await parts.services.store.command(executions.settle, planId, { actor: 'engine' });
    return result;
  }

  /** The subtasks that are asked for by name. @throws RunsheetError `not_ready`. */
  private startable(plan: PlanState, request: StartRequest): string[] {
    if (request.subtasks === null) return [];
    const keys = [...keysOf(plan.entry.plan, request).keys];
    for (const key of keys) {
      const status = plan.byKey(key)?.status;
      if (status !== 'in_progress' && status !== 'in_review') continue;
      throw new RunsheetError('not_ready', `A run of ${key} is going on.`, { key });
    }
    return keys;
  }

  /**
   * Asking for closed or failed subtasks by name means: once more. A claim that was proven or
   * accepted just now needs no run.
   */
  private async reopen(
    planId: string,
    keys: readonly string[],
    judged: ReadonlySet<string>,
    actor: string,
  ): Promise<void> {
    await this.parts.state.settled();
    const plan = this.plan(planId);
    for (const key of keys) {
      const row = plan.byKey(key);
      if (row === null || row.status === 'pending') continue;
      if (row.status === 'done' && judged.has(key)) continue;
      const attemptLimit = plan.plannedAttemptsOf(row, this.parts.conditions.usualAttempts);
      const reset = { action: 'reset' as const, reason: 'Run again.' };
      const input = { subtaskId: row.id, ...reset, attemptLimit };
      await this.parts.services.store.command(subtasks.decide, input, { actor });
    }
    await this.parts.state.settled();
  }

  /** What the file ticked before anybody proved it is proven first, or taken at its word. */
  private async settleClaims(
    plan: PlanState,
    preparation: Preparation,
    branch: PlanBranch,
    settings: WorkspaceSettings,
    request: StartRequest,
    actor: string,
  ): Promise<Set<string>> {
    const { parts } = this;
    const judged = new Set<string>();
    for (const key of preparation.claims) {
      const row = plan.byKey(key);
      if (row?.status !== 'claimed') continue;
      judged.add(key);
      if (!request.acceptClaims) {
        await parts.verifications.verifyClaim(plan, row, branch, settings);
        continue;
      }
      const reason = 'Taken from the file as it is.';
      const input = { subtaskId: row.id, action: 'accept' as const, reason };
      await parts.services.store.command(subtasks.decide, input, { actor });
    }
    return judged;
  }

  /** The branch that the plan's work is merged into; made on `baseCommit` when it is not there. */
  async branchOf(plan: PlanState, baseCommit: string): Promise<PlanBranch> {
    const repository = await this.parts.openRepository();
    const name = plan.plan.work_branch ?? this.freeBranchName(plan, repository.prefix);
    const shape = treeShapeOf(plan.entry.plan, await this.parts.settings());
    return repository.openPlanBranch(name, await repository.resolve(baseCommit), shape);
  }

  /** Plans whose paths make the same name share no branch, nor do workspaces of one repository. */
  private freeBranchName(plan: PlanState, prefix: string): string {
    const name = this.parts.planBranchName(posix.join(prefix, plan.entry.reference));
    const taken = new Set([...this.parts.state.plans.values()].map((one) => one.plan.work_branch));
    return taken.has(name) ? `${name}-${plan.plan.id.slice(-8)}` : name;
  }

  private liveExecution(
    row: ExecutionRow,
    plan: PlanState,
    branch: PlanBranch,
    settings: WorkspaceSettings,
    excluded = new Set<string>(),
  ): LiveExecution {
    const workers =
      row.options.workers ??
      plan.entry.plan.settings.workers ??
      settings.workers ??
      this.parts.state.configuration.max_parallel_runs;
    const active = new Map<string, RunControl>();
    const agents = new Map<string, string>();
    const runs = new Set<Promise<void>>();
    return {
      row,
      branch,
      settings,
      workers,
      active,
      agents,
      runs,
      excluded,
      stopped: false,
    };
  }

  private plan(planId: string): PlanState {
    const plan = this.parts.state.plans.get(planId);
    if (plan !== undefined) return plan;
    throw new RunsheetError('not_found', 'There is no such plan.', { entity: 'plan', id: planId });
  }

  private subtask(planId: string, key: string): { plan: PlanState; subtask: SubtaskRow } {
    const plan = this.plan(planId);
    const subtask = plan.byKey(key);
    if (subtask !== null) return { plan, subtask };
    throw new RunsheetError('not_found', `The plan has no subtask ${key}.`, { id: key });
  }
}

/** Nobody else names an agent: then it is this one, also under a later engine. */
function withUsualAgent(settings: WorkspaceSettings, usual: string | null): WorkspaceSettings {
  return { ...settings, agent: settings.agent ?? usual };
}

/** What was committed on the base since the plan's branch was made belongs to what agents see. */
async function takeBase(branch: PlanBranch, baseCommit: string): Promise<void> {
  const message = `Take in ${baseCommit.slice(0, 12)} from the base`;
  const result = await branch.merge(baseCommit, message, () => Promise.resolve(true));
  if (result.kind !== 'conflict') return;
  throw new RunsheetError(
    'version_conflict',
    `The base has moved and conflicts with ${branch.branch} in ${result.paths.join(', ')}. Merge ${baseCommit.slice(0, 12)} into ${branch.branch} by hand (its worktree is ${branch.path}), then start again.`,
    { paths: result.paths },
  );
}
