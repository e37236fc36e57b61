import type { Clock } from '../platform/clock';
import { type Commit, commitTogether, type Submission } from './group-commit';
import type { SqliteConnection } from './sqlite/sqlite-connection';

export interface CommandQueueOptions {
  connection: SqliteConnection;
  clock: Clock;
  newId: () => string;
  /** Called when a transaction is durable; may not throw. */
  onCommitted: (commit: Commit) => void;
  /** The connection failed: nothing more is committed, what is queued stays unanswered. */
  onFailed: (error: unknown) => void;
}

/** One transaction holds the thread for no longer than this many commands take. */
const batchLimit = 1000;

/**
 * Collects commands and commits them together. While a commit blocks the thread for the disk, new
 * ones arrive; all of them become the next transaction, which is what makes many writers fast.
 */
export class CommandQueue {
  private waiting: Submission[] = [];
  private immediate: NodeJS.Immediate | null = null;
  private timer: Disposable | null = null;
  private due = Infinity;
  private stopped = false;

  constructor(private readonly options: CommandQueueOptions) {}

  /** `patience`: milliseconds that the command may wait for company. */
  submit(submission: Submission, patience: number): void {
    this.waiting.push(submission);
    if (patience <= 0) this.flushSoon();
    else this.flushBy(this.options.clock.now() + patience);
  }

  /** Commits everything that waits. */
  flush(): void {
    while (this.waiting.length > 0 && !this.stopped) this.commitBatch();
  }

  /** Commits nothing more: what waits stays unanswered. */
  stop(): void {
    this.stopped = true;
    this.stopTimer();
  }

  // Lets everything that has already arrived be submitted first.
  private flushSoon(): void {
    this.immediate ??= setImmediate(() => {
      this.immediate = null;
      if (this.stopped) return;
      this.commitBatch();
      if (this.waiting.length > 0) this.flushSoon();
    });
  }

  private flushBy(due: number): void {
    if (due >= this.due) return;
    const { clock } = this.options;
    this.timer?.[Symbol.dispose]();
    this.due = due;
    this.timer = clock.after(due - clock.now(), () => this.flush());
  }

  private commitBatch(): void {
    const batch = this.waiting.splice(0, batchLimit);
    if (this.waiting.length === 0) this.stopTimer();
    const { connection, newId, onCommitted, onFailed } = this.options;
    try {
      onCommitted(commitTogether(connection, batch, newId));
    } catch (error) {
      this.stop();
      onFailed(error);
    }
  }

  private stopTimer(): void {
    this.timer?.[Symbol.dispose]();
    this.timer = null;
    this.due = Infinity;
  }
}
