import { join, posix } from 'node:path';
import type { AgentOutcome } from '../agents/agent';
import { commandDefinition } from '../agents/known-agents';
import type { CheckContext } from '../checks/check';
import { messageOf, RunsheetError } from '../model/errors';
import { displayCommand, type CommandText } from '../model/validator';
import { claims } from '../store/repositories/claims';
import { runs, type RunFields } from '../store/repositories/runs';
import type { StatusStep } from '../store/repositories/subtasks';
import type { MergeResult, RunWorktree } from '../workspaces/workspace';
import { RunAgentHost } from './agent-host';
import { newClaims } from './agent-claims';
import type { Assignment, RunServices } from './assignment';
import { buildPrompt, subtaskJson } from './prompt';
import {
  attention,
  cancelled,
  denied,
  endedBy,
  failedBy,
  isMerged,
  masked,
  notStarted,
  timedOut,
  unproven,
  type RunEnd,
} from './run-end';
import { RunSwitch } from './run-switch';
import { setUp, SetUpFailed } from './set-up';
import type { VerificationResult } from './verifier';

/** Why a run stops when its engine goes away and leaves it to the next one. */
export const abandoned = Symbol('abandoned');

/**
 * One run from its worktree to its end: agent, commit, checks, merge, checks on the merged tree.
 * Ends its row in every case; after each wait it looks whether it was asked to stop.
 */
export class RunLifecycle {
  private readonly runId: string;
  private worktree: RunWorktree | null = null;
  private headCommit: string | null = null;
  readonly pause = new RunSwitch();

  constructor(
    private readonly assignment: Assignment,
    private readonly services: RunServices,
    private readonly signal: AbortSignal,
  ) {
    this.runId = assignment.run.id;
  }

  /** Never rejects but for a store that is gone. */
  async carryOut(): Promise<RunEnd> {
    let end: RunEnd;
    try {
      end = await this.attempt();
    } catch (error) {
      if (RunsheetError.is(error, 'ownership_lost')) throw error;
      end = this.isStopped() ? cancelled : this.brokenBy(error);
    }
    // The next engine finds the row live, and decides as after a crash what may be started again.
    if (this.signal.reason !== abandoned) await this.finish(end);
    return end;
  }

  private async attempt(): Promise<RunEnd> {
    const { assignment } = this;
    await this.step('spawning');
    const worktree = await assignment.branch.openRunWorktree({
      name: `${assignment.subtask.id}-${this.runId.slice(-8)}`,
      copy: assignment.copy,
    });
    this.worktree = worktree;
    // Durable before anything is spawned: a crash from here on finds the processes by the marker.
    await this.step('spawning', {
      base_commit: worktree.baseCommit,
      branch_name: worktree.branch,
      worktree_path: worktree.path,
      process_marker: this.runId,
    });
    if (this.isStopped()) return cancelled;
    this.refuseUnapproved();
    await this.setUp(this.contextOf(worktree));
    if (this.isStopped()) return cancelled;
    const outcome = await this.runAgent(worktree);
    if (outcome.kind === 'cancelled' || this.isStopped()) return cancelled;
    if (outcome.kind === 'failed') return failedBy(outcome);
    if (outcome.kind === 'timed_out' && outcome.which === 'start') return notStarted;
    return this.prove(worktree, outcome);
  }

  /** What was approved at the start may have been written anew since, in the plan or in runsheet.yml. */
  private refuseUnapproved(): void {
    const { assignment, services } = this;
    const command = this.ownCommand();
    const isApproved =
      (command === null || services.isApproved(command)) &&
      services.isAgentApproved(assignment.definition);
    if (isApproved) return;
    const what = command === null ? assignment.definition.displayName : displayCommand(command);
    throw new RunsheetError(
      'not_approved',
      `Nobody has approved what this subtask would run now: ${what}. Run it again to look at it.`,
    );
  }

  private setUp(context: CheckContext): Promise<void> {
    const { assignment, services } = this;
    return setUp(assignment.setup, services.checks, context, (event) => this.event('setup', event));
  }

  private async runAgent(worktree: RunWorktree): Promise<AgentOutcome> {
    const { assignment, services } = this;
    // The plan may have been edited since its commands were approved.
    const { command } = assignment.subtask;
    if (command !== null && !services.isApproved(command))
      throw notApproved(displayCommand(command));
    const source = {
      plan: assignment.plan,
      planPath: assignment.planPath,
      phase: assignment.phase,
      subtask: assignment.subtask,
      checks: assignment.checks,
      dependencies: assignment.dependencies,
    };
    const task = {
      runId: this.runId,
      subtaskId: assignment.subtask.id,
      worktree: this.folderIn(worktree.path),
      prompt: buildPrompt(source),
      subtaskJson: subtaskJson(source),
      scratchDirectory: await services.scratchDirectory(this.runId),
      command: this.ownCommand(),
      session: null,
      followUp: null,
      pause: this.pause,
      limits: assignment.limits,
    };
    const host = new RunAgentHost(this.runId, services);
    const outcome = await services.agentFor(assignment.definition).run(task, host, this.signal);
    const { kind, ...details } = outcome;
    await this.event('turn_complete', { outcome: kind, ...details, usage: host.used });
    return outcome;
  }

  /** The subtask's own command, where that is what carries it out. */
  private ownCommand(): CommandText | null {
    const { definition, subtask } = this.assignment;
    return definition.key === commandDefinition.key ? subtask.command : null;
  }

  /** Commits what the agent left and has it checked; merges it when it passed. */
  private async prove(
    worktree: RunWorktree,
    outcome: Exclude<AgentOutcome, { kind: 'failed' | 'cancelled' }>,
  ): Promise<RunEnd> {
    const { assignment } = this;
    await this.step('verifying', { turns_used: 1 }, { to: 'in_review' });
    await this.recordClaims(worktree);
    const message = `${assignment.subtask.id}: ${assignment.subtask.title}`;
    const commit = await worktree.commitAll(`${message}\n\n${this.trailers()}`, [
      posix.join(assignment.branch.prefix, assignment.planPath),
    ]);
    this.headCommit = commit ?? worktree.baseCommit;
    await this.update({ head_commit: this.headCommit });
    if (commit !== null) await this.event('commit_created', { commit });
    await this.keepDiff(worktree);
    if (this.isStopped()) return cancelled;
    const checked = await this.verify('worktree', this.contextOf(worktree), this.headCommit);
    if (this.isStopped()) return cancelled;
    if (outcome.kind === 'timed_out') return timedOut(outcome.which, checked);
    if (outcome.permissionDenials > 0) return denied(checked);
    return checked.verdict === 'passed' ? this.merge(this.headCommit) : endedBy(checked);
  }

  private async merge(commit: string): Promise<RunEnd> {
    const { assignment } = this;
    await this.step('merging');
    await this.event('merge_started', { commit, branch: assignment.branch.branch });
    let proof: VerificationResult | null = null;
    const title = `Merge ${assignment.subtask.id}: ${assignment.subtask.title}`;
    const result = await assignment.branch.merge(
      commit,
      `${title}\n\n${this.trailers()}`,
      async (merged) => {
        if (this.isStopped()) return false;
        await this.step('verifying');
        const context = this.mergedContext(this.folderIn(merged.path));
        await this.setUp(context);
        proof = await this.verify('merged', context, merged.commit);
        return proof.verdict === 'passed' && !this.isStopped();
      },
    );
    if (result.kind !== 'conflict' && this.isStopped() && !isMerged(result)) return cancelled;
    return this.afterMerge(result, proof);
  }

  private async afterMerge(result: MergeResult, proof: VerificationResult | null): Promise<RunEnd> {
    if (result.kind === 'conflict') {
      await this.event('merge_conflict', { paths: result.paths });
      const reason = `The work passed its checks but conflicts with the plan's branch in ${result.paths.join(', ')}.`;
      return {
        ...unproven('completed', 'merge_conflict', reason),
        verdict: 'unverified',
        subtask: attention(reason),
      };
    }
    if (proof === null) throw new Error('the merged tree was not verified');
    if (!isMerged(result)) {
      const end = endedBy(proof);
      const reason = `Merged into the plan's branch, the checks do not pass: ${proof.message}`;
      return { ...end, error: reason, subtask: attention(reason) };
    }
    await this.update({ merge_commit: result.commit });
    await this.event('merged', { commit: result.commit });
    return {
      ...endedBy(proof),
      subtask: {
        to: 'done',
        proof: { kind: 'proven', verificationId: proof.id },
        reason: proof.message,
      },
    };
  }

  private async finish(end: RunEnd): Promise<void> {
    const { run } = this.assignment;
    const { subtask, ...fields } = masked(end);
    await this.event(end.outcome === 'completed' ? 'completed' : end.outcome, {
      verdict: end.verdict,
      reason: end.error ?? end.stopReason,
    });
    await this.services.store.command(
      runs.end,
      { runId: this.runId, ...fields, subtask: { subtaskId: run.subtask_id, ...subtask } },
      { actor: 'engine', key: `end ${this.runId}` },
    );
    // Only proven work is cleared away; everything else stays for the person to look at.
    if (subtask.to === 'done') await this.clearWorktree();
  }

  private async clearWorktree(): Promise<void> {
    try {
      await this.worktree?.removeIfMerged();
    } catch (error) {
      this.services.log.warn('a worktree could not be removed', { reason: messageOf(error) });
    }
  }

  /** What the agent wrote into the plan file is its word, kept as such and not merged. */
  private async recordClaims(worktree: RunWorktree): Promise<void> {
    const { assignment, services } = this;
    const changed = await worktree.changedPaths();
    if (!changed.includes(posix.join(assignment.branch.prefix, assignment.planPath))) return;
    for (const key of await newClaims(this.folderIn(worktree.path), assignment)) {
      await this.event('claim_made', { subtask: key, says: 'done' });
      if (key !== assignment.subtask.key) continue;
      const evidence = `The agent ticked ${key} in ${assignment.planPath}.`;
      const input = { subtaskId: assignment.run.subtask_id, runId: this.runId, evidence };
      await services.store.command(claims.byAgent, input, { actor: `run:${this.runId}` });
    }
  }

  private async keepDiff(worktree: RunWorktree): Promise<void> {
    const diff = await worktree.diff();
    if (diff !== '') await this.services.recorder.keep(this.runId, 'diff', diff);
  }

  private verify(
    tree: 'worktree' | 'merged',
    context: CheckContext,
    commit: string,
  ): Promise<VerificationResult> {
    const { assignment } = this;
    return this.services.verifier.verify(
      {
        runId: this.runId,
        subtaskId: assignment.run.subtask_id,
        gateId: null,
        acceptanceSpecId: assignment.acceptanceSpecId,
        validators: assignment.checks,
        gateMode: 'all_pass',
        minScore: null,
        tree,
        commit,
        dirty: false,
      },
      context,
      'engine',
    );
  }

  private contextOf(worktree: RunWorktree): CheckContext {
    const { assignment, services } = this;
    return {
      directory: this.folderIn(worktree.path),
      diff: () => worktree.diff(),
      changedPaths: () => worktree.changedPaths(),
      eventText: () => services.recorder.textOf(this.runId),
      values: {
        subtask_key: assignment.subtask.key,
        run_id: this.runId,
        base_commit: worktree.baseCommit,
      },
      env: services.environment(this.runId),
      isApproved: services.isApproved,
      marker: this.runId,
      signal: this.signal,
    };
  }

  /** The same questions about the merged tree: the change is still the run's own. */
  private mergedContext(directory: string): CheckContext {
    if (this.worktree === null) throw new Error('a run merges only what its worktree holds');
    return { ...this.contextOf(this.worktree), directory };
  }

  /** The workspace within a worktree: where agents and checks work. */
  private folderIn(worktree: string): string {
    return join(worktree, this.assignment.branch.prefix);
  }

  private isStopped(): boolean {
    return this.signal.aborted;
  }

  private trailers(): string {
    return `Runsheet-Subtask: ${this.assignment.subtask.key}\nRunsheet-Run: ${this.runId}`;
  }

  private brokenBy(error: unknown): RunEnd {
    const code = codeOf(error);
    if (code === 'internal') this.services.log.error(`run ${this.runId} failed inside`, error);
    const reason = messageOf(error).slice(0, 500);
    return {
      ...unproven('failed', code, reason),
      countsAsAttempt: false,
      subtask: attention(reason),
    };
  }

  private async step(
    to: 'spawning' | 'verifying' | 'merging',
    fields: RunFields = {},
    subtask?: Omit<StatusStep, 'subtaskId'>,
  ): Promise<void> {
    const subtaskId = this.assignment.run.subtask_id;
    await this.services.store.command(
      runs.step,
      {
        runId: this.runId,
        to,
        fields,
        ...(subtask === undefined ? {} : { subtask: { subtaskId, ...subtask } }),
      },
      { actor: 'engine' },
    );
  }

  private async update(fields: RunFields): Promise<void> {
    const input = { runId: this.runId, fields };
    await this.services.store.command(runs.update, input, { actor: 'engine' });
  }

  private async event(type: string, payload: Record<string, unknown>): Promise<void> {
    await this.services.recorder.event(this.runId, type, payload, { actor: 'engine' });
  }
}

function codeOf(error: unknown): string {
  if (error instanceof SetUpFailed) return 'setup';
  return RunsheetError.is(error) ? error.code : 'internal';
}

function notApproved(command: string): RunsheetError {
  return new RunsheetError(
    'not_approved',
    `Nobody has approved this command yet: ${command}. Start the plan again to see and approve it.`,
  );
}
