import { describeBudget, judgeBudget, limitsOfSpec, type BudgetUse } from '../model/budget';
import type { Assignment, RunServices } from './assignment';
import type { RunRecord } from './run-record';

/** What a run has used so far. */
export interface RunUse {
  turns: number;
  tokensIn: number;
  tokensOut: number;
  /** `null`: the agent does not say. */
  costMicros: number | null;
}

const nothing: RunUse = { turns: 0, tokensIn: 0, tokensOut: 0, costMicros: null };

/** Watches what a run uses: warns from four fifths on, and says when a budget is used up. */
export class BudgetWatch implements Disposable {
  /** The first budget that was used up, as a sentence. */
  why: string | null = null;
  private readonly warned = new Set<string>();
  private use = nothing;
  private work: Promise<void> = Promise.resolve();
  private timer: Disposable | null = null;
  private resolve: () => void = () => undefined;
  readonly exhausted = new Promise<void>((resolve) => {
    this.resolve = resolve;
  });

  constructor(
    private readonly assignment: Assignment,
    private readonly services: RunServices,
    private readonly record: RunRecord,
  ) {
    this.look();
  }

  [Symbol.dispose](): void {
    this.timer?.[Symbol.dispose]();
  }

  /** Totals of the run so far; they are in its row already. */
  take(use: RunUse): void {
    this.use = use;
    this.look();
  }

  private look(): void {
    this.work = this.work
      .then(() => this.judge())
      .catch((error: unknown) => {
        this.services.log.error('the budgets of a run could not be looked at', error);
      });
  }

  private async judge(): Promise<void> {
    const { run, spec } = this.assignment;
    // Its time is the watchdog's: a run that takes too long has timed out.
    const limits = { ...limitsOfSpec(spec), wallMs: null };
    const own = judgeBudget(limits, useOf(this.use));
    await this.note('run', own.state, describeBudget(own, 'the run'));
    const { plan_id: planId, subtask_id: subtaskId } = run;
    const standings = await this.services.budgets.look(planId, subtaskId);
    for (const { id, state, text } of standings) await this.note(id, state, text);
    this.wake(standings.flatMap(({ leftMs }) => leftMs ?? []));
  }

  private async note(id: string, state: 'ok' | 'warning' | 'exhausted', text: string) {
    if (state === 'ok' || this.why !== null) return;
    if (state === 'exhausted') {
      this.why = text;
      await this.record.event('budget_exhausted', { budget: id, text });
      this.resolve();
    } else if (!this.warned.has(id)) {
      this.warned.add(id);
      await this.record.event('budget_warning', { budget: id, text });
    }
  }

  /** Time is used up without a word of the agent. */
  private wake(left: readonly number[]): void {
    this.timer?.[Symbol.dispose]();
    this.timer = null;
    if (left.length === 0 || this.why !== null) return;
    this.timer = this.services.clock.after(Math.max(1000, Math.min(...left)), () => this.look());
  }
}

/** The turn that goes on is not used yet: the last one that is allowed comes to its end. */
function useOf({ turns: begun, tokensIn, tokensOut, costMicros }: RunUse): BudgetUse {
  const tokens = tokensIn + tokensOut;
  const turns = Math.max(0, begun - 1);
  return { wallMs: 0, turns, tokens, costMicros, runsWithoutCost: 0, runs: 0 };
}
