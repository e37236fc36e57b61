import assert from 'node:assert/strict';
import { z } from 'zod';
import { RunsheetError } from '../../src/model/errors';
import type { TransitionTable } from '../../src/model/transitions';
import { validatorSchema } from '../../src/model/validator';
import { command, type Transaction } from '../../src/store/command';
import { verifications } from '../../src/store/repositories/verifications';
import type { InMemoryStore } from './in-memory-store';
import { count, engine } from './plan-rows';

interface Thing<S extends string> {
  put(from: S): void;
  step(to: S): Promise<unknown>;
  /** The whole row, with its state as `state`. */
  row(): Record<string, unknown> & { state: unknown };
}

/**
 * Tries every step between two states: those of the table happen, a step to the same state does
 * nothing, and every other is refused and leaves the row as it was.
 * @param to the states that there is a way to ask for.
 */
export async function tryAll<S extends string>(
  store: InMemoryStore,
  table: TransitionTable<S>,
  { from: states, to: targets = states }: { from: readonly S[]; to?: readonly S[] },
  thing: Thing<S>,
): Promise<void> {
  assert.deepEqual(new Set(states), new Set(Object.keys(table)), 'the table has every state');
  for (const from of states) {
    for (const to of targets) {
      const name = `${from} → ${to}`;
      thing.put(from);
      const before = { row: thing.row(), journal: count(store, 'journal') };
      const error: unknown = await thing.step(to).then(
        () => null,
        (refused: unknown) => refused,
      );
      const after = { row: thing.row(), journal: count(store, 'journal') };
      if (table[from].includes(to)) {
        assert.equal(error, null, name);
        assert.equal(after.row.state, to, name);
        continue;
      }
      assert.deepEqual(after, before, name);
      if (from === to) {
        assert.equal(error, null, name);
        continue;
      }
      assert(RunsheetError.is(error, 'invalid_transition'), `${name}: ${String(error)}`);
      assert.deepEqual(
        [error.details['from'], error.details['to'], error.details['allowed']],
        [from, to, table[from]],
      );
    }
  }
}

/** A step that has no command of its own, as the commands that take it do. */
export function apply(store: InMemoryStore, act: (tx: Transaction) => unknown, actor = engine) {
  return store.command(
    command('test', (tx, _input: null) => void act(tx)),
    null,
    actor,
  );
}

const anyRow = z.looseObject({ state: z.unknown() });

export function rowIn(store: InMemoryStore, table: string, id: string, state = 'state') {
  const row = store.connection.get(
    anyRow,
    `SELECT *, ${state} AS state FROM ${table} WHERE id = ?`,
    id,
  );
  assert(row !== null);
  return row;
}

/** A running verification of one check. */
export function startVerification(store: InMemoryStore, subtaskId: string): Promise<string> {
  return store.command(
    verifications.start,
    {
      ...{ runId: null, subtaskId, gateId: null, acceptanceSpecId: null, validators: [check] },
      ...{ gateMode: 'all_pass', minScore: null, tree: 'merged', dirty: false, treeHash: null },
      commit: 'a'.repeat(40),
    },
    engine,
  );
}

const check = validatorSchema.parse({
  ...{ id: 'check-1', type: 'file_exists', config: { path: 'a.txt' } },
});
