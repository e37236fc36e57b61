import assert from 'node:assert/strict';
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { RunsheetError } from '../../../src/model/errors';
import { backupPath } from '../../../src/store/backup';
import type { DatabaseOptions, WorkspaceDatabase } from '../../../src/store/database';
import { prepareDatabaseFolder } from '../../../src/store/database-folder';
import { openOrRecover, type Recovery } from '../../../src/store/recovery';
import { migrations } from '../../../src/store/migrations/all';
import { latestVersion } from '../../../src/store/migrations/migrate';
import { databaseOptions, loadVfs, notesIn, openDatabase, writeNote } from '../../support/database';
import { withLockableFolder } from '../../support/small-disk';
import { withTemporaryFolder } from '../../support/temporary-folder';

async function recover(
  path: string,
  options: Partial<DatabaseOptions> = {},
): Promise<{ database: WorkspaceDatabase; recovery: Recovery | null }> {
  return openOrRecover(await loadVfs(), databaseOptions(path, options));
}

/** A closed database with these notes and a backup made after the first. */
async function prepare(path: string, notes: readonly string[]): Promise<void> {
  const database = await openDatabase(path);
  for (const note of notes) {
    writeNote(database.connection, note);
    if (note === notes[0]) database.backUp();
  }
  database.close();
}

function overwrite(path: string, from: number, length: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, from, from + length);
  writeFileSync(path, bytes);
}

const latest = latestVersion(migrations);

describe('the database of a workspace', () => {
  it('is a plain SQLite file without others beside it when it is closed', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const database = await openDatabase(path);
      writeNote(database.connection, 'one');
      assert.deepEqual(readdirSync(folder).sort(), [
        'runsheet.db',
        'runsheet.db-shm',
        'runsheet.db-wal',
      ]);
      database.close();
      assert.deepEqual(readdirSync(folder), ['runsheet.db']);
      const header = readFileSync(path);
      assert.equal(header.toString('latin1', 0, 15), 'SQLite format 3');
      assert.deepEqual([header[18], header[19]], [1, 1], 'rollback journal, not WAL');
      assert.equal(header.toString('latin1', 68, 72), 'RUNS');
    }));

  it('commits with a sync each, checks foreign keys and has what it had when opened again', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const database = await openDatabase(path);
      writeNote(database.connection, 'one');
      const pragma = (name: string): unknown => database.connection.pragma(name);
      assert.deepEqual(
        [
          pragma('journal_mode'),
          pragma('synchronous'),
          pragma('foreign_keys'),
          pragma('locking_mode'),
        ],
        ['wal', 2, 1, 'exclusive'],
      );
      database.close();
      const again = await openDatabase(path);
      assert.deepEqual(notesIn(again.connection), ['one']);
      again.close();
    }));

  it('finds what was committed after it was abandoned without a close', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const database = await openDatabase(path);
      writeNote(database.connection, 'one');
      database.abandon();
      assert.ok(statSync(`${path}-wal`).size > 0);
      const again = await openDatabase(path);
      assert.deepEqual(notesIn(again.connection), ['one']);
      again.close();
    }));

  it('folds the WAL into the file and starts it anew', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const database = await openDatabase(path);
      for (let note = 0; !database.walIsLarge; note++)
        writeNote(database.connection, `${note}`.repeat(500));
      const size = statSync(`${path}-wal`).size;
      database.checkpoint();
      assert.equal(database.walIsLarge, false);
      writeNote(database.connection, 'one more');
      assert.equal(statSync(`${path}-wal`).size, size, 'written from its start');
      database.close();
    }));

  it('replaces a file where the guard against native writers belongs', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      writeFileSync(`${path}-shm`, 'left by a native program');
      const database = await openDatabase(path);
      assert.ok(statSync(`${path}-shm`).isDirectory());
      database.close();
      assert.equal(existsSync(`${path}-shm`), false);
    }));

  it('refuses the file of a newer version, names both versions and leaves it as it is', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const newer = {
        version: latest + 1,
        name: 'newer',
        sql: 'CREATE TABLE newer (id TEXT) STRICT;',
      };
      (await openDatabase(path, { migrations: [...migrations, newer] })).close();
      const before = readFileSync(path);
      await assert.rejects(recover(path), (error) => {
        assert.ok(RunsheetError.is(error, 'newer_database'));
        assert.deepEqual(error.details, { path, found: latest + 1, supported: latest });
        assert.ok(error.message.includes(path));
        return true;
      });
      assert.deepEqual(readFileSync(path), before);
      assert.deepEqual(readdirSync(folder), ['runsheet.db']);
    }));

  it("refuses another program's database", () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      await prepare(path, ['one']);
      const bytes = readFileSync(path);
      bytes.write('ELSE', 68, 'latin1');
      writeFileSync(path, bytes);
      await assert.rejects(recover(path), (error) => RunsheetError.is(error, 'unavailable'));
      assert.deepEqual(readFileSync(path), bytes);
    }));

  it('copies itself before a migration of an existing file', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      await prepare(path, ['one']);
      const next = {
        version: latest + 1,
        name: 'next',
        sql: 'DROP TRIGGER journal_no_delete; DELETE FROM journal;',
      };
      const database = await openDatabase(path, { migrations: [...migrations, next] });
      assert.deepEqual(notesIn(database.connection), []);
      database.close();
      const copy = await openDatabase(`${path}.version-${latest}`);
      assert.deepEqual(notesIn(copy.connection), ['one']);
      copy.close();
    }));

  it('forgets the answers of commands after a day', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const database = await openDatabase(path);
      const insert = "INSERT INTO applied_commands (key, answer, applied_at) VALUES (?, '{}', ?)";
      const hoursAgo = (hours: number): string =>
        new Date(Date.now() - hours * 3_600_000).toISOString();
      database.connection.run(insert, 'old', hoursAgo(25));
      database.connection.run(insert, 'fresh', hoursAgo(23));
      database.close();
      const again = await openDatabase(path);
      assert.equal(again.connection.run("DELETE FROM applied_commands WHERE key = 'old'"), 0);
      assert.equal(again.connection.run("DELETE FROM applied_commands WHERE key = 'fresh'"), 1);
      again.close();
    }));
});

describe('a database that cannot be read', () => {
  const damages: [string, (path: string) => void][] = [
    ['with a broken header', (path) => overwrite(path, 0, 100)],
    ['with a broken page', (path) => overwrite(path, 4096, 4096)],
    ['cut short', (path) => truncateSync(path, 8192)],
    ['that is no database at all', (path) => writeFileSync(path, 'hello '.repeat(1000))],
  ];
  for (const [what, damage] of damages) {
    it(`${what} is kept aside and its backup takes its place`, () =>
      withTemporaryFolder(async (folder) => {
        const path = join(folder, 'runsheet.db');
        await prepare(path, ['one', 'two']);
        damage(path);
        const damaged = readFileSync(path);
        const { database, recovery } = await recover(path);
        assert.deepEqual(notesIn(database.connection), ['one']);
        database.close();
        assert.ok(recovery?.keptAside);
        assert.match(basename(recovery.keptAside), /^runsheet\.db\.corrupt-\d{8}T\d{9}Z$/);
        assert.deepEqual(readFileSync(recovery.keptAside), damaged);
        assert.equal(recovery.reason, 'corrupt');
        assert.equal(recovery.restoredFrom, backupPath(path));
        assert.equal(recovery.backupTime, statSync(backupPath(path)).mtime.toISOString());
      }));
  }

  it('starts empty and says so when there is no backup', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      await prepare(path, ['one']);
      rmSync(backupPath(path));
      overwrite(path, 0, 100);
      const { database, recovery } = await recover(path);
      assert.deepEqual(notesIn(database.connection), []);
      database.close();
      assert.equal(recovery?.restoredFrom, null);
      assert.ok(recovery.keptAside !== null && existsSync(recovery.keptAside));
    }));

  it('starts empty and keeps both aside when the backup is damaged too', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      await prepare(path, ['one']);
      overwrite(path, 0, 100);
      overwrite(backupPath(path), 4096, 4096);
      const { database, recovery } = await recover(path);
      assert.deepEqual(notesIn(database.connection), []);
      database.close();
      assert.equal(recovery?.restoredFrom, null);
      assert.equal(readdirSync(folder).filter((name) => name.includes('.corrupt-')).length, 2);
    }));

  it('takes its WAL along when it is kept aside', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      await prepare(path, ['one']);
      const database = await openDatabase(path);
      writeNote(database.connection, 'two');
      database.abandon();
      writeFileSync(path, 'no database any more'.repeat(1000));
      const { database: restored, recovery } = await recover(path);
      assert.deepEqual(notesIn(restored.connection), ['one'], 'the old WAL is not replayed');
      restored.close();
      assert.ok(existsSync(`${recovery?.keptAside ?? ''}-wal`));
    }));

  it('that is gone while its backup is not, comes back from it and says so', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      await prepare(path, ['one', 'two']);
      rmSync(path);
      const { database, recovery } = await recover(path);
      assert.deepEqual(notesIn(database.connection), ['one']);
      database.close();
      assert.deepEqual([recovery?.reason, recovery?.keptAside], ['missing', null]);
    }));

  it('is not made up where there never was one', () =>
    withTemporaryFolder(async (folder) => {
      const { database, recovery } = await recover(join(folder, 'runsheet.db'));
      database.close();
      assert.equal(recovery, null);
    }));
});

describe('the folder of the database', () => {
  it('is made with a .gitignore for all of it, which stays as a person changed it', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, '.runsheet', 'runsheet.db');
      prepareDatabaseFolder(path);
      const ignore = join(folder, '.runsheet', '.gitignore');
      assert.equal(readFileSync(ignore, 'utf8'), '*\n');
      writeFileSync(ignore, '*\n!notes\n');
      prepareDatabaseFolder(path);
      assert.equal(readFileSync(ignore, 'utf8'), '*\n!notes\n');
    }));

  it('that cannot be written is refused with the way out', () =>
    withLockableFolder(async (folder, lock) => {
      lock();
      assert.throws(
        () => prepareDatabaseFolder(join(folder, '.runsheet', 'runsheet.db')),
        (error) => RunsheetError.is(error, 'read_only') && error.message.includes(folder),
      );
      await assert.rejects(openDatabase(join(folder, 'runsheet.db')), (error) =>
        RunsheetError.is(error, 'read_only'),
      );
    }));

  it('that became read-only still lets the database be read', () =>
    withLockableFolder(async (folder, lock) => {
      const path = join(folder, 'runsheet.db');
      await prepare(path, ['one', 'two']);
      const before = readFileSync(path);
      lock();
      const database = await openDatabase(path);
      assert.equal(database.readOnly, true);
      assert.deepEqual(notesIn(database.connection), ['one', 'two']);
      assert.throws(() => writeNote(database.connection, 'three'));
      database.close();
      assert.deepEqual(readFileSync(path), before);
    }));

  it('that became read-only after a crash lets what was committed be read', () =>
    withLockableFolder(async (folder, lock) => {
      const path = join(folder, 'runsheet.db');
      await prepare(path, ['one']);
      const crashed = await openDatabase(path);
      writeNote(crashed.connection, 'two');
      crashed.abandon();
      lock();
      const database = await openDatabase(path);
      assert.deepEqual(notesIn(database.connection), ['one', 'two']);
      database.close();
    }));
});
