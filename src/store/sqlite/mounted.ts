import type { MountOptions, Mount } from './mount';
import { openDatabase, SqliteConnection } from './sqlite-connection';
import type { NodeVfs } from './vfs';

/** A connection to a real file. */
export interface MountedConnection {
  readonly connection: SqliteConnection;
  readonly mount: Mount;
  /** Closes whatever still can be; throws what SQLite said about it. */
  close(): void;
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
  };
}
