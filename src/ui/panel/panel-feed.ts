import type { Mirror } from '../../protocol/mirror';
import type { PanelMessage, RunEvents } from '../../protocol/panel';
import type { EventView } from '../../protocol/views';
import type { StateChange } from '../engine/engine-state';
import type { RunLog, RunLogs } from '../engine/run-logs';
import type { Ending } from '../lifetime';
import { panelStrings } from './panel-strings';
import { panelAsks, panelEvent, panelPlan, panelRun, panelTroubles } from './panel-views';

/** What the feed needs from the panel's host. */
export interface FeedTarget {
  post(message: PanelMessage): void;
  connected(): boolean;
  /** Calls once after a short while; a later call of a panel that is gone does no harm. */
  soon(flush: () => void): void;
}

/** Turns the stream of changes into a few messages per second for one panel. */
export class PanelFeed implements Ending {
  private readonly plans = new Set<string>();
  private readonly runs = new Set<string>();
  private readonly events = new Map<string, RunEvents>();
  private watching: Ending | null = null;
  private scheduled = false;
  private started = false;

  constructor(
    private readonly mirror: Mirror,
    private readonly logs: RunLogs,
    private readonly target: FeedTarget,
  ) {}

  /** Sends everything; changes before it are not sent. */
  showAll(): void {
    this.started = true;
    this.plans.clear();
    this.runs.clear();
    this.target.post({
      type: 'show',
      strings: panelStrings(),
      connected: this.target.connected(),
      needs: this.mirror.needs.size,
      asks: panelAsks(this.mirror),
      troubles: panelTroubles(this.mirror),
      plans: [...this.mirror.plans.values()].map((plan) => panelPlan(plan, this.mirror)),
      runs: this.mirror.runsByTime().map((run) => panelRun(run, this.mirror)),
    });
  }

  take(change: StateChange): void {
    if (!this.started) return;
    if (change.first) {
      this.showAll();
      return;
    }
    for (const { before, after } of change.plans) this.plans.add((after ?? before)?.id ?? '');
    for (const { after } of change.executions) if (after !== null) this.plans.add(after.planId);
    for (const { after } of change.runs) if (after !== null) this.runs.add(after.id);
    for (const { after } of change.subtasks) {
      if (after === null) continue;
      this.plans.add(after.planId);
      if (after.lastRunId !== null) this.runs.add(after.lastRunId);
    }
    this.schedule();
  }

  connectionChanged(): void {
    if (this.started) this.schedule();
  }

  /** Sends the run's events from the first, and then what comes; `null`: no more. */
  watch(runId: string | null): void {
    this.watching?.dispose();
    this.watching = null;
    this.events.clear();
    if (runId === null) return;
    let reset = true;
    this.watching = this.logs.watch(runId, (log, added) => {
      this.collect(log, added, reset);
      reset = false;
    });
  }

  dispose(): void {
    this.watching?.dispose();
    this.started = false;
  }

  private collect(log: RunLog, added: readonly EventView[], reset: boolean): void {
    const events = added.map(panelEvent);
    const pending = this.events.get(log.runId);
    if (pending === undefined) {
      const { runId, omitted } = log;
      this.events.set(runId, { runId, reset, omitted, events });
    } else {
      pending.events.push(...events);
      pending.omitted = log.omitted;
    }
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.target.soon(() => this.flush());
  }

  private flush(): void {
    this.scheduled = false;
    if (!this.started) return;
    const plans = [...this.plans].map((id) => ({ id, plan: this.mirror.plans.get(id) }));
    this.target.post({
      type: 'update',
      connected: this.target.connected(),
      needs: this.mirror.needs.size,
      asks: panelAsks(this.mirror),
      troubles: panelTroubles(this.mirror),
      plans: plans.flatMap(({ plan }) => (plan === undefined ? [] : panelPlan(plan, this.mirror))),
      removedPlans: plans.filter(({ plan }) => plan === undefined).map(({ id }) => id),
      runs: [...this.runs].flatMap((id) => {
        const run = this.mirror.runs.get(id);
        return run === undefined ? [] : panelRun(run, this.mirror);
      }),
      events: [...this.events.values()],
    });
    this.plans.clear();
    this.runs.clear();
    this.events.clear();
  }
}
