import { z } from 'zod';
import { NodeFiles, type FileKind } from '../../../src/platform/files';
import type { Change, Command, Query } from '../../../src/store/command';
import { runs } from '../../../src/store/repositories/runs';
import type { CommandOptions, Store } from '../../../src/store/store';
import type { InMemoryStore } from '../in-memory-store';

const text = z.string();

/** The store, seen by somebody who looks at each run that is begun. */
export class Watch {
  readonly files = new WatchedFiles();
  /** How many commands the store was given. */
  written = 0;
  onDispatch: (subtaskId: string) => void = () => undefined;
  /** What was found too late to be thrown where it happened. */
  fault: unknown = null;

  /** Whether a file is being read or written, by the product or by a fake. */
  get isBusy(): boolean {
    const requests = process.getActiveResourcesInfo();
    return this.files.isBusy || requests.some((name) => name.startsWith('FSReq'));
  }

  over(store: InMemoryStore): Store {
    return new WatchedStore(store, this);
  }
}

/** Files of which it is known whether one is being read or written. */
class WatchedFiles extends NodeFiles {
  private pending = 0;

  get isBusy(): boolean {
    return this.pending > 0;
  }

  override read(path: string): Promise<Uint8Array> {
    return this.during(super.read(path));
  }

  override write(path: string, bytes: Uint8Array): Promise<void> {
    return this.during(super.write(path, bytes));
  }

  override kind(path: string): Promise<FileKind | null> {
    return this.during(super.kind(path));
  }

  override list(path: string): Promise<{ name: string; kind: FileKind }[]> {
    return this.during(super.list(path));
  }

  override resolve(path: string): Promise<string | null> {
    return this.during(super.resolve(path));
  }

  private async during<T>(work: Promise<T>): Promise<T> {
    this.pending += 1;
    try {
      return await work;
    } finally {
      this.pending -= 1;
    }
  }
}

class WatchedStore implements Store {
  constructor(
    private readonly store: InMemoryStore,
    private readonly watch: Watch,
  ) {}

  command<I, O>(command: Command<I, O>, input: I, options: CommandOptions): Promise<O> {
    this.watch.written += 1;
    const before = this.live();
    // The store in memory has applied it when this returns.
    const answer = this.store.command(command, input, options);
    if (command.name !== runs.dispatch.name) return answer;
    const begun = this.live().find((id) => !before.includes(id));
    if (begun !== undefined) this.watch.onDispatch(begun);
    return answer;
  }

  query<I, O>(query: Query<I, O>, input: I): Promise<O> {
    return this.store.query(query, input);
  }

  onChanges(listener: (changes: readonly Change[]) => void): Disposable {
    return this.store.onChanges(listener);
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private live(): string[] {
    const row = z.object({ subtask_id: text });
    const sql = "SELECT subtask_id FROM runs WHERE state <> 'ended'";
    return this.store.connection.all(row, sql).map(({ subtask_id: id }) => id);
  }
}
