import { listEvents } from '../../protocol/messages';
import type { EventView } from '../../protocol/views';
import type { Ending } from '../lifetime';
import type { EngineConnection, WatchedRun } from './engine-connection';

/** The events of one run, without gaps up to `last`. */
export interface RunLog {
  readonly runId: string;
  readonly events: readonly EventView[];
  /** How many older events were dropped to bound the memory. */
  readonly omitted: number;
}

/** `added` are the newest of `log.events`. */
export type RunLogListener = (log: RunLog, added: readonly EventView[]) => void;

const mostEvents = 20_000;
const pageSize = 1000;

/** The events of the runs that someone looks at, kept up to date while they look. */
export class RunLogs {
  private readonly logs = new Map<string, WatchedLog>();

  constructor(
    private readonly connection: EngineConnection,
    private readonly onError: (error: unknown) => void,
  ) {
    connection.watchedRuns = () => this.watched();
    connection.onDidReceiveEvents((events) => this.receive(events));
  }

  /** Calls the listener at once with what is known, and then with every change. */
  watch(runId: string, listener: RunLogListener): Ending {
    let log = this.logs.get(runId);
    if (log === undefined) {
      log = new WatchedLog(runId);
      this.logs.set(runId, log);
      log.listeners.add(listener);
      this.open(log).catch(this.onError);
    } else {
      log.listeners.add(listener);
      listener(log, log.events);
    }
    const watched = log;
    return { dispose: () => this.unwatch(watched, listener) };
  }

  private unwatch(log: WatchedLog, listener: RunLogListener): void {
    log.listeners.delete(listener);
    if (log.listeners.size > 0) return;
    this.logs.delete(log.runId);
    this.connection.renewSubscription().catch(this.onError);
  }

  private async open(log: WatchedLog): Promise<void> {
    await this.fill(log);
    await this.connection.renewSubscription();
  }

  /** Fetches what follows the last known event. */
  private async fill(log: WatchedLog): Promise<void> {
    if (log.filling) return;
    log.filling = true;
    try {
      for (let more = true; more && log.listeners.size > 0;) {
        const page = { runId: log.runId, after: log.last, limit: pageSize };
        const answer = await this.connection.request(listEvents, page);
        log.append(answer.events);
        more = answer.more && answer.events.length > 0;
      }
    } finally {
      log.filling = false;
    }
  }

  private watched(): WatchedRun[] {
    return [...this.logs.values()].map((log) => ({ runId: log.runId, after: log.last }));
  }

  private receive(events: readonly EventView[]): void {
    for (const log of this.logs.values()) {
      const gap = log.append(events.filter((event) => event.runId === log.runId));
      if (gap) this.fill(log).catch(this.onError);
    }
  }
}

class WatchedLog implements RunLog {
  readonly listeners = new Set<RunLogListener>();
  events: EventView[] = [];
  omitted = 0;
  last = 0;
  filling = false;

  constructor(readonly runId: string) {}

  /** Takes what follows the last known event; `true` when one before it is missing. */
  append(incoming: readonly EventView[]): boolean {
    const added: EventView[] = [];
    let gap = false;
    for (const event of [...incoming].sort((a, b) => a.sequence - b.sequence)) {
      if (event.sequence <= this.last) continue;
      gap = event.sequence > this.last + 1;
      if (gap) break;
      this.last = event.sequence;
      added.push(event);
    }
    this.events.push(...added);
    const excess = this.events.length - mostEvents;
    if (excess > 0) {
      this.events.splice(0, excess);
      this.omitted += excess;
    }
    if (added.length > 0) for (const listener of [...this.listeners]) listener(this, added);
    return gap;
  }
}
