import { gates } from '../store/repositories/gates';
import type { GateRow } from '../store/repositories/gate-rows';
import type { CheckContext } from '../checks/check';
import type { PlanBranch, Repository } from '../workspaces/workspace';
import type { RunServices } from './assignment';
import { checkMarker } from './check-work';
import { checkContextOf, noChange } from './judged-tree';
import type { PlanState } from './plan-state';
import { setUp } from './set-up';
import { treeShapeOf, type WorkspaceSettings } from './workspace-settings';

/** Runs the checks among a gate's criteria, on the head of the plan's branch. */
export class GateChecks {
  constructor(
    private readonly services: RunServices,
    private readonly openRepository: () => Promise<Repository>,
    private readonly settings: () => Promise<WorkspaceSettings>,
  ) {}

  /**
   * Runs the checks that are not met yet, or were met on another commit than the branch's head, and
   * marks what they answer; one that could not be run stays as it was.
   */
  async run(plan: PlanState, gate: GateRow, actor: string): Promise<void> {
    const { work_branch: name } = plan.plan;
    if (name === null || !gate.criteria.some(({ kind }) => kind === 'check')) return;
    const repository = await this.openRepository();
    const head = await repository.resolve(name);
    const open = gate.criteria.filter(
      ({ kind, state, checked_commit: commit }) =>
        kind === 'check' && (state !== 'met' || commit !== head),
    );
    if (open.length === 0) return;
    const marker = checkMarker({ gateId: gate.id });
    const subject = { planId: plan.plan.id, subtaskId: null, marker };
    await this.services.checkWork.carryOut(subject, async (signal) => {
      const shape = treeShapeOf(plan.entry.plan, await this.settings());
      const branch = await repository.openPlanBranch(name, head, shape);
      await this.runOn(branch, plan, gate, open, actor, signal);
    });
  }

  private async runOn(
    branch: PlanBranch,
    plan: PlanState,
    gate: GateRow,
    open: GateRow['criteria'],
    actor: string,
    signal: AbortSignal,
  ): Promise<void> {
    const settings = await this.settings();
    const { setup, hosts, agent } = plan.entry.plan.settings;
    const worktree = await branch.openRunWorktree({ name: `gate-${gate.gate_key}`, signal });
    try {
      const context = checkContextOf(
        {
          branch,
          worktree: worktree.path,
          change: noChange,
          declaredFiles: [],
          hosts: [...settings.hosts, ...hosts],
          reviewer: agent ?? settings.agent,
          key: gate.gate_key,
          baseCommit: worktree.baseCommit,
          marker: checkMarker({ gateId: gate.id }),
          signal,
        },
        this.services,
      );
      await setUp(setup ?? settings.setup, this.services.checks, context);
      const tree = await branch.treeOf(worktree.baseCommit);
      for (const criterion of open) await this.check(gate, criterion, context, tree, actor);
    } finally {
      await worktree.discard();
    }
  }

  private async check(
    gate: GateRow,
    criterion: GateRow['criteria'][number],
    context: CheckContext,
    treeHash: string,
    actor: string,
  ): Promise<void> {
    if (criterion.validator === null) return;
    const result = await this.services.verifier.verify(
      {
        runId: null,
        subtaskId: null,
        gateId: gate.id,
        acceptanceSpecId: null,
        validators: [criterion.validator],
        gateMode: 'all_pass',
        minScore: null,
        tree: 'merged',
        commit: context.values['base_commit'] ?? '',
        treeHash,
        dirty: false,
      },
      context,
      actor,
    );
    if (result.verdict === 'unverified' || result.verdict === 'error') return;
    const met = result.verdict === 'passed';
    const input = { id: criterion.id, gateId: gate.id, met, verificationId: result.id };
    await this.services.store.command(gates.markCriterion, input, { actor });
  }
}
