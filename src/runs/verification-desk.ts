import { checkText } from '../model/check-text';
import { RunsheetError } from '../model/errors';
import type { Verdict } from '../model/status';
import { validatorSchema, type Validator } from '../model/validator';
import { claims } from '../store/repositories/claims';
import { confirmations } from '../store/repositories/confirmations';
import { runs, type RunRow } from '../store/repositories/runs';
import { subtasks, type StatusStep, type SubtaskRow } from '../store/repositories/subtasks';
import { verifications } from '../store/repositories/verifications';
import type { PlanBranch } from '../workspaces/workspace';
import { AcceptedWork } from './accepted-work';
import type { RunServices } from './assignment';
import { checkMarker } from './check-work';
import { checkContextOf, noChange, type Change } from './judged-tree';
import type { PlanState } from './plan-state';
import { setUp } from './set-up';
import { SpecDesk } from './spec-desk';
import type { VerificationRequest, VerificationResult } from './verifier';
import { agentKeyOf, type WorkspaceSettings } from './workspace-settings';

/** What is asked of a subtask's tree: all its checks, or one of them. */
interface Asked extends Pick<
  VerificationRequest,
  'validators' | 'gateMode' | 'minScore' | 'acceptanceSpecId'
> {
  /** Whether passing proves the subtask. */
  proves: boolean;
  /** Whether failing refutes it. */
  refutes: boolean;
}

/** One question about one subtask, with all that belongs to it. */
interface Matter {
  plan: PlanState;
  subtask: SubtaskRow;
  branch: PlanBranch;
  settings: WorkspaceSettings;
  asked: Asked;
  actor: string;
  signal: AbortSignal;
}

/** Where a matter is judged. */
interface Place {
  /** Top of the worktree. */
  worktree: string;
  commit: string;
  workTree: string | null;
  change: Change;
  /** The run that made what is judged. */
  run: RunRow | null;
}

/** Runs the checks of subtasks without an agent, on the plan's branch. */
export class VerificationDesk {
  private readonly specs: SpecDesk;

  constructor(private readonly services: RunServices) {
    this.specs = new SpecDesk(services.store);
  }

  /** What the file claims as done is proven, refuted, or left a claim when nothing can prove it. */
  async verifyClaim(
    plan: PlanState,
    subtask: SubtaskRow,
    branch: PlanBranch,
    settings: WorkspaceSettings,
  ): Promise<Verdict> {
    const asked = await this.asked(plan, subtask, settings, null);
    const result = await this.carryOut({ plan, subtask, branch, settings, asked, actor: 'engine' });
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

  /**
   * Checks a subtask again, whatever its status, and moves it where the verdict says. Work that its
   * last run has left beside the branch is judged merged, and stays merged when it passes. `check`
   * (an id, or the check as shown) asks for one check alone: it proves nothing beside others.
   * @throws RunsheetError `not_ready`, `not_found`, `version_conflict`.
   */
  async verifyAgain(
    plan: PlanState,
    subtask: SubtaskRow,
    branch: PlanBranch,
    settings: WorkspaceSettings,
    actor: string,
    check: string | null = null,
  ): Promise<VerificationResult> {
    if (subtask.status === 'in_progress' || subtask.status === 'in_review') {
      throw new RunsheetError('not_ready', 'A run of this subtask is going on.', {});
    }
    const asked = await this.asked(plan, subtask, settings, check);
    const result = await this.carryOut({ plan, subtask, branch, settings, asked, actor });
    const steps = stepsAfter(subtask, result, asked);
    const follow = { subtaskId: subtask.id, from: subtask.status, steps };
    if (steps.length > 0) await this.services.store.command(subtasks.follow, follow, { actor });
    return result;
  }

  /**
   * A person's word on a manual check, for the tree in which it was last asked. It counts when that
   * tree, or its merge, is verified again.
   * @throws RunsheetError `not_found`, `not_ready` when nothing was verified yet, `forbidden`.
   */
  async confirm(
    subtask: SubtaskRow,
    check: string,
    word: { holds: boolean; note: string },
    actor: string,
  ): Promise<void> {
    const records = await this.services.store.query(verifications.ofSubtask, subtask.id);
    const asked = records.toReversed().flatMap(({ verification }) => {
      const manual = manualOf(verification.validators, check);
      return manual === null ? [] : [{ manual, treeHash: verification.tree_hash }];
    });
    const [last] = asked;
    if (last === undefined) {
      const message = `${subtask.subtask_key} was not asked of a person: no verification of it has a manual check ${check}. Verify it first.`;
      throw new RunsheetError('not_found', message, { id: check });
    }
    const { manual, treeHash } = last;
    if (treeHash === null)
      throw new RunsheetError(
        'not_ready',
        'Nobody knows which files were judged. Verify it again first.',
      );
    const { instruction } = manual.config;
    const input = { subtaskId: subtask.id, instruction, treeHash, ...word };
    await this.services.store.command(confirmations.add, input, { actor });
  }

  /** Stops what is being checked of a plan, or of one subtask; how many verifications it were. */
  stop(planId: string, subtaskId: string | null): Promise<number> {
    return this.services.checkWork.stop(
      (subject) =>
        subject.planId === planId && (subtaskId === null || subject.subtaskId === subtaskId),
    );
  }

  private carryOut(matter: Omit<Matter, 'signal'>): Promise<VerificationResult> {
    const { plan, subtask } = matter;
    const subtaskId = subtask.id;
    const subject = { planId: plan.plan.id, subtaskId, marker: checkMarker({ subtaskId }) };
    return this.services.checkWork.carryOut(subject, async (signal) => {
      const whole = { ...matter, signal };
      return (await this.judgeLeftWork(whole)) ?? (await this.judgeHead(whole));
    });
  }

  /** `null` when the last run has left nothing that its agent had finished. */
  private async judgeLeftWork(matter: Matter): Promise<VerificationResult | null> {
    const { plan, subtask, branch, asked, signal } = matter;
    if (subtask.status !== 'needs_attention' && subtask.status !== 'failed') return null;
    if ((await this.lastRun(plan, subtask))?.outcome !== 'completed') return null;
    const work = new AcceptedWork(this.services.store, () => Promise.resolve(branch));
    let result: VerificationResult | null = null;
    await work.merge(plan, subtask, async (merged, left) => {
      const workTree = await branch.treeOf(left.commit);
      const change = this.changeOf(branch, left.run, left.commit);
      const { run } = left;
      const place = { worktree: merged.path, commit: merged.commit, workTree, change, run };
      result = await this.judge(matter, place);
      return asked.proves && result.verdict === 'passed' && !signal.aborted;
    });
    return result;
  }

  private async judgeHead(matter: Matter): Promise<VerificationResult> {
    const { plan, subtask, branch, signal } = matter;
    const run = await this.lastRun(plan, subtask);
    const name = `verify-${contentOf(plan, subtask).id}`;
    const worktree = await branch.openRunWorktree({ name, signal });
    try {
      const commit = worktree.baseCommit;
      const change = run === null ? noChange : this.changeOf(branch, run, run.head_commit);
      return await this.judge(matter, {
        worktree: worktree.path,
        commit,
        workTree: null,
        change,
        run,
      });
    } finally {
      await worktree.discard();
    }
  }

  private async judge(matter: Matter, place: Place): Promise<VerificationResult> {
    const { plan, subtask, branch, settings, asked, actor, signal } = matter;
    const { plan: file } = plan.entry;
    const content = contentOf(plan, subtask);
    const context = checkContextOf(
      {
        branch,
        worktree: place.worktree,
        change: place.change,
        declaredFiles: content.files,
        hosts: [...settings.hosts, ...file.settings.hosts],
        reviewer: agentKeyOf(content, file, settings, null) ?? place.run?.agent_key ?? null,
        key: subtask.subtask_key,
        baseCommit: place.commit,
        marker: checkMarker({ subtaskId: subtask.id }),
        signal,
      },
      this.services,
    );
    await setUp(file.settings.setup ?? settings.setup, this.services.checks, context);
    const { proves: _proves, refutes: _refutes, ...question } = asked;
    return this.services.verifier.verify(
      {
        ...question,
        ...{ runId: null, subtaskId: subtask.id, gateId: null, tree: 'merged', dirty: false },
        commit: place.commit,
        treeHash: await branch.treeOf(place.commit),
        workTree: place.workTree,
      },
      context,
      actor,
    );
  }

  private async asked(
    plan: PlanState,
    subtask: SubtaskRow,
    settings: WorkspaceSettings,
    check: string | null,
  ): Promise<Asked> {
    const content = contentOf(plan, subtask);
    const { plan: file, path: planPath } = plan.entry;
    const source = { subtaskId: subtask.id, subtask: content, plan: file, planPath, settings };
    const { spec, stored } = await this.specs.preview({ ...source, agentKey: null });
    const { validators, gate_mode: gateMode, min_score: minScore } = spec.acceptance;
    const acceptanceSpecId = stored?.acceptanceId ?? null;
    const all = { validators, gateMode, minScore, acceptanceSpecId, proves: true, refutes: true };
    if (check === null) return all;
    const chosen = chosenOf(validators, check, subtask.subtask_key);
    if (validators.length === 1) return all;
    const refutes = gateMode === 'all_pass' || chosen.required;
    const alone = { validators: [chosen], gateMode: 'all_pass' as const, minScore: null };
    return { ...alone, acceptanceSpecId, proves: false, refutes };
  }

  private changeOf(branch: PlanBranch, run: RunRow, head: string | null): Change {
    const base = run.base_commit;
    if (base === null || head === null) return noChange;
    return {
      diff: () => branch.diff(base, head),
      changedPaths: () => branch.changedPaths(base, head),
      eventText: () => this.services.recorder.textOf(run.id),
    };
  }

  private async lastRun(plan: PlanState, subtask: SubtaskRow): Promise<RunRow | null> {
    const id = plan.attempts.get(subtask.id)?.lastRunId;
    return id === undefined ? null : this.services.store.query(runs.byId, id);
  }
}

function contentOf(plan: PlanState, subtask: SubtaskRow) {
  const content = plan.contentOf(subtask);
  if (content !== null) return content;
  throw new RunsheetError('not_found', 'This subtask is not in its file.');
}

function manualOf(validators: readonly unknown[], check: string) {
  for (const one of validators) {
    const { data } = validatorSchema.safeParse(one);
    if (data?.type !== 'manual') continue;
    if ([data.id, data.config.instruction, checkText(data)].includes(check)) return data;
  }
  return null;
}

function chosenOf(validators: readonly Validator[], check: string, key: string): Validator {
  const chosen =
    validators.find(({ id }) => id === check) ??
    validators.find((validator) => checkText(validator) === check);
  if (chosen !== undefined) return chosen;
  const known = validators.map((one) => `${one.id} (${checkText(one)})`).join(', ');
  throw new RunsheetError(
    'not_found',
    `${key} has no check ${check}. Its checks: ${known === '' ? 'none' : known}.`,
    { id: check },
  );
}

function stepsAfter(subtask: SubtaskRow, result: VerificationResult, asked: Asked): StatusStep[] {
  const subtaskId = subtask.id;
  const reason = result.message;
  if (result.verdict === 'passed') {
    if (!asked.proves) return [];
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
  const isRefuted = asked.refutes && refuted && doubtful;
  return isRefuted ? [{ subtaskId, to: 'needs_attention', reason }] : [];
}
