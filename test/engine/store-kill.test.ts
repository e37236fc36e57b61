import assert from 'node:assert/strict';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { askSqlite, hasNativeSqlite, notesIn, openDatabase, times } from '../support/database';
import { withTemporaryFolder } from '../support/temporary-folder';
import { WriterProcess } from '../support/writer-process';

/** The notes of a copy, after every page of it was looked at, also by native SQLite. */
async function examine(path: string): Promise<string[]> {
  const copy = `${path}.copy`;
  for (const suffix of ['', '-wal', '-journal']) {
    rmSync(copy + suffix, { force: true });
    if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
  }
  if (hasNativeSqlite()) {
    const native = `${path}.native`;
    for (const suffix of ['', '-wal', '-shm']) rmSync(native + suffix, { force: true });
    for (const suffix of ['', '-wal']) {
      if (existsSync(copy + suffix)) copyFileSync(copy + suffix, native + suffix);
    }
    assert.equal(askSqlite(native, 'PRAGMA integrity_check'), 'ok');
  }
  const database = await openDatabase(copy, { thorough: true });
  assert.equal(database.connection.pragma('integrity_check'), 'ok');
  const notes = notesIn(database.connection);
  database.close();
  return notes;
}

describe('killing the process that writes', () => {
  const kills = times(20, 200);

  it(`${kills} times loses nothing that was acknowledged`, () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      if (!hasNativeSqlite())
        process.stdout.write('      no sqlite3 here: checked by ours alone\n');
      let acknowledged: string[] = [];
      for (let kill = 0; kill < kills; kill++) {
        const writer = new WriterProcess(path, `w${kill}`);
        const isEarly = kill % 5 === 4; // while it opens and recovers
        if (isEarly) await delay(300 + Math.random() * 500);
        else {
          const { stored } = await writer.owns();
          assert.ok(stored >= acknowledged.length, 'found when it opened');
          await delay(Math.random() * 150);
        }
        await writer.kill();
        assert.equal(writer.failure, null);
        const notes = await examine(path);
        acknowledged = [...acknowledged, ...writer.acknowledged];
        // What was in the middle of its commit may be there as well: then all of it.
        assert.deepEqual(notes.slice(0, acknowledged.length), acknowledged);
        assert.ok(notes.every((note) => !note.includes('refused')));
        acknowledged = notes;
      }
      assert.ok(acknowledged.length > kills);
    })).timeout(times(180_000, 1_800_000));
});

describe('an owner that was frozen while another took over', () => {
  it('writes nothing when it wakes, and says that it lost the database', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const frozen = new WriterProcess(path, 'frozen', 'realm A');
      await frozen.owns();
      while (frozen.acknowledged.length < 10) await delay(1);
      frozen.freeze();
      const next = new WriterProcess(path, 'next', 'realm B'); // waits for its heartbeat to end
      const { generation } = await next.owns();
      assert.equal(generation, 2);
      while (next.acknowledged.length < 10) await delay(1);
      frozen.wake();
      await frozen.ended();
      assert.ok(frozen.isLost, frozen.failure ?? 'not lost');
      const more = next.acknowledged.length + 10;
      while (next.acknowledged.length < more) await delay(1);
      await next.kill();
      const notes = new Set(await examine(path));
      const missing = [...frozen.acknowledged, ...next.acknowledged].filter(
        (one) => !notes.has(one),
      );
      assert.deepEqual(missing, []);
    })).timeout(60_000);
});
