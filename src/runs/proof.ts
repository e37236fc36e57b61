import { join } from 'node:path';
import { RunClock } from '../agents/run-clock';
import { neverPaused, type CheckContext } from '../checks/check';
import { violationsInDiff } from '../model/tool-ruling';
import { claims } from '../store/repositories/claims';
import type { MergeResult, RunWorktree } from '../workspaces/workspace';
import { newClaims } from './agent-claims';
import { conflictOf, resolvesConflict, unresolved } from './conflict-run';
import { conflictCode, type MergeConflict } from './merge-conflict';
import type { Assignment, RunServices } from './assignment';
import type { RunControl } from './run-control';
import { attention, endedBy, isMerged, unproven, violated, type RunEnd } from './run-end';
import type { RunRecord } from './run-record';
import { setUp } from './set-up';
import type { VerificationResult } from './verifier';
import { planFilesIn } from './assignment';

/** From what an agent left to what is proven: commit, checks, merge, checks on the merged tree. */
export class Proof {
  /** The last verification, for what the next attempt is told. */
  last: VerificationResult | null = null;
  /** Whether it was the merged tree that did not pass: the work is behind the plan's branch. */
  isOutdated = false;
  /** What the work could not be merged with. */
  conflict: MergeConflict | null = null;

  /** Stands still while the run is paused. */
  private readonly time: RunClock;
  /** Tree hash of the work before it was merged. */
  private workTree: string | null = null;

  constructor(
    private readonly assignment: Assignment,
    private readonly services: RunServices,
    private readonly control: Pick<RunControl, 'signal' | 'pause'>,
    private readonly record: RunRecord,
    private readonly worktree: RunWorktree,
  ) {
    this.time = new RunClock(services.clock, control.pause);
  }

  /** Commits what is there. Returns the commit that the checks judge. */
  async commit(): Promise<string> {
    const { assignment, worktree, record } = this;
    await this.recordClaims();
    const message = `${assignment.subtask.id}: ${assignment.subtask.title}`;
    const commit = await worktree.commitAll(
      `${message}\n\n${this.trailers()}`,
      planFilesIn(assignment),
    );
    const head = commit ?? worktree.baseCommit;
    await record.update({ head_commit: head });
    if (commit === null) await record.event('nothing_changed', { head });
    else await record.event('commit_created', { commit });
    await this.keepDiff();
    return head;
  }

  /** How the run ends when it was to resolve a conflict and has not; `null`: nothing is left of it. */
  async unresolved(commit: string): Promise<RunEnd | null> {
    const { assignment, worktree } = this;
    if (!resolvesConflict(assignment)) return null;
    const left = await unresolved(worktree, commit);
    if (left !== null) this.conflict = conflictOf(assignment, worktree, left.paths);
    return left?.end ?? null;
  }

  /** What was changed against the agent's policy, whose transport could not prevent it. */
  async forbiddenChange(): Promise<RunEnd | null> {
    const { tool_policy: policy } = this.assignment.spec;
    const found = violationsInDiff(policy, await this.worktree.changedPaths());
    const [first] = found;
    if (first === undefined) return null;
    for (const { rule, detail } of found) {
      await this.record.event('policy_violation', { rule, detail, prevented: false });
    }
    return policy.on_violation === 'stop' ? violated(first.detail) : null;
  }

  verifyWorktree(commit: string): Promise<VerificationResult> {
    return this.verify('worktree', this.contextOf(this.folderIn(this.worktree.path)), commit);
  }

  /** Merges the commit into the plan's branch when its checks pass on the merged tree as well. */
  async merge(commit: string): Promise<RunEnd | null> {
    const { assignment, record } = this;
    const { branch, mergesAhead: ahead } = assignment.branch;
    await record.step('merging');
    if (ahead > 0) await record.event('merge_queued', { commit, branch, ahead });
    let proof: VerificationResult | null = null;
    const title = `Merge ${assignment.subtask.id}: ${assignment.subtask.title}`;
    const result = await assignment.branch.merge(
      commit,
      `${title}\n\n${this.trailers()}`,
      async (merged) => {
        if (this.isStopped()) return false;
        await record.step('verifying');
        // Others wait for their turn: a merge that has begun stands still for nobody.
        const time = this.services.clock;
        const context = { ...this.contextOf(this.folderIn(merged.path)), pause: neverPaused, time };
        await this.setUp(context);
        proof = await this.verify('merged', context, merged.commit);
        return proof.verdict === 'passed' && !this.isStopped();
      },
      {
        signal: this.control.signal,
        onTurn: () => record.event('merge_started', { commit, branch }),
      },
    );
    if (result.kind !== 'conflict' && this.isStopped() && !isMerged(result)) return null;
    return this.afterMerge(result, proof);
  }

  /** The workspace within a worktree: where agents and checks work. */
  folderIn(worktree: string): string {
    return join(worktree, this.assignment.branch.prefix);
  }

  setUp(context: CheckContext): Promise<void> {
    const { assignment, services, record } = this;
    return setUp(assignment.setup, services.checks, context, async (event, output) => {
      const kept = output === '' ? null : await services.recorder.keep(record.runId, 'log', output);
      await record.event('setup', { ...event, artifact: kept });
    });
  }

  contextOf(directory: string): CheckContext {
    const { assignment, services, worktree } = this;
    const runId = assignment.run.id;
    return {
      directory,
      prefix: assignment.branch.prefix,
      declaredFiles: assignment.subtask.files,
      hosts: assignment.hosts,
      reviewer: assignment.reviewer,
      snapshot: (worktreePath) => assignment.branch.snapshot(worktreePath),
      diff: () => worktree.diff(),
      changedPaths: () => worktree.changedPaths(),
      eventText: () => services.recorder.textOf(runId),
      values: {
        subtask_key: assignment.subtask.key,
        run_id: runId,
        base_commit: worktree.baseCommit,
      },
      env: services.environment(runId),
      isApproved: services.isApproved,
      marker: runId,
      signal: this.control.signal,
      pause: this.control.pause,
      time: this.time,
    };
  }

  private async afterMerge(result: MergeResult, proof: VerificationResult | null): Promise<RunEnd> {
    if (result.kind === 'conflict') {
      await this.record.event('merge_conflict', { paths: result.paths });
      this.conflict = conflictOf(this.assignment, this.worktree, result.paths);
      const reason = `The work passed its checks but conflicts with the plan's branch in ${result.paths.join(', ')}.`;
      const end = unproven('completed', conflictCode, reason);
      return { ...end, verdict: 'unverified', subtask: attention(reason) };
    }
    if (proof === null) throw new Error('the merged tree was not verified');
    if (!isMerged(result)) {
      const reason = `Merged into the plan's branch, the checks do not pass: ${proof.message}`;
      return { ...endedBy(proof), error: reason, subtask: attention(reason) };
    }
    await this.record.update({ merge_commit: result.commit });
    await this.record.event('merged', { commit: result.commit });
    return {
      ...endedBy(proof),
      subtask: {
        to: 'done',
        proof: { kind: 'proven', verificationId: proof.id },
        reason: proof.message,
      },
    };
  }

  private async verify(
    tree: 'worktree' | 'merged',
    context: CheckContext,
    commit: string,
  ): Promise<VerificationResult> {
    const { assignment } = this;
    const { validators, gate_mode: gateMode, min_score: minScore } = assignment.spec.acceptance;
    const treeHash = await assignment.branch.treeOf(commit);
    this.workTree ??= treeHash;
    const result = await this.services.verifier.verify(
      {
        runId: assignment.run.id,
        subtaskId: assignment.run.subtask_id,
        gateId: null,
        acceptanceSpecId: assignment.acceptanceSpecId,
        ...{ validators, gateMode, minScore, tree, commit, treeHash },
        workTree: this.workTree,
        dirty: false,
      },
      context,
      'engine',
    );
    this.last = result;
    this.isOutdated = tree === 'merged' && result.verdict !== 'passed';
    return result;
  }

  /** What the agent wrote into the plan file is its word, kept as such and not merged. */
  private async recordClaims(): Promise<void> {
    const { assignment, services, worktree } = this;
    const changed = await worktree.changedPaths();
    if (!planFilesIn(assignment).some((path) => changed.includes(path))) return;
    for (const key of await newClaims(this.folderIn(worktree.path), assignment)) {
      await this.record.event('claim_made', { subtask: key, says: 'done' });
      if (key !== assignment.subtask.key) continue;
      const evidence = `The agent ticked ${key} in ${assignment.planPath}.`;
      const runId = assignment.run.id;
      const input = { subtaskId: assignment.run.subtask_id, runId, evidence };
      await services.store.command(claims.byAgent, input, { actor: `run:${runId}` });
    }
  }

  private async keepDiff(): Promise<void> {
    const diff = await this.worktree.diff();
    if (diff !== '') await this.services.recorder.keep(this.assignment.run.id, 'diff', diff);
  }

  private isStopped(): boolean {
    return this.control.signal.aborted;
  }

  private trailers(): string {
    const { subtask, run } = this.assignment;
    return `Runsheet-Subtask: ${subtask.key}\nRunsheet-Run: ${run.id}`;
  }
}
