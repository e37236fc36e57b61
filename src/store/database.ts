import { existsSync, statSync } from 'node:fs';
import { RunsheetError } from '../model/errors';
import type { Clock } from '../platform/clock';
import type { Ids } from '../platform/ids';
import { backupPath, backUpTo } from './backup';
import { isWritable } from './database-folder';
import { latestVersion, migrate, schemaVersion } from './migrations/migrate';
import type { Migration } from './migrations/migration';
import { Result } from './sqlite/abi';
import type { HostCalls } from './sqlite/host-calls';
import type { Fence } from './sqlite/mount';
import { type MountedConnection, openMounted } from './sqlite/mounted';
import { assertNoNativeWriter } from './sqlite/native-locks';
import { admitNativeWriters, blockNativeWriters } from './sqlite/shm-guard';
import type { SqliteConnection } from './sqlite/sqlite-connection';
import { SqliteError } from './sqlite/sqlite-error';
import type { NodeVfs } from './sqlite/vfs';

export interface DatabaseOptions {
  path: string;
  migrations: readonly Migration[];
  appVersion: string;
  clock: Clock;
  ids: Ids;
  /** The lock files that make the database ours; without them it is ours for certain (a test). */
  fence?: Fence | undefined;
  /** Looks at every page, as after SQLite reported a damaged one. */
  thorough?: boolean;
  calls?: HostCalls;
}

/** "RUNS": marks the file as ours for `file(1)` and for us. */
const applicationId = 0x52_55_4e_53;
/** The WAL is folded into the database when it passes this. */
const walLimit = 4 * 1024 * 1024;
/** Up to this size every page is looked at on each start; it takes some 30 ms. */
const alwaysCheckedSize = 16 * 1024 * 1024;
const oneDay = 24 * 60 * 60 * 1000;

/**
 * The open database of a workspace, in WAL mode with a sync per commit. There may be only one in a
 * thread's memory per file, and it must be closed or abandoned.
 */
export class WorkspaceDatabase {
  private constructor(
    readonly path: string,
    readonly readOnly: boolean,
    private readonly vfs: NodeVfs,
    private readonly mounted: MountedConnection,
  ) {}

  /**
   * Opens or creates the database and brings its schema up to date. Blocks. Throws
   * `newer_database`, `read_only`, `unavailable`, or a `SqliteError` that diagnoses as corrupt.
   */
  static open(vfs: NodeVfs, options: DatabaseOptions): WorkspaceDatabase {
    const { path, fence, calls } = options;
    const readOnly = !isWritable(path);
    if (readOnly) assertReadable(path);
    else {
      assertNoNativeWriter(path);
      blockNativeWriters(path);
    }
    const mounted = openMounted(vfs, path, { fence, readOnly, ...(calls && { calls }) });
    const database = new WorkspaceDatabase(path, readOnly, vfs, mounted);
    try {
      if (readOnly) database.prepareToRead(options);
      else database.prepareToWrite(options);
      return database;
    } catch (error) {
      database.abandon();
      throw error;
    }
  }

  get connection(): SqliteConnection {
    return this.mounted.connection;
  }

  /** True when the WAL should be folded into the database without waiting for a quiet moment. */
  get walIsLarge(): boolean {
    return this.mounted.mount.walBytes > walLimit;
  }

  /** Copies committed pages from the WAL into the database; the WAL is then written from its start. */
  checkpoint(): void {
    this.connection.exec('PRAGMA wal_checkpoint(PASSIVE)');
    this.mounted.mount.walBytes = 0;
  }

  /** Copies what is committed to the backup. Throws a `SqliteError` when a page cannot be read. */
  backUp(): void {
    this.mounted.mount.assertOurs();
    backUpTo(this.vfs, this.connection, backupPath(this.path));
  }

  /** Leaves a plain SQLite file without others beside it. */
  close(): void {
    try {
      if (!this.readOnly) {
        this.connection.freeStatements();
        this.connection.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE');
      }
      this.mounted.close();
    } finally {
      this.abandon();
    }
  }

  /** Lets go of the files as they are: what is committed is in the WAL, for the next open to find. */
  abandon(): void {
    this.mounted.abandon();
    // After ownership is lost the directory is the new owner's.
    if (!this.readOnly && this.mounted.mount.lost === null) admitNativeWriters(this.path);
  }

  private prepareToWrite(options: DatabaseOptions): void {
    const { connection } = this;
    const { path, migrations } = options;
    // Before anything is read: otherwise SQLite wants shared memory for a WAL.
    connection.exec('PRAGMA locking_mode = EXCLUSIVE');
    const found = this.assertKnown(migrations);
    // Before anything is written: a damaged file is kept as it was found.
    this.assertSound(options.thorough ?? false);
    const mode = connection.pragma('journal_mode = WAL');
    if (mode !== 'wal')
      throw new RunsheetError('unavailable', `${path} has no WAL: ${String(mode)}`);
    connection.exec(`
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
      PRAGMA cache_size = -16384;
      PRAGMA temp_store = MEMORY;
      PRAGMA wal_autocheckpoint = 0`);
    if (found > 0 && found < latestVersion(migrations)) {
      backUpTo(this.vfs, connection, `${path}.version-${found}`);
    }
    if (found === 0) connection.exec(`PRAGMA application_id = ${applicationId}`);
    migrate(connection, migrations, options);
    connection.freeStatements(); // prepared for a schema that has changed since
    this.forgetOldAnswers(options.clock);
  }

  private prepareToRead({ migrations, thorough }: DatabaseOptions): void {
    this.connection.exec('PRAGMA locking_mode = EXCLUSIVE');
    const found = this.assertKnown(migrations);
    this.connection.exec('PRAGMA query_only = ON; PRAGMA temp_store = MEMORY');
    this.assertSound(thorough ?? false);
    if (found === latestVersion(migrations)) return;
    throw new RunsheetError(
      'read_only',
      `${this.path} is of an older version and cannot be written, so it cannot be brought up to ` +
        'date. Allow writing to it and its folder.',
      { path: this.path },
    );
  }

  /** Returns the schema's version; throws when the file is not one that this program can use. */
  private assertKnown(migrations: readonly Migration[]): number {
    const { connection, path } = this;
    const id = connection.pragma('application_id');
    const found = schemaVersion(connection);
    const supported = latestVersion(migrations);
    if (id !== applicationId && (id !== 0 || found !== 0 || connection.hasTables())) {
      throw new RunsheetError(
        'unavailable',
        `${path} is a database of another program. Move it away, and Runsheet makes its own.`,
        { path },
      );
    }
    if (found <= supported) return found;
    throw new RunsheetError(
      'newer_database',
      `${path} was written by a newer Runsheet (schema ${found}; this one knows up to ` +
        `${supported}). Update Runsheet; the file is left as it is.`,
      { path, found, supported },
    );
  }

  private assertSound(thorough: boolean): void {
    if (!thorough && statSync(this.path).size > alwaysCheckedSize) return;
    const answer = this.connection.pragma('quick_check(1)');
    if (answer !== 'ok') throw new SqliteError(Result.corrupt, String(answer), null);
  }

  private forgetOldAnswers(clock: Clock): void {
    const dayAgo = new Date(clock.now() - oneDay).toISOString();
    this.connection.run('DELETE FROM applied_commands WHERE applied_at < ?', dayAgo);
  }
}

function assertReadable(path: string): void {
  if (existsSync(path)) return;
  throw new RunsheetError('read_only', `${path} cannot be created: its folder is read-only.`, {
    path,
  });
}
