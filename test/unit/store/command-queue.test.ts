import assert from 'node:assert/strict';
import { join } from 'node:path';
import { CommandQueue, type CommandQueueOptions } from '../../../src/store/command-queue';
import type { SqliteConnection } from '../../../src/store/sqlite/sqlite-connection';
import { migrations } from '../../../src/store/migrations/all';
import { migrate } from '../../../src/store/migrations/migrate';
import { TimeOrderedIds } from '../../../src/platform/ids';
import { noteSubmission, notesIn, openDatabase } from '../../support/database';
import { FakeClock, settle } from '../../support/fake-clock';
import { interceptedCalls, systemError } from '../../support/host-calls';
import { connectInMemory } from '../../support/in-memory-store';
import { withTemporaryFolder } from '../../support/temporary-folder';

describe('the queue of commands', () => {
  let connection: SqliteConnection;
  let clock: FakeClock;
  let queue: CommandQueue;
  /** The ids of each transaction. */
  let committed: number[][];
  let failures: unknown[];

  beforeEach(async () => {
    connection = await connectInMemory();
    clock = new FakeClock();
    migrate(connection, migrations, { clock, ids: new TimeOrderedIds(), appVersion: 'test' });
    committed = [];
    failures = [];
    queue = new CommandQueue(options());
  });

  function options(): CommandQueueOptions {
    return {
      connection,
      clock,
      newId: () => 'id',
      onCommitted: ({ settled }) => committed.push(settled.map(({ id }) => id)),
      onFailed: (error) => failures.push(error),
    };
  }

  it('commits what arrived together in one transaction', async () => {
    queue.submit(noteSubmission(1, 'one'), 0);
    queue.submit(noteSubmission(2, 'two'), 0);
    assert.deepEqual(committed, []);
    await settle();
    assert.deepEqual(committed, [[1, 2]]);
    connection.close();
  });

  it('lets a patient command wait, but no longer than it said', async () => {
    queue.submit(noteSubmission(1, 'one'), 50);
    await clock.pass(49);
    assert.deepEqual(committed, []);
    await clock.pass(1);
    assert.deepEqual(committed, [[1]]);
    connection.close();
  });

  it('takes patient commands along with one that cannot wait', async () => {
    queue.submit(noteSubmission(1, 'one'), 50);
    queue.submit(noteSubmission(2, 'two'), 0);
    await settle();
    assert.deepEqual(committed, [[1, 2]]);
    assert.equal(clock.waiting, 0);
    connection.close();
  });

  it('goes by the least patient of those who wait', async () => {
    queue.submit(noteSubmission(1, 'one'), 50);
    queue.submit(noteSubmission(2, 'two'), 10);
    queue.submit(noteSubmission(3, 'three'), 30);
    await clock.pass(10);
    assert.deepEqual(committed, [[1, 2, 3]]);
    connection.close();
  });

  it('splits what would hold the thread for too long, in order', async () => {
    for (let id = 1; id <= 1500; id++) queue.submit(noteSubmission(id, `${id}`), 0);
    queue.flush();
    assert.deepEqual(
      committed.map((ids) => ids.length),
      [1000, 500],
    );
    assert.deepEqual(
      committed.flat(),
      Array.from({ length: 1500 }, (_, index) => index + 1),
    );
    connection.close();
  });

  it('commits nothing more after the connection failed', () =>
    withTemporaryFolder(async (folder) => {
      let broken = false;
      const calls = interceptedCalls((name) => {
        if (broken && name === 'writeSync') throw systemError('EIO');
      });
      const database = await openDatabase(join(folder, 'runsheet.db'), { calls });
      const failing = new CommandQueue({ ...options(), connection: database.connection });
      broken = true;
      failing.submit(noteSubmission(1, 'one'), 0);
      await settle();
      broken = false;
      failing.submit(noteSubmission(2, 'two'), 0);
      failing.submit(noteSubmission(3, 'three'), 50);
      await settle();
      await clock.pass(50);
      assert.equal(failures.length, 1);
      assert.deepEqual(committed, []);
      database.abandon();
      connection.close();
    }));

  it('answers before it tells of the end of a flush', () => {
    queue.submit(noteSubmission(1, 'one'), 50);
    queue.flush();
    assert.deepEqual(committed, [[1]]);
    assert.deepEqual(notesIn(connection), ['one']);
    connection.close();
  });
});
