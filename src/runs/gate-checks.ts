import { join } from 'node:path';
import type { CheckContext } from '../checks/check';
import { gates, type GateRow } from '../store/repositories/gates';
import type { Repository } from '../workspaces/workspace';
import type { RunServices } from './assignment';
import type { PlanState } from './plan-state';
import { setUp } from './set-up';
import type { WorkspaceSettings } from './workspace-settings';

/** Runs the checks among a gate's criteria, on the head of the plan's branch. */
export class GateChecks {
  constructor(
    private readonly services: RunServices,
    private readonly openRepository: () => Promise<Repository>,
    private readonly settings: () => Promise<WorkspaceSettings>,
  ) {}

  /** Marks each criterion that its check answered; one that could not be run stays as it was. */
  async run(plan: PlanState, gate: GateRow, actor: string): Promise<void> {
    const open = gate.criteria.filter(({ kind, state }) => kind === 'check' && state !== 'met');
    const { work_branch: name } = plan.plan;
    if (open.length === 0 || name === null) return;
    const repository = await this.openRepository();
    const branch = await repository.openPlanBranch(name, await repository.resolve(name));
    const settings = await this.settings();
    const { setup, copy } = plan.entry.plan.settings;
    const worktree = await branch.openRunWorktree({
      name: `gate-${gate.gate_key}`,
      copy: [...settings.copy, ...copy],
    });
    const marker = `gate-${gate.id}`;
    const context: CheckContext = {
      directory: join(worktree.path, branch.prefix),
      diff: () => worktree.diff(),
      changedPaths: () => worktree.changedPaths(),
      eventText: () => Promise.resolve(''),
      values: { subtask_key: gate.gate_key, run_id: marker, base_commit: worktree.baseCommit },
      env: this.services.environment(marker),
      isApproved: this.services.isApproved,
      marker,
      signal: new AbortController().signal,
    };
    try {
      await setUp(setup ?? settings.setup, this.services.checks, context);
      for (const criterion of open) await this.check(gate, criterion, context, actor);
    } finally {
      await worktree.discard();
    }
  }

  private async check(
    gate: GateRow,
    criterion: GateRow['criteria'][number],
    context: CheckContext,
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
