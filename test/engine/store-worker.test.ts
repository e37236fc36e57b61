import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { RunsheetError } from '../../src/model/errors';
import type { Log } from '../../src/platform/log';
import { type Change, command, query } from '../../src/store/command';
import type { Recovery } from '../../src/store/recovery';
import type { WorkerStore } from '../../src/store/worker-store';
import { addNote, readNotes, skipLoudly } from '../support/database';
import { wasmFile } from '../support/in-memory-store';
import { whyNoMounts, withSmallDisk } from '../support/small-disk';
import { withTemporaryFolder } from '../support/temporary-folder';
import { openWorkerStore } from '../support/worker-store';

const engine = { actor: 'engine' };

/** Stores notes until one is refused; returns why. */
async function noteUntilRefused(
  store: WorkerStore,
  size: number,
  limit: number,
): Promise<{ stored: string[]; refusal: unknown }> {
  const stored: string[] = [];
  for (let number = 0; number < limit; number++) {
    const note = `${number}`.padEnd(size, 'x');
    try {
      await store.command(addNote, { note }, engine);
      stored.push(note);
    } catch (refusal) {
      return { stored, refusal };
    }
  }
  return { stored, refusal: null };
}

function recordingLog(): { log: Log; errors: string[] } {
  const errors: string[] = [];
  const log: Log = {
    info: () => undefined,
    warn: () => undefined,
    error: (message) => void errors.push(message),
  };
  return { log, errors };
}

describe('the store in its thread', function () {
  this.timeout(30_000);

  it('makes its folder, answers commands and queries and leaves a plain file', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, '.runsheet', 'runsheet.db');
      const store = await openWorkerStore(path);
      const before = new Date().toISOString();
      const answer = await store.command(addNote, { note: 'one' }, engine);
      assert.equal(answer.note, 'one');
      assert.ok(answer.time >= before, "the engine's time");
      assert.deepEqual(await store.query(readNotes, null), ['one']);
      await store.close();
      assert.deepEqual(readdirSync(join(folder, '.runsheet')).sort(), [
        '.gitignore',
        'runsheet.db',
      ]);
    }));

  it('tells what changed after the answer, and not what was refused', () =>
    withTemporaryFolder(async (folder) => {
      const store = await openWorkerStore(join(folder, 'runsheet.db'));
      const heard: (readonly Change[])[] = [];
      const listening = store.onChanges((changes) => heard.push(changes));
      await store.command(addNote, { note: 'one' }, engine);
      await assert.rejects(store.command(addNote, { note: 'two', refuse: true }, engine));
      await store.query(readNotes, null);
      assert.deepEqual(heard, [[{ entity: 'plan', id: 'one' }]]);
      listening[Symbol.dispose]();
      await store.command(addNote, { note: 'three' }, engine);
      assert.equal(heard.length, 1);
      await store.close();
    }));

  it("carries a command's error across with its code and details", () =>
    withTemporaryFolder(async (folder) => {
      const store = await openWorkerStore(join(folder, 'runsheet.db'));
      await assert.rejects(
        store.command(addNote, { note: 'one', refuse: true }, engine),
        (error) => {
          assert.ok(RunsheetError.is(error, 'validation'));
          assert.equal(error.message, 'one is refused');
          assert.deepEqual(error.details, { note: 'one' });
          return true;
        },
      );
      await store.close();
    }));

  it('calls what is missing in the registry, or cannot be sent, a bug and goes on', () =>
    withTemporaryFolder(async (folder) => {
      const { log, errors } = recordingLog();
      const store = await openWorkerStore(join(folder, 'runsheet.db'), { log });
      const unknown = command('test.unknown', (_tx, _input: unknown) => null);
      await assert.rejects(store.command(unknown, null, engine), (error) =>
        RunsheetError.is(error, 'internal'),
      );
      await assert.rejects(
        store.query(
          query('test.unknown', () => null),
          null,
        ),
        /registry/,
      );
      assert.equal(errors.length, 2);
      await assert.rejects(
        store.command(unknown, () => 'no clone', engine),
        /could not be cloned/,
      );
      await store.command(addNote, { note: 'one' }, engine);
      await store.close();
    }));

  it('answers everything that was asked before it closes, and refuses what comes later', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const store = await openWorkerStore(path);
      const asked = Array.from({ length: 50 }, (_, index) =>
        store.command(
          addNote,
          { note: `${index}` },
          { ...engine, patience: index % 2 === 0 ? 50 : 0 },
        ),
      );
      const closing = store.close();
      await assert.rejects(store.query(readNotes, null), /closed/);
      assert.equal((await Promise.all(asked)).length, 50);
      await closing;
      const again = await openWorkerStore(path);
      assert.equal((await again.query(readNotes, null)).length, 50);
      await again.close();
    }));

  it('says why it cannot be opened', () =>
    withTemporaryFolder(async (folder) => {
      const fence = { mine: join(folder, 'mine'), next: join(folder, 'next') };
      const settings = { databasePath: join(folder, 'a.db'), wasmFile, appVersion: 'test', fence };
      await assert.rejects(openWorkerStore(settings.databasePath, { settings }), (error) =>
        RunsheetError.is(error, 'ownership_lost'),
      );
    }));

  it('refuses everything once another engine owns the database, and writes nothing more', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const fence = { mine: join(folder, 'mine'), next: join(folder, 'next') };
      writeFileSync(fence.mine, '');
      let lost = 0;
      const store = await openWorkerStore(path, {
        settings: { databasePath: path, wasmFile, appVersion: 'test', fence },
        onOwnershipLost: () => lost++,
      });
      await store.command(addNote, { note: 'mine' }, engine);
      writeFileSync(fence.next, '');
      const { refusal } = await noteUntilRefused(store, 10, 100_000);
      assert.ok(RunsheetError.is(refusal, 'ownership_lost'));
      assert.equal(lost, 1);
      const before = [path, `${path}-wal`].map((file) => readFileSync(file));
      await assert.rejects(store.query(readNotes, null), (error) =>
        RunsheetError.is(error, 'ownership_lost'),
      );
      await store.close();
      assert.deepEqual(
        [path, `${path}-wal`].map((file) => readFileSync(file)),
        before,
      );
      assert.ok(existsSync(`${path}-shm`), "the guard is the new owner's now");
    }));

  it('opens the file again after the disk failed, without losing what was acknowledged', function () {
    const reason = whyNoMounts();
    if (reason !== null) skipLoudly(this, reason);
    return withSmallDisk(4, async (folder) => {
      const path = join(folder, 'runsheet.db');
      const ballast = join(folder, 'ballast');
      writeFileSync(ballast, Buffer.alloc(1024 * 1024));
      const store = await openWorkerStore(path);
      const { stored, refusal } = await noteUntilRefused(store, 3000, 2000);
      assert.ok(RunsheetError.is(refusal, 'unavailable'), String(refusal));
      assert.match(refusal.message, /disk/);
      rmSync(ballast);
      // The last note may or may not have been saved; whoever needs to know sends a key.
      const notes = await readWhenBack(store);
      assert.deepEqual(notes.slice(0, stored.length), stored);
      assert.ok(notes.length - stored.length <= 1);
      await store.command(addNote, { note: 'goes on' }, engine);
      await store.close();
    });
  });

  it('sends a command with a key once more, and it is applied once', function () {
    const reason = whyNoMounts();
    if (reason !== null) skipLoudly(this, reason);
    return withSmallDisk(4, async (folder) => {
      const ballast = join(folder, 'ballast');
      writeFileSync(ballast, Buffer.alloc(1024 * 1024));
      const { log, errors } = recordingLog();
      const store = await openWorkerStore(join(folder, 'runsheet.db'), { log });
      const note = 'y'.repeat(6 * 1024 * 1024); // more than there is room for
      const keyed = store.command(addNote, { note }, { ...engine, key: 'large' });
      await assert.rejects(keyed, (error) => RunsheetError.is(error, 'unavailable'));
      assert.equal(errors.filter((error) => error.includes('opened again')).length, 2);
      rmSync(ballast);
      assert.deepEqual(await readWhenBack(store), []);
      await store.close();
    });
  });

  it('recovers from its backup when the file is damaged at the start, and says so', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const first = await openWorkerStore(path);
      await first.command(addNote, { note: 'one' }, engine);
      await first.close();
      copyFileSync(path, `${path}.backup`);
      writeFileSync(path, 'no database any more '.repeat(1000));
      const recoveries: Recovery[] = [];
      const store = await openWorkerStore(path, { onRecovered: (one) => recoveries.push(one) });
      assert.deepEqual(await store.query(readNotes, null), ['one']);
      assert.equal(recoveries[0]?.restoredFrom, `${path}.backup`);
      await store.close();
    }));

  it('recovers when SQLite meets damage at work, and answers from what it restored', () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'runsheet.db');
      const first = await openWorkerStore(path);
      await first.command(addNote, { note: 'one' }, engine);
      await first.close();
      copyFileSync(path, `${path}.backup`);
      const second = await openWorkerStore(path);
      // More than is looked at on every start.
      for (let note = 0; note < 18; note++) {
        await second.command(addNote, { note: `${note}`.padEnd(1024 * 1024) }, engine);
      }
      await second.close();
      const damaged = readFileSync(path).fill(0xa5, 1024 * 1024);
      writeFileSync(path, damaged);
      const recoveries: Recovery[] = [];
      const store = await openWorkerStore(path, { onRecovered: (one) => recoveries.push(one) });
      assert.equal(recoveries.length, 0);
      assert.deepEqual(await store.query(readNotes, null), ['one']);
      assert.equal(recoveries[0]?.reason, 'corrupt');
      assert.ok(existsSync(recoveries[0].keptAside ?? ''));
      await store.close();
    }));
});

/** The notes, asked for until the store has got over its failure. */
async function readWhenBack(store: WorkerStore): Promise<string[]> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await store.query(readNotes, null);
    } catch (error) {
      if (!RunsheetError.is(error, 'unavailable') || Date.now() > deadline) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
