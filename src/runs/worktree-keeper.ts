import { messageOf, RunsheetError } from '../model/errors';
import type { Log } from '../platform/log';
import { runs, type RunRow } from '../store/repositories/runs';
import type { SubtaskRow } from '../store/repositories/subtasks';
import type { Store } from '../store/store';
import { diskUsage } from '../workspaces/disk-usage';
import { planFolderName } from '../workspaces/names';
import type { OwnWorktree, Repository, WorktreeInspection } from '../workspaces/workspace';
import type { CheckWork } from './check-work';
import type { PlanState } from './plan-state';
import type { WorkspaceState } from './workspace-state';

/** What a worktree is to the workspace. */
export type WorktreeState =
  /** Something goes on in it, or will. */
  | 'live'
  /** It has work that is nowhere else. */
  | 'work'
  /** A run's, in which nothing is that would be lost. */
  | 'merged'
  /** A crash left it before its run had it. */
  | 'leftover'
  /** Checks were run in it, and a crash left it. */
  | 'checks'
  /** A plan's own; it is made again when it is needed. */
  | 'plan';

export interface KeptWorktree extends WorktreeInspection {
  worktree: OwnWorktree;
  /** On the disk. */
  bytes: number;
  state: WorktreeState;
  /** Why it is live; `null` for one that is not. */
  live: string | null;
  plan: PlanState | null;
  subtask: SubtaskRow | null;
  /** The newest run in it. */
  run: RunRow | null;
}

type Known = Pick<KeptWorktree, 'worktree' | 'live' | 'plan' | 'subtask' | 'run'>;

export interface CleanRequest {
  /** Everything in which nothing would be lost. */
  allMerged: boolean;
  /** By id, each with the digest of what may be lost with it; `null`: nothing may be. */
  discard: readonly { id: string; digest: string | null }[];
}

export interface Cleaned {
  removed: KeptWorktree[];
  kept: { id: string; reason: string }[];
}

/** Knows what each worktree is for, and deletes those that nobody needs. */
export class WorktreeKeeper {
  constructor(
    private readonly store: Store,
    private readonly state: WorkspaceState,
    private readonly checkWork: Pick<CheckWork, 'isBusy'>,
    private readonly openRepository: () => Promise<Repository>,
    private readonly log: Log,
  ) {}

  async list(): Promise<KeptWorktree[]> {
    const kept: KeptWorktree[] = [];
    for (const one of await this.known()) kept.push(await this.looked(one));
    return kept;
  }

  /**
   * Deletes what is asked for and can be; never work that `discard` does not agree to lose, and
   * nothing in which something goes on. Errors: `not_found` for an id that is none.
   */
  async clean({ allMerged, discard }: CleanRequest): Promise<Cleaned> {
    const all = await this.list();
    const agreed = new Map(discard.map(({ id, digest }) => [id, digest]));
    for (const id of agreed.keys()) {
      if (all.some(({ worktree }) => worktree.id === id)) continue;
      throw new RunsheetError('not_found', `There is no worktree ${id}.`, {
        entity: 'worktree',
        id,
      });
    }
    const isMeant = ({ worktree: { id }, lost, state }: KeptWorktree): boolean =>
      agreed.has(id) || (allMerged && lost.digest === null && state !== 'live');
    return this.remove(all.filter(isMeant), ({ worktree }) => agreed.get(worktree.id) ?? null);
  }

  /** What crashes left without any work in it. Called when an engine begins; never rejects. */
  async clearLeftovers(): Promise<number> {
    try {
      const left: KeptWorktree[] = [];
      for (const one of await this.known()) {
        if (one.run === null && one.live === null && one.worktree.kind === 'run')
          left.push(await this.looked(one));
      }
      const empty = left.filter(({ lost }) => lost.digest === null);
      const { removed } = await this.remove(empty, () => null);
      if (removed.length > 0)
        this.log.info('leftovers of a crash were cleared', { removed: removed.length });
      return removed.length;
    } catch (error) {
      if (!RunsheetError.is(error, 'not_a_repository'))
        this.log.warn('leftovers could not be looked for', { reason: messageOf(error) });
      return 0;
    }
  }

  private async remove(
    chosen: readonly KeptWorktree[],
    agreedOf: (one: KeptWorktree) => string | null,
  ): Promise<Cleaned> {
    const repository = await this.openRepository();
    const cleaned: Cleaned = { removed: [], kept: [] };
    for (const one of chosen) {
      const { id } = one.worktree;
      try {
        // Looking at all of them takes its time, in which a run may have begun.
        const live = one.live ?? (await this.whyLive(id));
        if (live !== null) throw new RunsheetError('not_ready', live, { id });
        await repository.removeWorktree(id, agreedOf(one));
        cleaned.removed.push(one);
      } catch (error) {
        cleaned.kept.push({ id, reason: messageOf(error) });
      }
    }
    return cleaned;
  }

  private async whyLive(id: string): Promise<string | null> {
    return (await this.known()).find(({ worktree }) => worktree.id === id)?.live ?? null;
  }

  /** What each is for; nothing is looked at on the disk. */
  private async known(): Promise<Known[]> {
    const worktrees = await (await this.openRepository()).ownWorktrees();
    if (worktrees.length === 0) return [];
    const paths = worktrees.map(({ path }) => path);
    const newest = await this.store.query(runs.inWorktrees, paths);
    await this.state.settled();
    const byPath = new Map(newest.map((run) => [run.worktree_path, run]));
    return worktrees.map((worktree) =>
      worktree.kind === 'plan'
        ? this.ofPlan(worktree)
        : this.ofRun(worktree, byPath.get(worktree.path) ?? null),
    );
  }

  private async looked(known: Known): Promise<KeptWorktree> {
    const { worktree } = known;
    const inspection = await (await this.openRepository()).inspectWorktree(worktree);
    const bytes = await diskUsage(worktree.path);
    return { ...known, ...inspection, bytes, state: stateOf(known, inspection) };
  }

  private ofRun(worktree: OwnWorktree, run: RunRow | null): Known {
    const plan = run === null ? null : (this.state.plans.get(run.plan_id) ?? null);
    const subtask = (run === null ? null : plan?.subtasks.get(run.subtask_id)) ?? null;
    return { worktree, live: this.whyRunLive(worktree, run, subtask), plan, subtask, run };
  }

  private whyRunLive(
    worktree: OwnWorktree,
    run: RunRow | null,
    subtask: SubtaskRow | null,
  ): string | null {
    if (run === null) return worktree.inUse ? 'Something is being done in it.' : null;
    const key = subtask?.subtask_key ?? 'a subtask';
    if (run.state !== 'ended') return `A run of ${key} goes on in it.`;
    const goesOn = subtask?.status === 'pending' && subtask.next_run?.continues === run.id;
    return goesOn ? `The next attempt at ${key} goes on in it.` : null;
  }

  private ofPlan(worktree: OwnWorktree): Known {
    const plan = this.planOf(worktree);
    return { worktree, live: this.whyPlanLive(plan), plan, subtask: null, run: null };
  }

  private whyPlanLive(plan: PlanState | null): string | null {
    const executions = this.state.liveExecutions();
    if (plan !== null && executions.some((row) => row.plan_id === plan.plan.id))
      return `${plan.entry.path} is being carried out.`;
    return this.checkWork.isBusy ? 'Checks go on.' : null;
  }

  private planOf({ id }: OwnWorktree): PlanState | null {
    const plans = [...this.state.plans.values()];
    return (
      plans.find(({ plan }) => id === `plans/${planFolderName(plan.work_branch ?? '')}`) ?? null
    );
  }
}

function stateOf({ worktree, live, run }: Known, { lost }: WorktreeInspection): WorktreeState {
  if (live !== null) return 'live';
  if (lost.digest !== null) return 'work';
  if (worktree.kind === 'plan') return 'plan';
  if (run !== null) return 'merged';
  return /^runs\/(?:verify|gate)-/.test(worktree.id) ? 'checks' : 'leftover';
}
