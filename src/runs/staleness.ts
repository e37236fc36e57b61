import type { Log } from '../platform/log';
import { runs } from '../store/repositories/runs';
import type { VerificationRecord } from '../store/repositories/verifications';
import type { Store } from '../store/store';
import type { Repository } from '../workspaces/workspace';
import type { WorkspaceState } from './workspace-state';

type Verification = VerificationRecord['verification'];

/** Tells which results are of files that are no more as they were judged. */
export class Staleness {
  constructor(
    private readonly store: Store,
    private readonly state: WorkspaceState,
    private readonly openRepository: () => Promise<Repository>,
    private readonly log: Log,
  ) {}

  /**
   * Ids of the stale ones among verifications of a plan. A merged tree is compared with the head of
   * the plan's branch, a run's tree with its worktree; a worktree that is gone cannot have changed.
   * What cannot be found out counts as stale.
   */
  async among(planId: string, records: readonly VerificationRecord[]): Promise<Set<string>> {
    const stale = new Set<string>();
    const trees = new Map<string, Promise<string | null>>();
    for (const { verification } of records) {
      const key = verification.tree === 'worktree' ? (verification.run_id ?? '') : '';
      const present = trees.get(key) ?? this.presentTree(planId, verification);
      trees.set(key, present);
      if (await this.differs(verification, present)) stale.add(verification.id);
    }
    return stale;
  }

  private async differs(
    verification: Verification,
    present: Promise<string | null>,
  ): Promise<boolean> {
    try {
      const now = await present;
      return now !== null && now !== (await this.judgedTree(verification));
    } catch (error) {
      this.log.warn('nobody can say whether a verification is stale', { error: String(error) });
      return true;
    }
  }

  /** Engines before this one recorded only the commit. */
  private async judgedTree({ tree_hash: tree, commit_hash: commit }: Verification) {
    if (tree !== null || commit === null) return tree;
    return (await this.openRepository()).treeOf(commit);
  }

  /** `null`: nothing is there that could differ. */
  private async presentTree(planId: string, verification: Verification): Promise<string | null> {
    const repository = await this.openRepository();
    if (verification.tree === 'merged') {
      const branch = this.state.plans.get(planId)?.plan.work_branch ?? null;
      return branch === null ? null : repository.treeOf(branch);
    }
    if (verification.run_id === null) return null;
    const { worktree_path: path } = await this.store.query(runs.byId, verification.run_id);
    const found = path === null ? null : await repository.committedTree(path);
    if (found === null) return null;
    return found.changed ? `changed ${found.tree}` : found.tree;
  }
}
