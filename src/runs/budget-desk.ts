import {
  describeBudget,
  judgeBudget,
  startOfDay,
  startOfNextDay,
  type BudgetLimits,
  type BudgetUse,
} from '../model/budget';
import { timestamp, type Clock } from '../platform/clock';
import type { Log } from '../platform/log';
import { budgets, type Budget, type BudgetOwner } from '../store/repositories/budgets';
import type { RunLimit } from '../store/repositories/run-admission';
import type { Store } from '../store/store';

/** How one budget above a run stands. */
export interface BudgetStanding {
  id: string;
  state: 'ok' | 'warning' | 'exhausted';
  /** One sentence for people. */
  text: string;
  /** Milliseconds of work that are left; `null`: unlimited. */
  leftMs: number | null;
}

const owners = { workspace_day: 'the day', plan: 'the plan', subtask: 'the subtask' } as const;

/** A budget of which nothing is left. */
export interface ExhaustedBudget extends BudgetOwner {
  id: string;
  /** One sentence for people. */
  text: string;
}

/** The budgets of days, plans and subtasks: what is used of them, and who may start no more. */
export class BudgetDesk implements Disposable {
  private list: readonly Budget[] = [];
  private uses: ReadonlyMap<string, BudgetUse> = new Map();
  private readonly listeners = new Set<() => void>();
  private readonly subscription: Disposable;
  private loading: Promise<void> = Promise.resolve();
  private midnight: Disposable | null = null;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.subscription = store.onChanges((changes) => {
      const isSet = changes.some(({ entity }) => entity === 'budget');
      const isUsed = this.list.length > 0 && changes.some(({ entity }) => entity === 'run');
      if (isSet || isUsed) this.follow();
    });
  }

  [Symbol.dispose](): void {
    this.subscription[Symbol.dispose]();
    this.midnight?.[Symbol.dispose]();
  }

  /** Brings everything up to now; the first time, loads it. */
  load(): Promise<void> {
    // A reading that failed keeps no other from being tried.
    this.loading = this.loading.catch(() => undefined).then(() => this.read());
    return this.loading;
  }

  /** Calls back when a budget was set or used. */
  onChange(listener: () => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }

  /** Why nothing more of this subtask is started, as a sentence; `null` when its budgets hold. */
  problemOf(planId: string, subtaskId: string): string | null {
    const standings = this.standingsOf(planId, subtaskId);
    return standings.find(({ state }) => state === 'exhausted')?.text ?? null;
  }

  /** Every budget of which nothing is left. */
  get exhausted(): ExhaustedBudget[] {
    return this.list.flatMap((budget) => {
      const { id, scope, scopeRef } = budget;
      const standing = this.standingOf(budget);
      return standing?.state === 'exhausted' ? [{ id, scope, scopeRef, text: standing.text }] : [];
    });
  }

  /** How the budgets stand that a live run of the subtask draws on, as of now. */
  async look(planId: string, subtaskId: string): Promise<BudgetStanding[]> {
    if (this.list.length === 0) return [];
    await this.load();
    // It is one of the runs that its budgets allow.
    return this.standingsOf(planId, subtaskId, { runs: null });
  }

  /** The limits on the number of runs, for the transaction that makes one more. */
  runLimits(planId: string, subtaskId: string): RunLimit[] {
    return this.of(planId, subtaskId).flatMap(({ scope, scopeRef, limits }) => {
      const since = scope === 'workspace_day' ? this.today() : null;
      return limits.runs === null ? [] : { scope, scopeRef, since, limit: limits.runs };
    });
  }

  private of(planId: string, subtaskId: string): Budget[] {
    const refs = { workspace_day: null, plan: planId, subtask: subtaskId };
    return this.list.filter(({ scope, scopeRef }) => refs[scope] === scopeRef);
  }

  private today(): string {
    return new Date(startOfDay(this.clock.now())).toISOString();
  }

  private standingsOf(
    planId: string,
    subtaskId: string,
    less: Partial<BudgetLimits> = {},
  ): BudgetStanding[] {
    return this.of(planId, subtaskId).flatMap((budget) => this.standingOf(budget, less) ?? []);
  }

  /** `null` before its use was read. */
  private standingOf(budget: Budget, less: Partial<BudgetLimits> = {}): BudgetStanding | null {
    const use = this.uses.get(budget.id);
    if (use === undefined) return null;
    const judgement = judgeBudget({ ...budget.limits, ...less }, use);
    const text = describeBudget(judgement, owners[budget.scope]);
    const { wallMs } = budget.limits;
    const leftMs = wallMs === null ? null : Math.max(0, wallMs - use.wallMs);
    return { id: budget.id, state: judgement.state, text, leftMs };
  }

  private async read(): Promise<void> {
    const list = await this.store.query(budgets.list, undefined);
    const now = timestamp(this.clock);
    const uses = new Map<string, BudgetUse>();
    for (const { id, scope, scopeRef } of list) {
      const since = scope === 'workspace_day' ? this.today() : null;
      uses.set(id, await this.store.query(budgets.used, { scope, scopeRef, since, now }));
    }
    this.list = list;
    this.uses = uses;
    this.wake();
    for (const listener of this.listeners) listener();
  }

  /** With the next day, the budget of the day is whole again. */
  private wake(): void {
    this.midnight?.[Symbol.dispose]();
    this.midnight = null;
    if (!this.list.some(({ scope }) => scope === 'workspace_day')) return;
    const now = this.clock.now();
    this.midnight = this.clock.after(startOfNextDay(now) - now, () => this.follow());
  }

  private follow(): void {
    this.load().catch((error: unknown) => {
      this.log.error('the budgets could not be read', error);
    });
  }
}
