import { matcherOf, pathBelow } from '../checks/tree-files';
import type { Log } from '../platform/log';
import { verifications } from '../store/repositories/verifications';
import type { Store } from '../store/store';
import type { HistoryStep, Repository } from '../workspaces/workspace';
import type { PlanState } from './plan-state';
import type { StateUpdate, WorkspaceState } from './workspace-state';

/**
 * Knows which proofs are older than the files that they are about. A merge makes no proof old by
 * itself: only a later change of the files that the subtask declares does, or, where it declares
 * none, of those that its own merge changed. A proof without either never grows old here.
 */
export class ProofAges implements Disposable {
  private readonly histories = new Map<string, BranchHistory>();
  private readonly outdated = new Map<string, ReadonlySet<string>>();
  private readonly waiting = new Set<string>();
  private readonly listeners = new Set<(planId: string) => void>();
  private readonly subscription: Disposable;
  private working: Promise<void> | null = null;

  constructor(
    private readonly store: Store,
    private readonly state: WorkspaceState,
    private readonly openRepository: () => Promise<Repository>,
    private readonly log: Log,
  ) {
    this.subscription = state.onUpdate((update) => {
      for (const id of update.plans) if (this.concerns(update, id)) this.look(id);
    });
    for (const id of state.plans.keys()) this.look(id);
  }

  [Symbol.dispose](): void {
    this.subscription[Symbol.dispose]();
  }

  isOutdated(planId: string, subtaskId: string): boolean {
    return this.outdated.get(planId)?.has(subtaskId) === true;
  }

  /** Tells of plans in which other proofs are old than before. */
  onChange(listener: (planId: string) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }

  /** Resolves when everything is known that was to be found out. */
  async settled(): Promise<void> {
    while (this.working !== null) await this.working;
  }

  /** A branch moves when something is proven, and when an execution takes its base in. */
  private concerns(update: StateUpdate, planId: string): boolean {
    if (update.executions.size > 0) return true;
    const plan = this.state.plans.get(planId);
    const old = this.outdated.get(planId);
    return [...update.subtasks].some(
      (id) => plan?.subtasks.get(id)?.proof === 'proven' || old?.has(id) === true,
    );
  }

  private look(planId: string): void {
    this.waiting.add(planId);
    this.working ??= this.lookAtAll().finally(() => (this.working = null));
  }

  private async lookAtAll(): Promise<void> {
    for (const planId of this.waiting) {
      this.waiting.delete(planId);
      try {
        await this.lookAt(planId);
      } catch (error) {
        this.log.warn('nobody can say which proofs are old', { error: String(error) });
      }
    }
  }

  private async lookAt(planId: string): Promise<void> {
    const plan = this.state.plans.get(planId);
    const branch = plan?.plan.work_branch ?? null;
    if (plan === undefined || branch === null) return;
    const proofs = await this.store.query(verifications.proofsOfPlan, planId);
    if (proofs.length === 0) {
      this.tell(planId, new Set());
      return;
    }
    const repository = await this.openRepository();
    const history = this.histories.get(planId) ?? new BranchHistory(repository.prefix);
    this.histories.set(planId, history);
    history.take(await repository.history(branch, history.head));
    const old = proofs.filter(({ subtask_id: id, commit_hash: commit }) => {
      const files = filesOf(plan, id, commit, history);
      return commit !== null && history.hasChangedSince(commit, files);
    });
    this.tell(planId, new Set(old.map(({ subtask_id }) => subtask_id)));
  }

  private tell(planId: string, now: ReadonlySet<string>): void {
    const before = this.outdated.get(planId) ?? new Set();
    this.outdated.set(planId, now);
    if (before.size === now.size && [...now].every((id) => before.has(id))) return;
    for (const listener of this.listeners) listener(planId);
  }
}

function filesOf(
  plan: PlanState,
  subtaskId: string,
  commit: string | null,
  history: BranchHistory,
): readonly string[] {
  const row = plan.subtasks.get(subtaskId);
  const declared = row === undefined ? [] : (plan.contentOf(row)?.files ?? []);
  if (row === undefined || declared.length > 0) return declared;
  return commit === null ? [] : history.changedBy(commit, row.subtask_key);
}

/** When which path of a branch was changed last. Paths are the workspace's. */
class BranchHistory {
  head: string | null = null;
  private readonly order = new Map<string, number>();
  /** Of each path, and of each folder above it, the newest step. */
  private readonly newest = new Map<string, number>();
  private readonly steps: HistoryStep[] = [];

  constructor(private readonly prefix: string) {}

  take({ steps, isWhole }: { steps: readonly HistoryStep[]; isWhole: boolean }): void {
    if (isWhole) {
      this.order.clear();
      this.newest.clear();
      this.steps.length = 0;
    }
    for (const { commit, subtask, paths } of steps) {
      const index = this.steps.length;
      const own = paths.map((path) => pathBelow(this.prefix, path));
      this.steps.push({ commit, subtask, paths: own });
      this.order.set(commit, index);
      this.head = commit;
      for (const path of own) this.touch(path, index);
    }
  }

  /** What a subtask's own merge has changed. */
  changedBy(commit: string, key: string): readonly string[] {
    const step = this.steps[this.order.get(commit) ?? -1];
    return step?.subtask === key ? step.paths : [];
  }

  /** A commit that is not on the way is older than all that is known. */
  hasChangedSince(commit: string, files: readonly string[]): boolean {
    const since = this.order.get(commit) ?? -1;
    return files.some((file) => {
      if (!/[*?[{(!]/.test(file)) return (this.newest.get(plain(file)) ?? -1) > since;
      const matches = matcherOf([file]);
      return [...this.newest].some(([path, step]) => step > since && matches(path));
    });
  }

  private touch(path: string, index: number): void {
    for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/'))))
      this.newest.set(at, index);
  }
}

function plain(path: string): string {
  return path.replace(/^\.\//, '').replace(/\/+$/, '');
}
