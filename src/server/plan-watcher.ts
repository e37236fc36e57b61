import { watch, type FSWatcher } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { messageOf } from '../model/errors';
import type { Clock } from '../platform/clock';
import type { Log } from '../platform/log';
import type { PlanLibrary } from '../runs/plan-library';

/** Editors and git write a file in several steps: it is read when they have gone quiet. */
const quietMs = 60;

/** Reads plan files again when they change on the disk; it watches the folders that hold one. */
export class PlanWatcher implements Disposable {
  private readonly folders = new Map<string, FSWatcher>();
  private readonly pending = new Map<string, Disposable>();
  private readonly reads: Disposable;

  constructor(
    private readonly workspace: string,
    private readonly library: PlanLibrary,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.reads = library.onRead(({ files }) => this.watchFoldersOf(files));
    this.watchFolder(workspace);
    for (const { files } of library.all()) this.watchFoldersOf(files);
  }

  [Symbol.dispose](): void {
    this.reads[Symbol.dispose]();
    for (const watcher of this.folders.values()) watcher.close();
    for (const timer of this.pending.values()) timer[Symbol.dispose]();
  }

  private watchFoldersOf(files: readonly string[]): void {
    for (const path of files) this.watchFolder(dirname(this.library.absolute(path)));
  }

  private watchFolder(folder: string): void {
    if (this.folders.has(folder)) return;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name !== null) this.touched(`${folder}${sep}${name}`);
      });
      watcher.on('error', (error) => {
        // The folder is gone, or the system has no watchers left; the clients' events remain.
        this.log.warn('a folder is no longer watched', { folder, reason: error.message });
        this.folders.delete(folder);
        watcher.close();
      });
      this.folders.set(folder, watcher);
    } catch (error) {
      this.log.warn('a folder cannot be watched', { folder, reason: messageOf(error) });
    }
  }

  private touched(absolute: string): void {
    const path = relative(this.workspace, absolute).split(sep).join('/');
    if (!this.library.concerns(path)) return;
    this.pending.get(path)?.[Symbol.dispose]();
    const timer = this.clock.after(quietMs, () => {
      this.pending.delete(path);
      this.library.refresh(path).catch((error: unknown) => {
        this.log.error(`${path} could not be read again`, error);
      });
    });
    this.pending.set(path, timer);
  }
}
