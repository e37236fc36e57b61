import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RunsheetError } from '../../src/model/errors';
import { backupPath } from '../../src/store/backup';
import {
  askSqlite,
  hasNativeSqlite,
  notesIn,
  openDatabase,
  skipLoudly,
  writeNote,
} from '../support/database';
import { withTemporaryFolder } from '../support/temporary-folder';

const countNotes = "SELECT count(*) FROM journal WHERE entity = 'note'";
const insertNote =
  "INSERT INTO journal (occurred_at, actor, entity, entity_id, action) VALUES ('', 'engine', 'note', 'theirs', 'noted')";

describe('another SQLite program', function () {
  before(function () {
    if (!hasNativeSqlite()) skipLoudly(this, 'there is no sqlite3 program here');
    if (process.platform === 'win32') skipLoudly(this, 'on Windows it cannot open the live file');
  });

  it('reads the live data, cannot write it and leaves the WAL alone', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const database = await openDatabase(path);
      writeNote(database.connection, 'one');
      assert.equal(askSqlite(path, countNotes), '1');
      assert.match(askSqlite(path, insertNote), /readonly database/);
      assert.match(askSqlite(path, 'PRAGMA wal_checkpoint(TRUNCATE)'), /1\||readonly|locked/);
      writeNote(database.connection, 'two');
      assert.equal(askSqlite(path, countNotes), '2');
      assert.ok(existsSync(`${path}-wal`));
      assert.deepEqual(notesIn(database.connection), ['one', 'two']);
      database.close();
    }));

  it('reads and writes the file when it is closed', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const database = await openDatabase(path);
      writeNote(database.connection, 'ours');
      database.close();
      assert.equal(
        askSqlite(path, `PRAGMA integrity_check; ${insertNote}; ${countNotes}`),
        'ok\n2',
      );
      assert.deepEqual(readdirSync(folder), ['runsheet.db']);
      const again = await openDatabase(path);
      assert.deepEqual(notesIn(again.connection), ['ours', 'theirs']);
      again.close();
    }));

  it('that is in the middle of writing is named, and the file is left to it', function () {
    if (process.platform !== 'linux') skipLoudly(this, 'only Linux tells of locks');
    return withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      (await openDatabase(path)).close();
      const program = spawn('sqlite3', ['-batch', path]);
      const began = once(program.stdout, 'data');
      program.stdin.write(`BEGIN IMMEDIATE; ${insertNote}; SELECT 'began';\n`);
      await began;
      await assert.rejects(openDatabase(path), (error) => {
        assert.ok(RunsheetError.is(error, 'unavailable'));
        assert.deepEqual(error.details, { process: program.pid });
        return true;
      });
      const ended = once(program, 'close');
      program.stdin.end('COMMIT;\n');
      await ended;
      const database = await openDatabase(path);
      assert.deepEqual(notesIn(database.connection), ['theirs']);
      database.close();
    });
  }).timeout(20_000);

  it('reads a backup', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const database = await openDatabase(path);
      writeNote(database.connection, 'one');
      database.backUp();
      assert.equal(
        askSqlite(backupPath(path), `PRAGMA integrity_check; PRAGMA journal_mode; ${countNotes}`),
        'ok\ndelete\n1',
      );
      database.close();
    }));
});
