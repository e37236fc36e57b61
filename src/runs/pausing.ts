import type { Clock } from '../platform/clock';
import type { Log } from '../platform/log';
import { runs } from '../store/repositories/runs';
import type { Store } from '../store/store';
import type { RunRecord } from './run-record';
import type { RunSwitch } from './run-switch';

/** Writes into a run's row and story that it stands still and goes on, while its agent works. */
export class Pausing implements Disposable {
  private pausedAt: number | null = null;
  private work: Promise<void> = Promise.resolve();
  private readonly subscription: Disposable;

  constructor(
    private readonly record: RunRecord,
    private readonly pause: RunSwitch,
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.subscription = pause.onChange(() => this.look());
  }

  [Symbol.dispose](): void {
    this.subscription[Symbol.dispose]();
  }

  /** To be called when the run's state has changed otherwise: brings it in line with the switch. */
  look(): void {
    this.work = this.work
      .then(() => (this.pause.isPaused ? this.stand() : this.goOn()))
      .catch((error: unknown) => this.log.error('a pause could not be recorded', error));
  }

  /** Resolves when everything up to now is recorded. */
  settled(): Promise<void> {
    return this.work;
  }

  private async stand(): Promise<void> {
    if (this.pausedAt !== null) return;
    const { actor, reason } = this.pause.by;
    if (!(await this.store.command(runs.pause, this.record.runId, { actor }))) return;
    this.pausedAt = this.clock.now();
    await this.record.event('paused', { reason }, actor);
  }

  private async goOn(): Promise<void> {
    if (this.pausedAt === null) return;
    const { actor, reason } = this.pause.by;
    const pausedMs = this.clock.now() - this.pausedAt;
    this.pausedAt = null;
    await this.store.command(runs.resume, this.record.runId, { actor });
    await this.record.event('resumed', { reason, paused_ms: pausedMs }, actor);
  }
}
