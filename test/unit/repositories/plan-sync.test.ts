import assert from 'node:assert/strict';
import fc from 'fast-check';
import { gates } from '../../../src/store/repositories/gates';
import type { SubtaskContent } from '../../../src/store/repositories/plan-sync';
import { phases } from '../../../src/store/repositories/phases';
import { plans } from '../../../src/store/repositories/plans';
import { runs } from '../../../src/store/repositories/runs';
import { subtasks } from '../../../src/store/repositories/subtasks';
import { InMemoryStore } from '../../support/in-memory-store';
import {
  count,
  dispatch,
  engine,
  person,
  phaseContent,
  planContent,
  present,
  rowOf,
  seed,
  subtaskContent,
  sync,
  ticked,
  valuesOf,
} from '../../support/plan-rows';

function claims(store: InMemoryStore) {
  return valuesOf(store, 'SELECT says, disposition FROM claims ORDER BY id').map((row) =>
    Object.values(row as Record<string, unknown>).join(' '),
  );
}

describe('reading a plan into the database', () => {
  let store: InMemoryStore;
  beforeEach(async () => {
    store = await InMemoryStore.open();
  });
  afterEach(() => store.close());

  const write = (...items: SubtaskContent[]) => sync(store, { subtasks: items });
  const accept = async (planId: string, key: string) => {
    const { id } = await rowOf(store, planId, key);
    const input = { subtaskId: id, action: 'accept' as const, reason: 'I saw it.' };
    await store.command(subtasks.decide, input, person);
    return id;
  };

  it('writes nothing for a file that is as it was', async () => {
    const { planId } = await seed(store);
    const before = [count(store, 'journal'), await rowOf(store, planId, 'T01')];
    assert.equal(await sync(store, { subtasks: [subtaskContent('T01')] }), planId);
    assert.deepEqual([count(store, 'journal'), await rowOf(store, planId, 'T01')], before);
  });

  it('writes only the subtasks that changed, and tells only of them', async () => {
    const three = (title: string, before: string) => [
      subtaskContent('A'),
      subtaskContent('B', { title }),
      subtaskContent('C', { dependsOn: [{ key: before, origin: 'declared' }] }),
    ];
    await write(...three('One', 'A'));
    const told: string[] = [];
    const versions = () =>
      valuesOf(store, 'SELECT version AS v FROM subtasks ORDER BY subtask_key');
    using _feed = store.onChanges((changes) => {
      told.push(...changes.filter(({ entity }) => entity === 'subtask').map(({ id }) => id));
    });
    const planId = await write(...three('Two', 'A'));
    const idOf = async (key: string) => (await rowOf(store, planId, key)).id;
    assert.deepEqual(versions(), [{ v: 1 }, { v: 2 }, { v: 1 }]);
    assert.deepEqual(told.splice(0), [await idOf('B')]);
    await write(...three('Two', 'B'));
    assert.deepEqual(versions(), [{ v: 1 }, { v: 2 }, { v: 1 }]);
    assert.deepEqual(told, [await idOf('C')]);
  });

  it('reads the same bytes anew in another format', async () => {
    const { planId } = await seed(store);
    const content = planContent({ subtasks: [subtaskContent('T01')] });
    const other = { ...content, format: 'spec-kit', subtasks: [subtaskContent('A')] };
    assert.equal(await store.command(plans.sync, other, engine), planId);
    assert.equal((await store.query(plans.byId, planId)).format, 'spec-kit');
    assert.deepEqual(
      (await present(store, planId)).map((row) => row.subtask_key),
      ['A'],
    );
  });

  it('keeps a subtask of the same key, whatever else changes', async () => {
    const planId = await write(subtaskContent('T01'), subtaskContent('T02'));
    const before = await rowOf(store, planId, 'T02');
    await write(
      subtaskContent('T02', { title: 'Quite another', files: ['a.ts'], line: 9 }),
      subtaskContent('T01'),
    );
    const after = await rowOf(store, planId, 'T02');
    assert.equal(after.id, before.id);
    assert.deepEqual([after.title, after.position, after.files], ['Quite another', 0, ['a.ts']]);
  });

  it('keeps the history of a subtask whose id was changed', async () => {
    const planId = await write(subtaskContent('T01', { title: 'Build' }), subtaskContent('T02'));
    const id = await accept(planId, 'T01');
    await write(subtaskContent('X-1', { title: 'Build' }), subtaskContent('T02'));
    const renamed = await rowOf(store, planId, 'X-1');
    assert.deepEqual([renamed.id, renamed.proof], [id, 'accepted']);
    assert.deepEqual(valuesOf(store, 'SELECT old_key, subtask_id FROM subtask_renames'), [
      { old_key: 'T01', subtask_id: id },
    ]);
  });

  it('keeps two subtasks apart that take each other’s key', async () => {
    const planId = await write(
      subtaskContent('T01', { title: 'Build' }),
      subtaskContent('T02', { title: 'Test' }),
    );
    const [first, second] = await present(store, planId);
    await write(
      subtaskContent('T02', { title: 'Build' }),
      subtaskContent('T01', { title: 'Test' }),
    );
    // An id that is still used names the same subtask, whatever its title.
    assert.equal((await rowOf(store, planId, 'T01')).id, first?.id);
    assert.equal((await rowOf(store, planId, 'T02')).id, second?.id);
  });

  it('keeps the history of what moves on, where the key is only a place', async () => {
    const placed = (key: string, title: string) =>
      subtaskContent(key, { keyOrigin: 'position', title, fingerprint: `${title}#1` });
    const planId = await write(placed('1', 'Build'), placed('2', 'Test'));
    const build = await accept(planId, '1');
    const test = (await rowOf(store, planId, '2')).id;
    await write(placed('1', 'Plan'), placed('2', 'Build'), placed('3', 'Test'));
    assert.deepEqual(
      (await present(store, planId))
        .map(({ id, subtask_key: key, proof }) => [key, id, proof])
        .slice(1),
      [
        ['2', build, 'accepted'],
        ['3', test, null],
      ],
    );
    const retitled = (await rowOf(store, planId, '1')).id;
    await write(placed('1', 'Plan it'), placed('2', 'Build'), placed('3', 'Test'));
    assert.equal((await rowOf(store, planId, '1')).id, retitled);
  });

  it('takes a removed subtask out, and back with its history', async () => {
    const planId = await write(subtaskContent('T01'), subtaskContent('T02'));
    const id = await accept(planId, 'T01');
    await write(subtaskContent('T02'));
    assert.deepEqual(
      (await present(store, planId)).map((row) => row.subtask_key),
      ['T02'],
    );
    await write(subtaskContent('T02'), subtaskContent('T01', ticked));
    const back = await rowOf(store, planId, 'T01');
    assert.deepEqual([back.id, back.proof], [id, 'accepted']);
  });

  it('lets a subtask that was removed during its run start again when it returns', async () => {
    const { planId, subtaskId } = await seed(store);
    const run = await dispatch(store, planId, subtaskId);
    await write(subtaskContent('T02'));
    await store.command(
      runs.end,
      {
        runId: run.id,
        outcome: 'cancelled',
        verdict: null,
        subtask: { subtaskId, to: 'pending', reason: 'Its run was stopped.' },
      },
      engine,
    );
    await write(subtaskContent('T02'), subtaskContent('T01'));
    assert.equal((await rowOf(store, planId, 'T01')).status, 'pending');
  });

  it('makes a claim of a tick, once', async () => {
    const planId = await write(subtaskContent('T01', ticked));
    assert.equal((await rowOf(store, planId, 'T01')).status, 'claimed');
    await write(subtaskContent('T01', { ...ticked, line: 5 }));
    assert.deepEqual(claims(store), ['done open']);
  });

  it('makes a claim when a box is ticked later, and withdraws it when it is not ticked any more', async () => {
    const planId = await write(subtaskContent('T01'));
    await write(subtaskContent('T01', ticked));
    assert.equal((await rowOf(store, planId, 'T01')).status, 'claimed');
    await write(subtaskContent('T01'));
    assert.equal((await rowOf(store, planId, 'T01')).status, 'pending');
    assert.deepEqual(claims(store), ['done withdrawn']);
  });

  it('keeps what was proven or accepted when the box is not ticked any more', async () => {
    const planId = await write(subtaskContent('T01'));
    await accept(planId, 'T01');
    await write(subtaskContent('T01', ticked));
    await write(subtaskContent('T01'));
    assert.equal((await rowOf(store, planId, 'T01')).proof, 'accepted');
  });

  it('takes our own report for no claim', async () => {
    const planId = await write(subtaskContent('T01'), subtaskContent('T02'));
    await accept(planId, 'T01');
    const { id } = await rowOf(store, planId, 'T02');
    const skip = { subtaskId: id, action: 'skip' as const, reason: 'Not now.' };
    await store.command(subtasks.decide, skip, person);
    await write(
      subtaskContent('T01', ticked),
      subtaskContent('T02', { status: 'skipped', fileStatus: '-' }),
    );
    assert.deepEqual(claims(store), []);
    assert.equal((await rowOf(store, planId, 'T02')).status, 'skipped');
  });

  it('withdraws an older claim when our own report replaces it', async () => {
    const planId = await write(subtaskContent('T01', { status: 'in_progress', fileStatus: '/' }));
    const { id: subtaskId } = await rowOf(store, planId, 'T01');
    const step = { subtaskId, to: 'done' as const, proof: { kind: 'accepted' as const } };
    await store.command(subtasks.step, step, engine);
    await write(subtaskContent('T01', ticked));
    assert.deepEqual(claims(store), ['in_progress withdrawn']);
  });

  it('keeps other words of the file as claims without moving the subtask', async () => {
    const planId = await write(
      subtaskContent('T01', { status: 'failed', fileStatus: 'failed' }),
      subtaskContent('T02', { status: 'blocked', fileStatus: 'blocked' }),
      subtaskContent('T03', { status: 'needs_attention', fileStatus: '?' }),
    );
    assert.deepEqual(
      (await present(store, planId)).map((row) => row.status),
      ['pending', 'pending', 'needs_attention'],
    );
    assert.deepEqual(claims(store), ['failed open', 'blocked open']);
  });

  it('does not move a subtask that a run is working on', async () => {
    const { planId, subtaskId } = await seed(store);
    await dispatch(store, planId, subtaskId);
    await write(subtaskContent('T01', ticked));
    assert.equal((await rowOf(store, planId, 'T01')).status, 'in_progress');
    assert.deepEqual(claims(store), ['done open']);
  });

  it('keeps dependencies on what is not there, and on itself', async () => {
    const planId = await write(
      subtaskContent('T01', {
        dependsOn: [
          { key: 'T99', origin: 'declared' },
          { key: 'T01', origin: 'declared' },
        ],
      }),
    );
    const { id } = await rowOf(store, planId, 'T01');
    const read = () =>
      valuesOf(
        store,
        `SELECT depends_on_key AS key, depends_on_id AS id FROM subtask_dependencies
         ORDER BY depends_on_key`,
      );
    assert.deepEqual(read(), [
      { key: 'T01', id },
      { key: 'T99', id: null },
    ]);
    await write(
      subtaskContent('T01', { dependsOn: [{ key: 'T99', origin: 'declared' }] }),
      subtaskContent('T99'),
    );
    const { id: other } = await rowOf(store, planId, 'T99');
    assert.deepEqual(read(), [{ key: 'T99', id: other }]);
  });

  it('keeps phases by key when they change places', async () => {
    const planId = await sync(store, { phases: [phaseContent('a'), phaseContent('b')] });
    const before = await store.query(phases.ofPlan, planId);
    await sync(store, {
      phases: [
        phaseContent('b', { dependsOn: [] }),
        phaseContent('c'),
        phaseContent('a', { dependsOn: [{ key: 'b', origin: 'implied' }] }),
      ],
    });
    const after = await store.query(phases.ofPlan, planId);
    assert.deepEqual(
      after.map(({ phase_key }) => phase_key),
      ['b', 'c', 'a'],
    );
    assert.deepEqual([after[2]?.id, after[0]?.id], [before[0]?.id, before[1]?.id]);
    assert.deepEqual(await store.query(phases.dependenciesOfPlan, planId), [
      { phase_id: before[0]?.id, depends_on_id: before[1]?.id },
    ]);
  });

  const gate = (criteria: { text: string; validator: null }[]) => ({
    ...{ key: 'g', title: 'Look', kind: 'human' as const, trigger: 'manual' as const },
    ...{ phaseKey: null, subtaskKey: null, criteria },
  });
  const good = { text: 'It is good', validator: null };

  it('keeps what a person decided on a gate while the file keeps it, and when it comes back', async () => {
    const planId = await sync(store, { gates: [gate([good])] });
    const [first] = await store.query(gates.ofPlan, planId);
    const gateId = first?.id ?? '';
    await store.command(gates.open, gateId, engine);
    await store.command(gates.decide, { gateId, decision: 'approve', reason: null }, person);
    await sync(store, { gates: [{ ...gate([good]), title: 'Look again' }] });
    await sync(store, { gates: [] });
    assert.deepEqual(await store.query(gates.ofPlan, planId), []);
    await sync(store, { gates: [gate([good])] });
    const [back] = await store.query(gates.ofPlan, planId);
    assert.deepEqual([back?.id, back?.state], [gateId, 'approved']);
    assert.equal(back?.criteria[0]?.state, 'met');
  });

  it('takes over a criterion that becomes a check', async () => {
    const planId = await sync(store, { gates: [gate([good])] });
    const check = {
      ...{ id: 'c', type: 'file_exists' as const, weight: 1, required: false },
      config: { path: 'a.ts', should_exist: true },
    };
    await sync(store, { gates: [{ ...gate([]), criteria: [{ ...good, validator: check }] }] });
    const [row] = await store.query(gates.ofPlan, planId);
    assert.deepEqual(
      row?.criteria.map(({ kind, validator }) => [kind, validator?.type]),
      [['check', 'file_exists']],
    );
  });

  it('lets a plan that was missing come back with its file', async () => {
    const { planId } = await seed(store);
    await store.command(plans.markMissing, planId, engine);
    assert.deepEqual(await store.query(plans.all, undefined), []);
    assert.equal(await sync(store, { subtasks: [subtaskContent('T01')] }), planId);
    assert.equal((await store.query(plans.all, undefined)).length, 1);
  });

  it('keeps ids with keys, and every constraint, through any edits', async () => {
    const key = fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F');
    const subtask = fc.record({
      key,
      title: fc.constantFrom('Build', 'Test', 'Ship', 'Read'),
      phaseKey: fc.constantFrom('p', 'q', null),
      mark: fc.constantFrom(' ', 'x', '-', '!', '/'),
      before: fc.array(fc.oneof(key, fc.constant('Z')), { maxLength: 2 }),
    });
    const file = fc.record({
      phases: fc.shuffledSubarray(['p', 'q', 'r']),
      subtasks: fc.uniqueArray(subtask, { selector: ({ key: id }) => id, maxLength: 6 }),
    });
    const words = { ' ': 'pending', x: 'claimed', '-': 'skipped', '!': 'needs_attention' } as const;
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 6 }), async (files) => {
        const fresh = await InMemoryStore.open();
        let previous = new Map<string, string>();
        for (const { phases: keys, subtasks: items } of files) {
          const seen = new Map<string, number>();
          const contents = items.map(({ key: id, title, phaseKey, mark, before }) => {
            const ordinal = (seen.get(title) ?? 0) + 1;
            seen.set(title, ordinal);
            return subtaskContent(id, {
              ...{ title, phaseKey, fileStatus: mark, fingerprint: `${title}#${ordinal}` },
              status: mark === '/' ? 'in_progress' : words[mark],
              dependsOn: before.map((other) => ({ key: other, origin: 'declared' })),
            });
          });
          const planId = await sync(fresh, {
            phases: keys.map((id) => phaseContent(id)),
            subtasks: contents,
          });
          const rows = await present(fresh, planId);
          assert.deepEqual(
            rows.map((row) => [row.subtask_key, row.title, row.file_status]),
            contents.map((content) => [content.key, content.title, content.fileStatus]),
          );
          assert.equal(new Set(rows.map((row) => row.id)).size, rows.length);
          for (const row of rows)
            assert.equal(row.id, previous.get(row.subtask_key) ?? row.id, row.subtask_key);
          previous = new Map(rows.map((row) => [row.subtask_key, row.id]));
        }
        assert.deepEqual(valuesOf(fresh, 'PRAGMA foreign_key_check'), []);
        await fresh.close();
      }),
      { numRuns: 40 },
    );
  });
});
