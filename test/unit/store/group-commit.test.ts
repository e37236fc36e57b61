import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { RunsheetError } from '../../../src/model/errors';
import type { WorkspaceDatabase } from '../../../src/store/database';
import { type Commit, commitTogether, type Submission } from '../../../src/store/group-commit';
import { diagnose } from '../../../src/store/sqlite/sqlite-error';
import { noteSubmission, notesIn, openDatabase, times } from '../../support/database';
import { interceptedCalls, systemError } from '../../support/host-calls';
import { withTemporaryFolder } from '../../support/temporary-folder';

const newId = (): string => crypto.randomUUID();

function commit(database: WorkspaceDatabase, submissions: readonly Submission[]): Commit {
  return commitTogether(database.connection, submissions, newId);
}

function acknowledged({ settled }: Commit): number[] {
  return settled.filter(({ outcome }) => outcome.ok).map(({ id }) => id);
}

describe('commands that share a transaction', () => {
  it('keep what they did when a neighbour throws', () =>
    withTemporaryFolder(async (folder) => {
      const database = await openDatabase(join(folder, 'runsheet.db'));
      const { settled, changes } = commit(database, [
        noteSubmission(1, 'one'),
        noteSubmission(2, 'two', true),
        noteSubmission(3, 'three'),
      ]);
      assert.deepEqual(notesIn(database.connection), ['one', 'three']);
      assert.deepEqual(settled[0], {
        id: 1,
        outcome: { ok: true, value: { note: 'one', time: 'now' } },
      });
      const refusal = settled[1]?.outcome;
      assert.ok(refusal?.ok === false && RunsheetError.is(refusal.error, 'validation'));
      assert.deepEqual(
        changes.map((change) => change.id),
        ['one', 'three'],
        'a command that threw changed nothing',
      );
      database.close();
    }));

  it('name a change once', () =>
    withTemporaryFolder(async (folder) => {
      const database = await openDatabase(join(folder, 'runsheet.db'));
      const { changes } = commit(database, [noteSubmission(1, 'one'), noteSubmission(2, 'one')]);
      assert.deepEqual(changes, [{ entity: 'plan', id: 'one' }]);
      database.close();
    }));

  it('repeat a key within the same transaction without applying it again', () =>
    withTemporaryFolder(async (folder) => {
      const database = await openDatabase(join(folder, 'runsheet.db'));
      const first = { ...noteSubmission(1, 'one'), key: 'same' };
      const again = { ...noteSubmission(2, 'other'), key: 'same' };
      const { settled } = commit(database, [first, again]);
      assert.deepEqual(settled[1]?.outcome, settled[0]?.outcome);
      assert.deepEqual(notesIn(database.connection), ['one']);
      database.close();
    }));

  it('are all unanswered when the disk fails', () =>
    withTemporaryFolder(async (folder) => {
      let broken = false;
      const calls = interceptedCalls((name) => {
        if (broken && name === 'fdatasyncSync') throw systemError('EIO');
        if (broken && name === 'fsyncSync') throw systemError('EIO');
      });
      const path = join(folder, 'runsheet.db');
      const database = await openDatabase(path, { calls });
      commit(database, [noteSubmission(1, 'kept')]);
      broken = true;
      assert.throws(
        () => commit(database, [noteSubmission(2, 'one'), noteSubmission(3, 'two')]),
        (error) => diagnose(error) === 'disk',
      );
      database.abandon();
      const again = await openDatabase(path);
      assert.ok(notesIn(again.connection).includes('kept'));
      again.close();
    }));

  it('are acknowledged exactly when they are in the file, whatever their mix', () => {
    const command = fc.record({
      refuse: fc.boolean(),
      key: fc.option(fc.integer({ min: 0, max: 5 }), { nil: null }),
    });
    const batches = fc.array(fc.array(command, { minLength: 1, maxLength: 8 }), { maxLength: 8 });
    return fc.assert(
      fc.asyncProperty(batches, (mix) =>
        withTemporaryFolder(async (folder) => {
          const path = join(folder, 'runsheet.db');
          const database = await openDatabase(path);
          const expected: string[] = [];
          const used = new Set<number>();
          let id = 0;
          for (const batch of mix) {
            const submissions = batch.map(({ refuse, key }) => ({
              ...noteSubmission(++id, `note ${id}`, refuse),
              key: key === null ? null : `key ${key}`,
            }));
            const answered = acknowledged(commit(database, submissions));
            batch.forEach(({ refuse, key }, index) => {
              const own = submissions[index]!;
              const repeated = key !== null && used.has(key);
              assert.equal(answered.includes(own.id), repeated || !refuse);
              if (repeated || refuse) return;
              expected.push(`note ${own.id}`);
              if (key !== null) used.add(key);
            });
          }
          database.abandon(); // as a kill would: only what was committed is there
          const again = await openDatabase(path);
          assert.deepEqual(notesIn(again.connection), expected);
          again.close();
        }),
      ),
      { numRuns: times(25, 500) },
    );
  }).timeout(times(30_000, 600_000));
});
