import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../../bench/random';
import { loadVfs, notesIn, openDatabase, times, writeNote } from '../../support/database';
import { RecordedDisk } from '../../support/power-loss';
import { withTemporaryFolder } from '../../support/temporary-folder';

function filesOf(path: string): string[] {
  return [path, `${path}-wal`, `${path}-journal`];
}

/** Opens what a failure left, looks at every page and returns the notes. */
async function notesAfter(path: string): Promise<string[]> {
  const database = await openDatabase(path, { thorough: true });
  assert.equal(database.connection.pragma('integrity_check'), 'ok');
  const notes = notesIn(database.connection);
  database.close();
  return notes;
}

/** Commits of all sizes, with a small cache, so that pages reach the WAL before their commit. */
async function workload(
  path: string,
  synchronous: 'FULL' | 'OFF',
): Promise<{ disk: RecordedDisk; stored: number }> {
  (await openDatabase(path)).close();
  const disk = new RecordedDisk(filesOf(path));
  const database = await openDatabase(path, { calls: disk.calls });
  database.connection.exec(`PRAGMA cache_size = 10; PRAGMA synchronous = ${synchronous}`);
  const random = seededRandom(20_260_101);
  let stored = 0;
  for (let round = 0; round < 60; round++) {
    const together = random() < 0.1 ? 60 : 1 + Math.floor(random() * 5);
    database.connection.transaction(() => {
      for (let one = 0; one < together; one++) writeNote(database.connection, `${++stored}`);
    });
    disk.acknowledge(stored);
    if (round % 15 === 14) database.checkpoint();
  }
  database.abandon();
  return { disk, stored };
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${index + 1}`);
}

describe('a failure of power or disk', () => {
  before(() => loadVfs());

  it('at any moment leaves a sound database with every acknowledged commit', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const { disk, stored } = await workload(path, 'FULL');
      const random = seededRandom(20_260_102);
      let unfinished = 0;
      for (let state = 0; state < times(60, 1500); state++) {
        const acknowledged = disk.failPower(random);
        const notes = await notesAfter(path);
        assert.deepEqual(notes, numbers(notes.length), 'a prefix of the commits');
        assert.ok(notes.length >= acknowledged, `${notes.length} of ${acknowledged} acknowledged`);
        if (acknowledged < stored) unfinished++;
      }
      assert.ok(unfinished > 0, 'power failed in the middle');
    })).timeout(times(60_000, 600_000));

  it('would be noticed by these tests if commits were not synced', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const { disk } = await workload(path, 'OFF');
      const random = seededRandom(20_260_104);
      let harmed = 0;
      for (let state = 0; state < 30; state++) {
        const acknowledged = disk.failPower(random);
        const notes = await notesAfter(path).catch(() => []);
        if (notes.length < acknowledged) harmed++;
      }
      assert.ok(harmed > 3, `${harmed} of 30`);
    })).timeout(60_000);

  it('that tears the WAL costs nothing before the tear', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      (await openDatabase(path)).close();
      const database = await openDatabase(path);
      /** How long the WAL was after each commit. */
      const ends = [0];
      for (const note of numbers(80)) {
        writeNote(database.connection, note);
        ends.push(statSync(`${path}-wal`).size);
      }
      database.abandon();
      copyFileSync(path, `${path}.before`);
      const wal = readFileSync(`${path}-wal`);

      const random = seededRandom(20_260_103);
      const tears: ((from: number) => Buffer)[] = [
        (from) => wal.subarray(0, from),
        (from) => flipped(wal, from, random),
        (from) => Buffer.from(wal).fill(0, from, from + 4096),
      ];
      for (let tear = 0; tear < times(45, 900); tear++) {
        const from = Math.floor(random() * wal.length);
        const torn = tears[tear % tears.length]!(from);
        for (const file of filesOf(path)) rmSync(file, { force: true });
        copyFileSync(`${path}.before`, path);
        writeFileSync(`${path}-wal`, torn);
        const notes = await notesAfter(path);
        const whole = ends.findLastIndex((end) => end <= from);
        assert.deepEqual(notes, numbers(notes.length));
        assert.ok(notes.length >= whole, `${notes.length} of ${whole} before the tear`);
      }
    })).timeout(times(60_000, 600_000));
});

function flipped(bytes: Buffer, from: number, random: () => number): Buffer {
  const result = Buffer.from(bytes);
  for (let flip = 0; flip < 4; flip++) {
    const at = Math.min(bytes.length - 1, from + Math.floor(random() * 4096));
    result.writeUInt8(result.readUInt8(at) ^ (1 + Math.floor(random() * 255)), at);
  }
  return result;
}
