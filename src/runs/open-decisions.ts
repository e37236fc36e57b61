import type { Log } from '../platform/log';
import type { Change } from '../store/command';
import type { EscalationRow } from '../store/repositories/escalation-rows';
import { escalations } from '../store/repositories/escalations';
import { triggers, type TriggerFiring } from '../store/repositories/triggers';
import type { Store } from '../store/store';

const followed: ReadonlySet<Change['entity']> = new Set([
  'escalation',
  'trigger',
  'trigger_firing',
]);

/** What waits for a person beside gates and permissions, in memory, kept up by the change feed. */
export class OpenDecisions implements Disposable {
  escalations: readonly EscalationRow[] = [];
  firings: readonly TriggerFiring[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly subscription: Disposable;
  private stale = false;
  private working: Promise<void> | null = null;

  constructor(
    private readonly store: Store,
    private readonly log: Log,
  ) {
    this.subscription = store.onChanges((changes) => {
      if (changes.some(({ entity }) => followed.has(entity))) this.refresh();
    });
  }

  [Symbol.dispose](): void {
    this.subscription[Symbol.dispose]();
  }

  async load(): Promise<void> {
    this.escalations = await this.store.query(escalations.allOpen, undefined);
    this.firings = await this.store.query(triggers.waiting, undefined);
  }

  onUpdate(listener: () => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }

  /** Resolves when everything that the feed told so far is in here. */
  async settled(): Promise<void> {
    while (this.working !== null) await this.working;
  }

  private refresh(): void {
    this.stale = true;
    this.working ??= this.follow().then((followed) => {
      this.working = null;
      if (followed && this.stale) this.refresh();
    });
  }

  /** `false` when it could not follow: the next change tries again. */
  private async follow(): Promise<boolean> {
    this.stale = false;
    try {
      await this.load();
    } catch (error) {
      // The store is going down, or a row is damaged.
      this.log.error('what waits for a person could not be read', error);
      return false;
    }
    for (const listener of this.listeners) listener();
    return true;
  }
}
