import { join } from 'node:path';
import type { CheckContext } from '../checks/check';
import { RunsheetError } from '../model/errors';
import type { Verdict } from '../model/status';
import { claims } from '../store/repositories/claims';
import { subtasks, type StatusStep, type SubtaskRow } from '../store/repositories/subtasks';
import type { PlanBranch, RunWorktree } from '../workspaces/workspace';
import type { RunServices } from './assignment';
import { checksOf } from './derive-spec';
import type { PlanState } from './plan-state';
import { setUp } from './set-up';
import type { VerificationResult } from './verifier';
import type { WorkspaceSettings } from './workspace-settings';

/** Runs the checks of subtasks without an agent, on the head of the plan's branch. */
export class VerificationDesk {
  constructor(private readonly services: RunServices) {}

  /** What the file claims as done is proven, refuted, or left a claim when nothing can prove it. */
  async verifyClaim(
    plan: PlanState,
    subtask: SubtaskRow,
    branch: PlanBranch,
    settings: WorkspaceSettings,
  ): Promise<Verdict> {
    const result = await this.check(plan, subtask, branch, settings, 'engine');
    // What could not be run refutes nothing.
    if (result.verdict !== 'unverified' && result.verdict !== 'error') {
      const { id: verificationId, verdict, message } = result;
      const input = {
        subtaskId: subtask.id,
        verificationId,
        passed: verdict === 'passed',
        message,
      };
      await this.services.store.command(claims.verified, input, { actor: 'engine' });
    }
    return result.verdict;
  }

  /** Checks a subtask again, whatever its status, and moves it where the verdict says. */
  async verifyAgain(
    plan: PlanState,
    subtask: SubtaskRow,
    branch: PlanBranch,
    settings: WorkspaceSettings,
    actor: string,
  ): Promise<VerificationResult> {
    if (subtask.status === 'in_progress' || subtask.status === 'in_review') {
      throw new RunsheetError('not_ready', 'A run of this subtask is going on.', {});
    }
    const result = await this.check(plan, subtask, branch, settings, actor);
    for (const step of stepsAfter(subtask, result)) {
      await this.services.store.command(subtasks.step, step, { actor });
    }
    return result;
  }

  private async check(
    plan: PlanState,
    subtask: SubtaskRow,
    branch: PlanBranch,
    settings: WorkspaceSettings,
    actor: string,
  ): Promise<VerificationResult> {
    const content = plan.contentOf(subtask);
    if (content === null) throw new RunsheetError('not_found', 'This subtask is not in its file.');
    const worktree = await branch.openRunWorktree({
      name: `verify-${content.id}`,
      copy: [...settings.copy, ...plan.entry.plan.settings.copy],
    });
    try {
      const context = this.contextOf(subtask, worktree, branch.prefix);
      await setUp(plan.entry.plan.settings.setup ?? settings.setup, this.services.checks, context);
      return await this.services.verifier.verify(
        {
          runId: null,
          subtaskId: subtask.id,
          gateId: null,
          acceptanceSpecId: null,
          validators: checksOf(content, plan.entry.plan, settings.checks),
          gateMode: 'all_pass',
          minScore: null,
          tree: 'merged',
          commit: worktree.baseCommit,
          dirty: false,
        },
        context,
        actor,
      );
    } finally {
      await worktree.discard();
    }
  }

  private contextOf(subtask: SubtaskRow, worktree: RunWorktree, prefix: string): CheckContext {
    const marker = `verify-${subtask.id}`;
    return {
      directory: join(worktree.path, prefix),
      diff: () => worktree.diff(),
      changedPaths: () => worktree.changedPaths(),
      eventText: () => Promise.resolve(''),
      values: {
        subtask_key: subtask.subtask_key,
        run_id: marker,
        base_commit: worktree.baseCommit,
      },
      env: this.services.environment(marker),
      isApproved: this.services.isApproved,
      marker,
      signal: new AbortController().signal,
    };
  }
}

function stepsAfter(subtask: SubtaskRow, result: VerificationResult): StatusStep[] {
  const subtaskId = subtask.id;
  const reason = result.message;
  if (result.verdict === 'passed') {
    if (subtask.status === 'done' && subtask.proof === 'proven') return [];
    const proof = { kind: 'proven' as const, verificationId: result.id };
    const done: StatusStep = { subtaskId, to: 'done', proof, reason };
    switch (subtask.status) {
      case 'failed':
        return [{ subtaskId, to: 'in_review' }, done];
      // What a person closed without proof is opened for a moment to be closed with one.
      case 'done':
        return [{ subtaskId, to: 'needs_attention', reason }, done];
      case 'skipped':
      case 'cancelled':
      case 'blocked':
        return [{ subtaskId, to: 'pending' }, done];
      default:
        return [done];
    }
  }
  const refuted = result.verdict === 'failed' || result.verdict === 'partial';
  const doubtful = subtask.status === 'done' || subtask.status === 'claimed';
  return refuted && doubtful ? [{ subtaskId, to: 'needs_attention', reason }] : [];
}
