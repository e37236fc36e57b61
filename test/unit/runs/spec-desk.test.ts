import assert from 'node:assert/strict';
import { noHints, type SpecHints } from '../../../src/model/agent-spec';
import { RunsheetError } from '../../../src/model/errors';
import { subtasksOf } from '../../../src/model/plan';
import { readPlan } from '../../../src/formats/registry';
import type { SpecSource } from '../../../src/runs/derive-spec';
import { SpecDesk } from '../../../src/runs/spec-desk';
import { specs } from '../../../src/store/repositories/specs';
import { agentSpec } from '../../support/agent-specs';
import { InMemoryStore } from '../../support/in-memory-store';
import { count, person, seed } from '../../support/plan-rows';

const planPath = 'demo.plan.md';
const subtaskOfPlan = { plan: planPath, key: 'T01' };

let store: InMemoryStore;
let desk: SpecDesk;
let subtaskId: string;
function withStore(): void {
  beforeEach(async () => {
    store = await InMemoryStore.open();
    desk = new SpecDesk(store);
    ({ subtaskId } = await seed(store));
  });
  afterEach(() => store.close());
}

/** The subtask as its file has it, under what `runsheet.yml` says. */
function source(lines = 'Build it', workspace: Partial<SpecHints> = {}): SpecSource {
  const plan = readPlan({ path: planPath, text: `- [ ] T01 ${lines}\n` })?.plans[0];
  const subtask = plan === undefined ? undefined : subtasksOf(plan)[0];
  assert(plan !== undefined && subtask !== undefined);
  const settings = { checks: [], hints: { ...noHints, ...workspace } };
  return { subtaskId, subtask, plan, planPath, settings, agentKey: 'fake' };
}

const put = (values: Parameters<typeof agentSpec>[0]) =>
  store.command(specs.put, { spec: agentSpec(values) }, person);

const check = {
  ...{ id: 'own', type: 'file_exists' as const, weight: 1, required: false },
  config: { path: 'a', should_exist: true },
};

describe('the spec of a run', () => {
  withStore();

  it('is derived and stored, once for all runs that are asked the same', async () => {
    const first = await desk.resolve(source());
    assert.deepEqual([first.origin, first.isNamed], ['derived', false]);
    assert.deepEqual(await desk.resolve(source()), first);
    assert.equal(count(store, 'agent_specs'), 1);
    const other = await desk.resolve(source('Build it\n  Differently.'));
    assert.notEqual(other.agentSpecId, first.agentSpecId);
    assert.equal(count(store, 'agent_specs'), 2);
    assert.equal(
      (await store.query(specs.byId, first.agentSpecId)).acceptanceId,
      first.acceptanceSpecId,
    );
  });

  it('leaves out no check: where there are too many, the words say so and nothing is run', async () => {
    const many = Array.from({ length: 12 }, (_, index) => ({ ...check, id: `own-${index}` }));
    const about = source(`Build it\n${'  - check: exists a\n'.repeat(8)}`);
    const { settings } = about;
    const { spec } = await desk.resolve({ ...about, settings: { ...settings, checks: many } });
    assert.equal(spec.acceptance.validators.length, 20);
    const more = [...many, { ...check, id: 'one-more' }];
    await assert.rejects(
      desk.resolve({ ...about, settings: { ...settings, checks: more } }),
      (error) => RunsheetError.is(error, 'validation') && /no spec can be made/.test(error.message),
    );
  });

  it('is the current revision of the name that the nearest layer says', async () => {
    await put({ name: 'near', max_turns: 1 });
    await put({ name: 'near', max_turns: 2 });
    await put({ name: 'far', max_turns: 3 });
    const near = await desk.resolve(source('Build it\n  - spec: near', { spec: 'far' }));
    assert.deepEqual([near.origin, near.isNamed, near.spec.max_turns], ['named', true, 2]);
    assert.equal(near.rule, 'the subtask says so (near)');
    const far = await desk.resolve(source('Build it', { spec: 'far' }));
    assert.deepEqual([far.spec.max_turns, far.rule], [3, 'runsheet.yml says so (far)']);
    assert.equal(count(store, 'agent_specs'), 3);
  });

  it('is a person’s own before the derived one, and the named one before both', async () => {
    await put({ name: 'mine', subtask: subtaskOfPlan });
    await put({ name: 'named' });
    const own = await desk.resolve(source());
    assert.deepEqual([own.spec.name, own.origin, own.isNamed], ['mine', 'person', true]);
    assert.match(own.rule, /by person:ada/);
    const named = await desk.resolve(source('Build it\n  - spec: named'));
    assert.equal(named.spec.name, 'named');
  });

  it('has the checks of the plan unless it has its own', async () => {
    const text = 'Build it\n  - check: npm test\n  - spec: careful';
    await put({ name: 'careful' });
    const [planned] = (await desk.resolve(source(text))).spec.acceptance.validators;
    assert.equal(planned?.type, 'test_pass');
    await put({ name: 'careful', acceptance: { validators: [check] } });
    const ids = (await desk.resolve(source(text))).spec.acceptance.validators.map(({ id }) => id);
    assert.deepEqual(ids, ['own']);
  });

  it('that nobody has set is refused with the word of the file', async () => {
    for (const [word, text] of [
      ['spec', 'Build it\n  - spec: nobody'],
      ['fallback', 'Build it\n  - fallback: nobody'],
    ] as const)
      await assert.rejects(desk.resolve(source(text)), (error) => {
        assert(RunsheetError.is(error, 'not_found'));
        assert.match(error.message, new RegExp(`demo\\.plan\\.md:1: .*\\(${word}: nobody`));
        assert.deepEqual([error.details['field'], error.details['line']], [word, 1]);
        return true;
      });
    assert.equal(count(store, 'agent_specs'), 0);
  });

  it('cannot be made of words that do not go together, and says where', async () => {
    const forbidden_tools = Array.from({ length: 300 }, (_, n) => `tool-${n}`);
    await assert.rejects(
      desk.resolve(source('Build it', { policy: { forbidden_tools } })),
      (error) => {
        assert(RunsheetError.is(error, 'validation'));
        assert.match(error.message, /demo\.plan\.md:1: .*T01.*forbidden_tools/s);
        return true;
      },
    );
  });

  it('can be looked at without being stored', async () => {
    const { stored, spec } = await desk.preview(source());
    assert.deepEqual([stored, spec.subtask], [null, subtaskOfPlan]);
    assert.equal(count(store, 'agent_specs'), 0);
  });
});

describe('an old revision', () => {
  withStore();

  it('is what it was, with the checks of the plan of now where it had none', async () => {
    const { id } = await put({ name: 'careful', max_turns: 1 });
    await put({ name: 'careful', max_turns: 2 });
    const old = await desk.byId(id, source('Build it\n  - check: npm test'));
    assert.deepEqual([old.agentSpecId, old.spec.max_turns], [id, 1]);
    assert.equal(old.spec.acceptance.validators.length, 1);
    assert.equal(old.rule, 'revision 1 of careful');
    assert.deepEqual([old.origin, old.isNamed], ['named', true]);
    const derived = await desk.resolve(source());
    assert.equal((await desk.byId(derived.agentSpecId, source())).origin, 'derived');
    await assert.rejects(desk.byId('x', source()), (error) => RunsheetError.is(error, 'not_found'));
  });
});

describe('a fallback', () => {
  withStore();

  it('is the current revision of its name, none when nobody uses the name any more', async () => {
    await put({ name: 'rescue', max_turns: 1 });
    await put({ name: 'careful', acceptance: { fallback: 'rescue' } });
    const newer = await put({ name: 'rescue', max_turns: 2 });
    assert.equal(await desk.idOf('rescue'), newer.id);
    assert.equal(await desk.idOf(null), null);
    await put({ name: 'careful' });
    await store.command(specs.retire, { name: 'rescue' }, person);
    assert.equal(await desk.idOf('rescue'), null);
  });

  it('of a derived spec is the one that the files name', async () => {
    const rescue = await put({ name: 'rescue' });
    const { spec, agentSpecId } = await desk.resolve(source('Build it\n  - fallback: rescue'));
    assert.equal(spec.acceptance.fallback, 'rescue');
    assert.equal((await store.query(specs.byId, agentSpecId)).fallbackId, rescue.id);
  });
});
