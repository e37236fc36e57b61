import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { RunsheetError } from '../../../src/model/errors';
import { type HostCalls, nodeCalls } from '../../../src/store/sqlite/host-calls';
import { type MountedConnection, openMounted } from '../../../src/store/sqlite/mounted';
import { checkVfs } from '../../../src/store/sqlite/self-check';
import { diagnose } from '../../../src/store/sqlite/sqlite-error';
import type { NodeVfs } from '../../../src/store/sqlite/vfs';
import { loadVfs } from '../../support/database';
import { interceptedCalls, systemError } from '../../support/host-calls';
import { withTemporaryFolder } from '../../support/temporary-folder';

const count = z.object({ count: z.number() });

function openWal(vfs: NodeVfs, path: string, calls: HostCalls = nodeCalls): MountedConnection {
  const mounted = openMounted(vfs, path, { calls });
  mounted.connection.exec(`
    PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 0; CREATE TABLE IF NOT EXISTS words (word TEXT)`);
  return mounted;
}

describe('SQLite on real files', () => {
  let vfs: NodeVfs;
  before(async () => {
    vfs = await loadVfs();
  });

  it('passes its own check at the start and leaves no scratch file', () =>
    withTemporaryFolder(async (folder) => {
      checkVfs(vfs, join(folder, 'scratch.db'));
      assert.deepEqual(readdirSync(folder), []);
    }));

  it('fails its check with a reason when the folder is missing', () =>
    withTemporaryFolder(async (folder) => {
      assert.throws(
        () => checkVfs(vfs, join(folder, 'missing', 'scratch.db')),
        (error) => RunsheetError.is(error, 'unavailable') && error.message.includes('scratch.db'),
      );
    }));

  it('has a commit in the WAL when the statement returns', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'a.db');
      const mounted = openWal(vfs, path);
      mounted.connection.run('INSERT INTO words VALUES (?)', 'committed');
      assert.ok(readFileSync(`${path}-wal`).includes('committed'));
      mounted.close();
      const again = openWal(vfs, path);
      assert.deepEqual(again.connection.get(count, 'SELECT count(*) count FROM words'), {
        count: 1,
      });
      again.close();
    }));

  it('syncs once and writes once for a small transaction', () =>
    withTemporaryFolder(async (folder) => {
      const made: string[] = [];
      const counting = interceptedCalls((name) => {
        if (name === 'writeSync') made.push('write');
        if (name === 'fsyncSync' || name === 'fdatasyncSync') made.push('sync');
      });
      const mounted = openWal(vfs, join(folder, 'a.db'), counting);
      mounted.connection.run('INSERT INTO words VALUES (?)', 'first');
      made.length = 0;
      mounted.connection.run('INSERT INTO words VALUES (?)', 'second');
      assert.deepEqual(made, ['write', 'sync']);
      mounted.close();
    }));

  it('keeps a transaction larger than its cache, and one that is rolled back out', () =>
    withTemporaryFolder(async (folder) => {
      const mounted = openWal(vfs, join(folder, 'a.db'));
      const { connection } = mounted;
      connection.exec('PRAGMA cache_size = 10');
      const fill = (): void => {
        for (let row = 0; row < 3000; row++) {
          connection.run('INSERT INTO words VALUES (?)', `${row} `.repeat(100));
        }
      };
      connection.transaction(fill);
      assert.throws(() =>
        connection.transaction(() => {
          fill();
          throw new Error('no');
        }),
      );
      assert.deepEqual(connection.get(count, 'SELECT count(*) count FROM words'), { count: 3000 });
      assert.equal(connection.pragma('integrity_check'), 'ok');
      mounted.close();
    }));

  it('reaches no real file from SQL', () =>
    withTemporaryFolder(async (folder) => {
      const secret = join(folder, 'secret.db');
      writeFileSync(secret, 'not yours');
      const mounted = openWal(vfs, join(folder, 'a.db'));
      assert.throws(() => mounted.connection.exec(`ATTACH '${secret}' AS other`), /unable to open/);
      assert.equal(readFileSync(secret, 'utf8'), 'not yours');
      mounted.close();
    }));

  it('answers a full disk with an error, keeps what was committed and goes on when there is room', () =>
    withTemporaryFolder(async (folder) => {
      let full = false;
      const failing = interceptedCalls((name) => {
        if (full && name === 'writeSync') throw systemError('ENOSPC');
      });
      const mounted = openWal(vfs, join(folder, 'a.db'), failing);
      const { connection } = mounted;
      connection.run('INSERT INTO words VALUES (?)', 'kept');
      full = true;
      assert.throws(
        () => connection.run('INSERT INTO words VALUES (?)', 'lost'),
        (error) => diagnose(error) === 'disk' && /full/.test(String(error)),
      );
      assert.deepEqual(connection.get(count, 'SELECT count(*) count FROM words'), { count: 1 });
      full = false;
      connection.run('INSERT INTO words VALUES (?)', 'also kept');
      assert.deepEqual(connection.get(count, 'SELECT count(*) count FROM words'), { count: 2 });
      assert.equal(connection.pragma('integrity_check'), 'ok');
      mounted.close();
    }));

  it('does not report a commit whose sync failed', () =>
    withTemporaryFolder(async (folder) => {
      let broken = false;
      const failing = interceptedCalls((name) => {
        if (broken && (name === 'fsyncSync' || name === 'fdatasyncSync')) throw systemError('EIO');
      });
      const mounted = openWal(vfs, join(folder, 'a.db'), failing);
      broken = true;
      assert.throws(
        () => mounted.connection.run('INSERT INTO words VALUES (?)', 'lost'),
        (error) => diagnose(error) === 'disk',
      );
      mounted.abandon();
    }));

  it('writes nothing more once another owner has come', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'a.db');
      const fence = { mine: join(folder, '1'), next: join(folder, '2') };
      writeFileSync(fence.mine, '');
      const mounted = openMounted(vfs, path, { fence });
      mounted.connection.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL');
      mounted.connection.exec('CREATE TABLE words (word TEXT)');
      writeFileSync(fence.next, '');
      // The look is at most every 200 ms.
      const deadline = Date.now() + 5000;
      let refusal: unknown;
      while (refusal === undefined && Date.now() < deadline) {
        try {
          mounted.connection.run('INSERT INTO words VALUES (?)', 'mine');
        } catch (error) {
          refusal = error;
        }
      }
      assert.equal(diagnose(refusal), 'lost');
      const before = [readFileSync(path), readFileSync(`${path}-wal`)];
      mounted.close(); // would checkpoint
      assert.deepEqual([readFileSync(path), readFileSync(`${path}-wal`)], before);
    }));

  it('stops writing when its WAL was deleted', function () {
    if (process.platform === 'win32') this.skip();
    return withTemporaryFolder(async (folder) => {
      const path = join(folder, 'a.db');
      const mounted = openWal(vfs, path);
      mounted.connection.run('INSERT INTO words VALUES (?)', 'kept');
      nodeCalls.unlinkSync(`${path}-wal`);
      const deadline = Date.now() + 5000;
      let refusal: unknown;
      while (refusal === undefined && Date.now() < deadline) {
        try {
          mounted.connection.run('INSERT INTO words VALUES (?)', 'not kept');
        } catch (error) {
          refusal = error;
        }
      }
      assert.match(String(refusal), /disk I\/O error/);
      mounted.abandon();
      assert.ok(!existsSync(`${path}-wal`));
    });
  });
});
