import { constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errorCode } from '../../platform/files';
import { Access, Open, Result, Vfs } from './abi';
import { FileTable } from './file-methods';
import { syncDirectory, whenFree } from './host-calls';
import { HostFile } from './host-file';
import { Mount, type MountOptions } from './mount';
import type { SqliteRuntime } from './runtime';

/** The real file that a name in SQLite leads to. */
interface Target {
  mount: Mount;
  path: string;
  isWal: boolean;
}

type DefaultFunction = (...args: number[]) => number;

/**
 * SQLite's file system for mounted databases: real files through node:fs.
 *
 * The default VFS of sql.js is patched in place. A name that belongs to no mount goes to the
 * function that was there before, so that sql.js's own scratch files stay in its memory and SQL
 * such as `ATTACH '/etc/passwd'` reaches no real file.
 *
 * There is no shared memory and no locking. SQLite permits WAL like this when
 * `locking_mode=EXCLUSIVE` is set before the first read and there is a single connection. ATTACH is
 * not for use: a commit over several files would not be atomic.
 */
export class NodeVfs {
  private static readonly installed = new WeakMap<SqliteRuntime, NodeVfs>();

  private readonly mounts = new Map<string, Mount>();
  private readonly files: FileTable;
  /** The mount whose main database SQLite is about to open, under a name it made up. */
  private arriving: Mount | null = null;
  private namesGiven = 0;

  private constructor(readonly runtime: SqliteRuntime) {
    const address = runtime.findDefaultVfs();
    this.files = new FileTable(runtime);
    this.patchOpen(address);
    this.patchDelete(address);
    this.patchAccess(address);
  }

  /** The VFS of this runtime. Throws when sql.js is not built as expected. */
  static of(runtime: SqliteRuntime): NodeVfs {
    const vfs = NodeVfs.installed.get(runtime) ?? new NodeVfs(runtime);
    NodeVfs.installed.set(runtime, vfs);
    return vfs;
  }

  /** Calls `open`, which opens one database: its main file is the real one at `path`. */
  mount<T>(path: string, options: MountOptions, open: () => T): { mount: Mount; opened: T } {
    const mount = new Mount(resolve(path), options);
    this.arriving = mount;
    try {
      return { mount, opened: open() };
    } finally {
      this.arriving = null;
    }
  }

  /** Forgets the mount. Files that SQLite could not close (it may not write) are closed as is. */
  unmount(mount: Mount): void {
    for (const [name, other] of this.mounts) if (other === mount) this.mounts.delete(name);
    for (const file of [...mount.files]) this.files.close(file);
  }

  /** Calls `use` with a name that leads to the real `path`, for `VACUUM INTO`. */
  withName(path: string, use: (name: string) => void): void {
    const mount = new Mount(resolve(path), {});
    const name = `/named-${++this.namesGiven}`;
    this.mounts.set(name, mount);
    try {
      use(name);
    } finally {
      this.unmount(mount);
    }
  }

  /** What went wrong behind SQLite's last "disk I/O error"; asking forgets it. */
  takeFailure(): unknown {
    return this.files.takeFailure();
  }

  private patchOpen(vfs: number): void {
    const { memory } = this.runtime;
    this.patch(vfs, Vfs.open, 'iiiiii', Result.cantOpen, (original) => (...args) => {
      const [, nameAddress = 0, fileAddress = 0, flags = 0, outFlags = 0] = args;
      const name = nameAddress === 0 ? null : this.runtime.text(nameAddress);
      const target = name === null ? null : this.targetToOpen(name, flags);
      if (target === null) return original(...args);
      memory.setUint32(fileAddress, 0); // "no methods" tells SQLite not to close it, if this throws
      const { file, readOnly } = openTarget(target, flags);
      this.files.open(fileAddress, file);
      const granted = readOnly ? (flags & ~(Open.readWrite | Open.create)) | Open.readOnly : flags;
      if (outFlags !== 0) memory.setUint32(outFlags, granted);
      return Result.ok;
    });
  }

  private patchDelete(vfs: number): void {
    this.patch(vfs, Vfs.delete, 'iiii', Result.ioErrorDelete, (original) => (...args) => {
      const [, nameAddress = 0, syncAfter = 0] = args;
      const target = this.target(this.runtime.text(nameAddress));
      if (target === null) return original(...args);
      const { mount, path } = target;
      mount.assertOurs();
      try {
        whenFree(() => mount.calls.unlinkSync(path));
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return Result.ioErrorDeleteNoEntry;
        throw error;
      }
      if (syncAfter !== 0) syncDirectory(dirname(path), mount.calls);
      return Result.ok;
    });
  }

  private patchAccess(vfs: number): void {
    this.patch(vfs, Vfs.access, 'iiiii', Result.ioErrorAccess, (original) => (...args) => {
      const [, nameAddress = 0, question = 0, out = 0] = args;
      const target = this.target(this.runtime.text(nameAddress));
      if (target === null) return original(...args);
      this.runtime.memory.setUint32(out, mayAccess(target, question) ? 1 : 0);
      return Result.ok;
    });
  }

  private patch(
    vfs: number,
    offset: number,
    signature: string,
    failureCode: number,
    make: (original: DefaultFunction) => DefaultFunction,
  ): void {
    const { memory, sql } = this.runtime;
    const original = this.runtime.nativeFunction(memory.uint32(vfs + offset));
    const patched = this.files.guarded(failureCode, make(original));
    memory.setUint32(vfs + offset, sql.addFunction(patched, signature));
  }

  private targetToOpen(name: string, flags: number): Target | null {
    if (this.arriving !== null && (flags & Open.mainDatabase) !== 0) {
      this.mounts.set(name, this.arriving);
      this.arriving = null;
    }
    return this.target(name);
  }

  private target(name: string): Target | null {
    for (const suffix of ['', '-wal', '-journal']) {
      if (!name.endsWith(suffix)) continue;
      const mount = this.mounts.get(name.slice(0, name.length - suffix.length));
      if (mount) return { mount, path: mount.path + suffix, isWal: suffix === '-wal' };
    }
    return null;
  }
}

function openTarget(target: Target, flags: number): { file: HostFile; readOnly: boolean } {
  const { mount, path, isWal } = target;
  const { calls } = mount;
  const readOnly = mount.readOnly || (flags & Open.readWrite) === 0;
  const isNew = !calls.existsSync(path);
  const mode = readOnly
    ? constants.O_RDONLY
    : constants.O_RDWR |
      ((flags & Open.create) === 0 ? 0 : constants.O_CREAT) |
      ((flags & Open.exclusive) === 0 ? 0 : constants.O_EXCL);
  const descriptor = whenFree(() => calls.openSync(path, mode, 0o644));
  return { file: new HostFile(mount, path, descriptor, { isNew, gather: isWal }), readOnly };
}

function mayAccess({ mount, path }: Target, question: number): boolean {
  if (question === Access.exists) {
    const found = mount.calls.statSync(path, { throwIfNoEntry: false });
    // An empty journal is none.
    return found !== undefined && (!found.isFile() || found.size > 0);
  }
  try {
    const write = question === Access.readWrite ? constants.W_OK : 0;
    mount.calls.accessSync(path, constants.R_OK | write);
    return true;
  } catch {
    return false;
  }
}
