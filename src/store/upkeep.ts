import { statSync } from 'node:fs';
import type { Clock } from '../platform/clock';
import { backupPath } from './backup';
import type { WorkspaceDatabase } from './database';
import { diagnose } from './sqlite/sqlite-error';

export interface UpkeepOptions {
  database: WorkspaceDatabase;
  clock: Clock;
  /** Something could not be done for now (a full disk, say); the work goes on. */
  onWarning: (message: string, error: unknown) => void;
  /** The database is damaged or not ours: the connection is of no more use. */
  onFailed: (error: unknown) => void;
}

const quiet = 2000;
const backupEvery = 60 * 60 * 1000;

/**
 * Folds the WAL into the database when it is large or nothing was committed for two seconds, and
 * then, at most hourly, copies the database to its backup.
 */
export class Upkeep implements Disposable {
  private timer: Disposable | null = null;
  private lastBackup: number;
  /** Then only a pause tries again, not every commit. */
  private checkpointFailed = false;

  constructor(private readonly options: UpkeepOptions) {
    const backup = statSync(backupPath(options.database.path), { throwIfNoEntry: false });
    this.lastBackup = backup?.mtimeMs ?? 0;
  }

  /** Called after each durable transaction, when its answers are out. */
  committed(): void {
    this.timer?.[Symbol.dispose]();
    this.timer = this.options.clock.after(quiet, () => this.tidy());
    if (this.options.database.walIsLarge && !this.checkpointFailed) this.checkpoint();
  }

  [Symbol.dispose](): void {
    this.timer?.[Symbol.dispose]();
  }

  private tidy(): void {
    this.checkpoint();
    if (!this.checkpointFailed) this.backUp();
  }

  private checkpoint(): void {
    this.checkpointFailed = !this.attempt('The database could not take in its WAL.', () =>
      this.options.database.checkpoint(),
    );
  }

  private backUp(): void {
    const { database, clock } = this.options;
    const now = clock.now();
    if (now - this.lastBackup < backupEvery) return;
    this.lastBackup = now; // also when it fails: not again at every pause
    this.attempt('The hourly backup of the database could not be made.', () => database.backUp());
  }

  private attempt(failure: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      const diagnosis = diagnose(error);
      if (diagnosis === 'corrupt' || diagnosis === 'lost') this.options.onFailed(error);
      else this.options.onWarning(failure, error);
      return false;
    }
  }
}
