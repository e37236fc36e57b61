import assert from 'node:assert/strict';
import { existsSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { backupPath } from '../../../src/store/backup';
import type { WorkspaceDatabase } from '../../../src/store/database';
import { diagnose } from '../../../src/store/sqlite/sqlite-error';
import { Upkeep } from '../../../src/store/upkeep';
import { notesIn, openDatabase, writeNote } from '../../support/database';
import { FakeClock } from '../../support/fake-clock';
import { interceptedCalls, systemError } from '../../support/host-calls';
import { withTemporaryFolder } from '../../support/temporary-folder';

interface Setting {
  path: string;
  database: WorkspaceDatabase;
  clock: FakeClock;
  upkeep: Upkeep;
  note: (text: string) => void;
  warnings: string[];
  failures: unknown[];
  disk: { broken: boolean };
}

async function withUpkeep(work: (setting: Setting) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, 'runsheet.db');
    const disk = { broken: false };
    const calls = interceptedCalls((name, [descriptor]) => {
      if (disk.broken && name === 'writeSync' && descriptor !== undefined)
        throw systemError('ENOSPC');
    });
    const database = await openDatabase(path, { calls });
    const clock = new FakeClock(Date.now());
    const warnings: string[] = [];
    const failures: unknown[] = [];
    const upkeep = new Upkeep({
      database,
      clock,
      onWarning: (message) => warnings.push(message),
      onFailed: (error) => failures.push(error),
    });
    const note = (text: string): void => {
      writeNote(database.connection, text);
      upkeep.committed();
    };
    await work({ path, database, clock, upkeep, note, warnings, failures, disk });
    upkeep[Symbol.dispose]();
    database.close();
  });
}

const inFile = (path: string, text: string): boolean => readFileSync(path).includes(text);

async function notesOfBackup(path: string): Promise<string[]> {
  const backup = await openDatabase(backupPath(path));
  const notes = notesIn(backup.connection);
  backup.close();
  return notes;
}

describe('the upkeep of the database', () => {
  it('folds the WAL into the file after two seconds without a commit', () =>
    withUpkeep(async ({ path, clock, note }) => {
      note('the first note');
      await clock.pass(1500);
      note('the second note');
      await clock.pass(1999);
      assert.equal(inFile(path, 'the first note'), false);
      await clock.pass(1);
      assert.ok(inFile(path, 'the first note') && inFile(path, 'the second note'));
    }));

  it('folds a large WAL into the file at once', () =>
    withUpkeep(async ({ database, path, note }) => {
      note('the first note');
      for (let number = 0; number < 20_000 && !inFile(path, 'the first note'); number++) {
        note(`${number} `.repeat(2000));
      }
      assert.ok(inFile(path, 'the first note'));
      assert.equal(database.walIsLarge, false);
    })).timeout(20_000);

  it('makes a backup at the first pause and then hourly while there are changes', () =>
    withUpkeep(async ({ path, clock, note }) => {
      assert.equal(existsSync(backupPath(path)), false);
      note('one');
      await clock.pass(2000);
      assert.deepEqual(await notesOfBackup(path), ['one']);
      note('two');
      await clock.pass(50 * 60_000);
      assert.deepEqual(await notesOfBackup(path), ['one']);
      note('three');
      await clock.pass(10 * 60_000);
      note('four');
      await clock.pass(2000);
      assert.deepEqual(await notesOfBackup(path), ['one', 'two', 'three', 'four']);
    }));

  it('does not back up again what another start backed up within the hour', () =>
    withUpkeep(async ({ path, database, clock, note }) => {
      note('one');
      await clock.pass(2000);
      const now = clock.now() / 1000;
      utimesSync(backupPath(path), now, now);
      const options = { onWarning: () => undefined, onFailed: () => undefined };
      const next = new Upkeep({ database, clock, ...options });
      writeNote(database.connection, 'two');
      next.committed();
      await clock.pass(2000);
      assert.deepEqual(await notesOfBackup(path), ['one']);
      next[Symbol.dispose]();
    }));

  it('warns when the WAL cannot be taken in, and takes it in when there is room', () =>
    withUpkeep(async ({ path, clock, note, warnings, failures, disk }) => {
      note('one note');
      disk.broken = true;
      await clock.pass(2000);
      assert.deepEqual(warnings, ['The database could not take in its WAL.']);
      assert.equal(existsSync(backupPath(path)), false);
      disk.broken = false;
      note('another note');
      await clock.pass(2000);
      assert.ok(inFile(path, 'one note') && inFile(path, 'another note'));
      assert.deepEqual(failures.map(diagnose), []);
    }));
});
