import assert from 'node:assert/strict';
import { RunsheetError, type ErrorCode } from '../../../src/model/errors';
import type { StoredSpec } from '../../../src/store/repositories/spec-rows';
import { specs } from '../../../src/store/repositories/specs';
import { agentSpec } from '../../support/agent-specs';
import { InMemoryStore } from '../../support/in-memory-store';
import { engine, person, seed, subtaskContent, sync, valuesOf } from '../../support/plan-rows';

let store: InMemoryStore;
function withStore(): void {
  beforeEach(async () => {
    store = await InMemoryStore.open();
  });
  afterEach(() => store.close());
}

type Written = NonNullable<Parameters<typeof agentSpec>[0]>;

const put = (values: Written, expected: number | null = null, actor = person) =>
  store.command(specs.put, { spec: agentSpec(values), expected }, actor);
const retire = (name: string) => store.command(specs.retire, { name }, person);
const revisions = (name: string) =>
  valuesOf(
    store,
    `SELECT revision, retired_at IS NULL AS current FROM agent_specs WHERE name = ? ORDER BY 1`,
    name,
  ).map((row) => Object.values(row as object).join(' '));

async function refused(code: ErrorCode, work: Promise<unknown>, field: string, message: RegExp) {
  await assert.rejects(work, (error) => {
    assert(RunsheetError.is(error, code), String(error));
    assert.equal(error.details['field'], field);
    assert.match(error.message, message);
    return true;
  });
}

describe('a spec that a person sets', () => {
  withStore();

  it('comes back with every field as it was written', async () => {
    await seed(store);
    await put({ name: 'rescue' });
    await put({ name: 'origin' });
    const written = agentSpec({
      name: 'careful',
      display_name: 'Careful work',
      icon: 'shield',
      objective: 'Work carefully and slowly.',
      task_type: 'refactoring',
      agent: 'fake',
      context: { wiki: ['a', { b: 1 }] },
      tool_policy: { forbidden_tools: ['fetch'], read_only: true, on_violation: 'report' },
      max_turns: 12,
      timeout_seconds: 345,
      max_tokens: 6789,
      max_cost_micros: 1_500_000,
      priority: 7,
      tags: ['slow', 'safe'],
      parent: 'origin',
      subtask: { plan: 'demo.plan.md', key: 'T01' },
      acceptance: {
        validators: [
          {
            ...{ id: 'v', type: 'file_exists', weight: 2, required: true },
            config: { path: 'a.txt', should_exist: true },
          },
        ],
        gate_mode: 'weighted',
        min_score: 0.7,
        retry_policy: 'exponential',
        max_retries: 4,
        retry_delay_ms: 250,
        fallback: 'rescue',
      },
    });
    const path = 'specs/careful.json';
    const { id } = await store.command(specs.put, { spec: written, path }, person);
    const stored = await store.query(specs.byId, id);
    assert.deepEqual(stored.spec, written);
    assert.deepEqual([stored.revision, stored.createdBy, stored.path], [1, 'person:ada', path]);
    assert.equal(stored.retiredAt, null);
    const [summary] = (await store.query(specs.list, { all: false })).filter(
      ({ name }) => name === 'careful',
    );
    assert.deepEqual(
      [summary?.icon, summary?.priority, summary?.tags, summary?.subtask_key],
      ['shield', 7, ['slow', 'safe'], 'T01'],
    );
  });

  it('is revised by a change: the old revision stays as it was', async () => {
    const first = await put({ objective: 'The first objective.' });
    const second = await put({ objective: 'The second objective.' });
    assert.deepEqual([first.revision, second.revision], [1, 2]);
    const old = await store.query(specs.byName, { name: 'spec-1', revision: 1 });
    assert.equal(old?.spec.objective, 'The first objective.');
    assert.equal(typeof old.retiredAt, 'string');
    assert.equal((await store.query(specs.byName, { name: 'spec-1' }))?.id, second.id);
  });

  const changes: Written[] = [
    { display_name: 'Another' },
    { icon: 'beaker' },
    { context: { a: 1 } },
    { tool_policy: { read_only: true } },
    { max_tokens: 5000 },
    { priority: 1 },
    { tags: ['a'] },
    { acceptance: { retry_policy: 'fixed', max_retries: 1 } },
  ];
  for (const change of changes) {
    it(`is revised by a change of ${Object.keys(change).join()}`, async () => {
      await put({});
      assert.equal((await put(change)).revision, 2);
      assert.equal((await put(change)).revision, 2);
    });
  }

  it('stays as it is when nothing in it changed', async () => {
    const first = await put({ tags: ['a'] });
    assert.deepEqual(await put({ tags: ['a'] }), first);
    assert.deepEqual(revisions('spec-1'), ['1 1']);
  });

  it('is refused when somebody else has revised it, with what is there now', async () => {
    await put({ objective: 'The first objective.' });
    await put({ objective: 'The second objective.' }, 1);
    await assert.rejects(put({ objective: 'The third objective.' }, 1), (error) => {
      assert(RunsheetError.is(error, 'version_conflict'));
      const { expected, current_version, updated_by, current } = error.details;
      assert.deepEqual([expected, current_version, updated_by], [1, 2, 'person:ada']);
      assert.equal((current as StoredSpec['spec']).objective, 'The second objective.');
      return true;
    });
    await assert.rejects(put({}, 0), (error) => RunsheetError.is(error, 'version_conflict'));
    assert.deepEqual(revisions('spec-1'), ['1 0', '2 1']);
  });

  it('keeps no rules of the engine', async () => {
    const derivation = [{ field: 'max_turns', value: 10, rule: 'a rule' }];
    const { spec } = await put({ context: { derivation, kept: true } });
    assert.deepEqual(spec.context, { kept: true });
  });

  it('is in the journal with who it was, and what changed', async () => {
    await put({});
    await put({ priority: 3 });
    await retire('spec-1');
    const rows = valuesOf(
      store,
      `SELECT actor, action, changes FROM journal WHERE entity = 'agent_spec' ORDER BY id`,
    );
    assert.deepEqual(rows, [
      {
        ...{ actor: 'person:ada', action: 'create' },
        changes: '{"name":"spec-1","revision":1,"fields":[]}',
      },
      {
        ...{ actor: 'person:ada', action: 'revise' },
        changes: '{"name":"spec-1","revision":2,"fields":["priority"]}',
      },
      {
        ...{ actor: 'person:ada', action: 'retire' },
        changes: '{"name":"spec-1","revision":2}',
      },
    ]);
  });

  it('never changes in its row', async () => {
    const { id } = await put({});
    for (const column of ['display_name', 'icon', 'priority', 'tags', 'parent_spec_id', 'context'])
      assert.throws(
        () => store.connection.run(`UPDATE agent_specs SET ${column} = ${column} WHERE id = ?`, id),
        /immutable/,
        column,
      );
  });
});

describe('what a spec names', () => {
  withStore();

  it('must be there', async () => {
    await seed(store);
    await refused('validation', put({ parent: 'nobody' }), 'parent', /no spec "nobody"/);
    await refused(
      'validation',
      put({ acceptance: { fallback: 'nobody' } }),
      'acceptance.fallback',
      /no spec "nobody"/,
    );
    await refused(
      'validation',
      put({ subtask: { plan: 'demo.plan.md', key: 'T99' } }),
      'subtask',
      /demo\.plan\.md has no subtask "T99"/,
    );
    assert.deepEqual(await store.query(specs.list, { all: true }), []);
  });

  it('as fallback does not lead back', async () => {
    await put({ name: 'b' });
    await put({ name: 'a', acceptance: { fallback: 'b' } });
    await refused(
      'validation',
      put({ name: 'b', acceptance: { fallback: 'a' } }),
      'acceptance.fallback',
      /b → a → b/,
    );
    // A revision that fell back on nothing is not what counts any more.
    await put({ name: 'a' });
    assert.equal((await put({ name: 'b', acceptance: { fallback: 'a' } })).revision, 2);
  });

  it('is not retired while a person’s spec falls back on it', async () => {
    await put({ name: 'b' });
    await put({ name: 'a', acceptance: { fallback: 'b' } });
    await refused('validation', retire('b'), 'name', /fallback of a/);
    await put({ name: 'a' });
    await retire('b');
    assert.equal(await store.query(specs.byName, { name: 'b' }), null);
    // A parent is history.
    assert.equal((await put({ name: 'c', parent: 'b' })).spec.parent, 'b');
  });

  it('may be set again after it was retired, with the next revision', async () => {
    await put({});
    await retire('spec-1');
    await assert.rejects(retire('spec-1'), (error) => RunsheetError.is(error, 'not_found'));
    assert.equal((await put({}, 0)).revision, 2);
    assert.deepEqual(revisions('spec-1'), ['1 0', '2 1']);
  });
});

describe('the spec of a subtask', () => {
  withStore();

  const subtask = { plan: 'demo.plan.md', key: 'T01' };

  it('gets a new revision only when it says something else', async () => {
    const { subtaskId } = await seed(store);
    const derive = (objective: string) =>
      store.command(
        specs.derive,
        { spec: agentSpec({ objective, subtask }), subtaskId, path: 'demo.plan.md' },
        engine,
      );
    const first = await derive('Do what is asked.');
    assert.deepEqual(await derive('Do what is asked.'), first);
    const second = await derive('Do something else.');
    assert.notEqual(second.id, first.id);
    await derive('Do what is asked.');
    assert.deepEqual(revisions('spec-1'), ['1 0', '2 0', '3 1']);
  });

  it('is a person’s as soon as they have set one, and the engine leaves it', async () => {
    const { subtaskId } = await seed(store);
    const derived = { spec: agentSpec({ subtask }), subtaskId, path: 'demo.plan.md' };
    await store.command(specs.derive, derived, engine);
    assert.equal(await store.query(specs.currentFor, subtaskId), null);
    const own = await put({ subtask, max_turns: 99 });
    assert.equal(own.revision, 2);
    assert.equal((await store.query(specs.currentFor, subtaskId))?.id, own.id);
    assert.equal((await store.command(specs.derive, derived, engine)).id, own.id);
    await retire('spec-1');
    assert.equal(await store.query(specs.currentFor, subtaskId), null);
    assert.equal((await store.command(specs.derive, derived, engine)).spec.max_turns, 10);
  });

  it('is one: a second name for the same subtask is refused', async () => {
    await seed(store);
    await put({ name: 'one', subtask });
    await refused('validation', put({ name: 'two', subtask }), 'subtask', /"one" already/);
    await retire('one');
    await put({ name: 'two', subtask });
  });

  it('names the subtask as it is called now', async () => {
    await seed(store, { subtasks: [subtaskContent('T01', { title: 'Build it' })] });
    await put({ subtask });
    await sync(store, { subtasks: [subtaskContent('T07', { title: 'Build it' })] });
    const found = await store.query(specs.byName, { name: 'spec-1' });
    assert.deepEqual(found?.spec.subtask, { plan: 'demo.plan.md', key: 'T07' });
  });

  it('is shown among all specs only', async () => {
    const { subtaskId } = await seed(store);
    const spec = agentSpec({ name: 'derived', subtask });
    await store.command(specs.derive, { spec, subtaskId, path: 'demo.plan.md' }, engine);
    await put({ name: 'own' });
    const names = async (all: boolean) =>
      (await store.query(specs.list, { all })).map(({ name }) => name);
    assert.deepEqual(await names(false), ['own']);
    assert.deepEqual(await names(true), ['derived', 'own']);
  });
});
