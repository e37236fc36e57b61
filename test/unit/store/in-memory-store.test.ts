import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { z } from 'zod';
import { RunsheetError } from '../../../src/model/errors';
import { type Change, command, query } from '../../../src/store/command';
import { InMemoryStore } from '../../support/in-memory-store';

const addNote = command('test.addNote', (tx, input: { id: string; fail?: boolean }) => {
  tx.run(
    `INSERT INTO vendors (id, name, created_at, created_by, updated_at, updated_by)
     VALUES (?, ?, ?, ?, ?, ?)`,
    input.id,
    `vendor ${input.id}`,
    tx.now,
    tx.actor,
    tx.now,
    tx.actor,
  );
  tx.changed('plan', input.id);
  if (input.fail) throw new RunsheetError('validation', 'refused');
  return { stored: input.id };
});

const names = query('test.names', (db, _input: null) =>
  db.all(z.object({ name: z.string() }), 'SELECT name FROM vendors ORDER BY id'),
);

describe('a store in memory', () => {
  let store: InMemoryStore;
  let changes: Change[];
  beforeEach(async () => {
    store = await InMemoryStore.open();
    changes = [];
    store.onChanges((some) => changes.push(...some));
  });
  afterEach(() => store.close());

  it('applies a command, answers and tells what changed', async () => {
    const answer = await store.command(addNote, { id: 'a' }, { actor: 'engine' });
    assert.deepEqual(answer, { stored: 'a' });
    assert.deepEqual(await store.query(names, null), [{ name: 'vendor a' }]);
    assert.deepEqual(changes, [{ entity: 'plan', id: 'a' }]);
  });

  it('leaves no trace of a command that throws', async () => {
    await assert.rejects(
      store.command(addNote, { id: 'a', fail: true }, { actor: 'engine' }),
      (error) => RunsheetError.is(error, 'validation'),
    );
    assert.deepEqual(await store.query(names, null), []);
    assert.deepEqual(changes, []);
  });

  it('answers a repeated key with the first answer and changes nothing', async () => {
    const options = { actor: 'engine', key: 'once' };
    await store.command(addNote, { id: 'a' }, options);
    assert.deepEqual(await store.command(addNote, { id: 'b' }, options), { stored: 'a' });
    assert.deepEqual(await store.query(names, null), [{ name: 'vendor a' }]);
    assert.deepEqual(changes, [{ entity: 'plan', id: 'a' }]);
  });

  it('applies a key again after its command failed', async () => {
    const options = { actor: 'engine', key: 'once' };
    await assert.rejects(store.command(addNote, { id: 'a', fail: true }, options));
    assert.deepEqual(await store.command(addNote, { id: 'a' }, options), { stored: 'a' });
  });
});
