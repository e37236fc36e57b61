import { dirname } from 'node:path';
import { syncDirectory } from './host-calls';
import type { Mount, OpenFile } from './mount';

const gatherLimit = 256 * 1024;

/**
 * One real file, opened for SQLite.
 *
 * SQLite appends to the WAL in small pieces (a 24-byte header, then a page). When `gather` is set,
 * adjoining writes are gathered and given to the system as one, at the latest before the next sync,
 * read, truncation or question of size. Nothing is acknowledged before that sync.
 */
export class HostFile implements OpenFile {
  private readonly gathered: Uint8Array | null;
  private gatheredBytes = 0;
  private gatheredAt = 0;
  private directoryIsDirty: boolean;

  constructor(
    readonly mount: Mount,
    readonly path: string,
    private readonly descriptor: number,
    private readonly options: { isNew: boolean; gather: boolean },
  ) {
    this.gathered = options.gather ? new Uint8Array(gatherLimit) : null;
    this.directoryIsDirty = options.isNew;
    mount.files.add(this);
  }

  /** Returns how many bytes there were; fewer than asked only at the end of the file. */
  read(target: Uint8Array, position: number): number {
    this.flush();
    let done = 0;
    while (done < target.length) {
      const count = this.mount.calls.readSync(
        this.descriptor,
        target,
        done,
        target.length - done,
        position + done,
      );
      if (count === 0) break;
      done += count;
    }
    return done;
  }

  write(bytes: Uint8Array, position: number): void {
    if (this.gathered === null || bytes.length > gatherLimit) {
      this.flush();
      this.writeThrough(bytes, position);
      return;
    }
    const adjoins = position === this.gatheredAt + this.gatheredBytes;
    if (!adjoins || this.gatheredBytes + bytes.length > gatherLimit) this.flush();
    if (this.gatheredBytes === 0) this.gatheredAt = position;
    this.gathered.set(bytes, this.gatheredBytes);
    this.gatheredBytes += bytes.length;
  }

  truncate(size: number): void {
    this.mount.assertOurs();
    this.flush();
    this.mount.calls.ftruncateSync(this.descriptor, size);
    if (this.options.gather) this.mount.walBytes = size;
  }

  /** Returns when everything written so far survives a power failure. */
  sync(dataOnly: boolean): void {
    const { mount } = this;
    mount.assertOurs();
    this.flush();
    if (dataOnly) mount.calls.fdatasyncSync(this.descriptor);
    else mount.calls.fsyncSync(this.descriptor);
    // The machine may have slept during the sync, and another one may have taken over.
    mount.assertOurs();
    if (this.directoryIsDirty) syncDirectory(dirname(this.path), mount.calls);
    this.directoryIsDirty = false;
  }

  size(): number {
    this.flush();
    return this.mount.calls.fstatSync(this.descriptor).size;
  }

  close(): void {
    const { calls, lost } = this.mount;
    try {
      if (lost === null) this.flush();
    } finally {
      this.mount.files.delete(this);
      calls.closeSync(this.descriptor);
    }
  }

  isUnlinked(): boolean {
    if (process.platform === 'win32') return false; // an open file cannot be deleted there
    const { calls } = this.mount;
    const open = calls.fstatSync(this.descriptor);
    const named = calls.statSync(this.path, { throwIfNoEntry: false });
    return named === undefined || named.ino !== open.ino || named.dev !== open.dev;
  }

  private flush(): void {
    if (this.gathered === null || this.gatheredBytes === 0) return;
    const bytes = this.gathered.subarray(0, this.gatheredBytes);
    // Forgotten even when the write fails (a full disk): SQLite has not counted these frames as
    // written and rolls back. Kept, they would be written over later frames.
    this.gatheredBytes = 0;
    this.writeThrough(bytes, this.gatheredAt);
  }

  private writeThrough(bytes: Uint8Array, position: number): void {
    this.mount.assertOurs();
    let done = 0;
    while (done < bytes.length) {
      done += this.mount.calls.writeSync(
        this.descriptor,
        bytes,
        done,
        bytes.length - done,
        position + done,
      );
    }
    if (this.options.gather) this.mount.walBytes = position + bytes.length;
  }
}
