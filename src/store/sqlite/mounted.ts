import type { MountOptions, Mount } from './mount';
import { openDatabase, SqliteConnection } from './sqlite-connection';
import type { NodeVfs } from './vfs';

/** A connection to a real file. */
export interface MountedConnection {
  readonly connection: SqliteConnection;
  readonly mount: Mount;
  close(): void;
  /**
   * Closes the files and leaves SQLite's own state as it is: for a connection that failed, whose
   * memory may not be trusted to write.
   */
  abandon(): void;
}

export function openMounted(vfs: NodeVfs, path: string, options: MountOptions): MountedConnection {
  // The empty image makes sql.js create the scratch file that its own close() wants to delete.
  const { mount, opened } = vfs.mount(path, options, () =>
    openDatabase(vfs.runtime.sql, () => vfs.takeFailure(), new Uint8Array(0)),
  );
  const connection = new SqliteConnection(opened);
  return {
    connection,
    mount,
    close: () => {
      try {
        connection.close();
      } finally {
        vfs.unmount(mount);
      }
    },
    abandon: () => {
      vfs.unmount(mount);
    },
  };
}
