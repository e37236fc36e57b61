import { RunsheetError } from '../../model/errors';
import { type HostCalls, nodeCalls } from './host-calls';

/** Two lock files: the database is ours while `mine` exists and `next` does not. */
export interface Fence {
  readonly mine: string;
  readonly next: string;
}

export interface MountOptions {
  fence?: Fence | undefined;
  readOnly?: boolean;
  calls?: HostCalls;
}

/** What a mount needs of the files that are open in it. */
export interface OpenFile {
  readonly path: string;
  /** True when the path no longer leads to this file. */
  isUnlinked(): boolean;
  close(): void;
}

// A look costs an `fstat` (some 40 µs on newer Linux kernels), so not every commit can afford one.
// It may be this late: a takeover needs a dead socket or 30 s without a heartbeat, and what was
// written to a deleted WAL is still in our open file.
const lookEvery = 200;

/**
 * A database on a real path. Once its files are not ours any more (another engine owns them, or
 * somebody deleted them) the mount is lost for good and refuses every write: before the commit
 * that would be acknowledged, and before the checkpoint that closing would do.
 */
export class Mount {
  readonly calls: HostCalls;
  /** The database and its WAL, while they are open. */
  readonly files = new Set<OpenFile>();
  /** Bytes of the WAL that hold commits not yet checkpointed. */
  walBytes = 0;
  private loss: RunsheetError | null = null;
  private lookedAt = 0;

  constructor(
    readonly path: string,
    private readonly options: MountOptions,
  ) {
    this.calls = options.calls ?? nodeCalls;
  }

  get readOnly(): boolean {
    return this.options.readOnly ?? false;
  }

  /** Why writes are refused; `null` while they are not. */
  get lost(): RunsheetError | null {
    return this.loss;
  }

  /** Throws when the database is not ours. Called before and after whatever changes a file. */
  assertOurs(): void {
    if (this.loss !== null) throw this.loss;
    // Wall-clock time on purpose: it also passes while the machine sleeps.
    const now = Date.now();
    if (now >= this.lookedAt && now - this.lookedAt < lookEvery) return;
    this.lookedAt = now;
    this.loss = this.lookForLoss();
    if (this.loss !== null) throw this.loss;
  }

  private lookForLoss(): RunsheetError | null {
    const { fence } = this.options;
    if (fence && (!this.calls.existsSync(fence.mine) || this.calls.existsSync(fence.next))) {
      return new RunsheetError('ownership_lost', `Another engine has taken over ${this.path}.`);
    }
    const gone = [...this.files].find((file) => file.isUnlinked());
    if (gone === undefined) return null;
    return new RunsheetError('unavailable', `${gone.path} was deleted or replaced while in use.`);
  }
}
