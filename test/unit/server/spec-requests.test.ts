import assert from 'node:assert/strict';
import { z } from 'zod';
import { RunsheetError, type ErrorCode } from '../../../src/model/errors';
import { derivationOf, type AgentSpec } from '../../../src/model/agent-spec';
import type { EngineClient } from '../../../src/protocol/engine-client';
import { listBudgets, resumeAgent, setBudget } from '../../../src/protocol/budget-messages';
import {
  listSpecs,
  putSpec,
  readSpec,
  retireSpec,
  specIssuesSchema,
  specOfSubtask,
} from '../../../src/protocol/spec-messages';
import { specs } from '../../../src/store/repositories/specs';
import { agentSpec } from '../../support/agent-specs';
import { EngineWorld } from '../../support/engine-world';
import { planPath } from '../../support/runs-world';

const text = `- [ ] T01 Write unit tests
  - check: npm test
- [ ] T02 Build
  - spec: careful
`;

const withEngine = (work: (engine: EngineWorld) => Promise<void>, plan = text): Promise<void> =>
  EngineWorld.with({ [planPath]: plan }, work);

async function refused(code: ErrorCode, work: Promise<unknown>, message = /./): Promise<void> {
  await assert.rejects(work, (error) => {
    assert(RunsheetError.is(error, code), String(error));
    assert.match(error.message, message);
    return true;
  });
}

type Written = NonNullable<Parameters<typeof agentSpec>[0]>;

/** A document as a client sends it. */
const document = (spec: unknown) => z.json().parse(JSON.parse(JSON.stringify(spec)));

const put = (client: EngineClient, values: Written, expected?: number) =>
  client.request(putSpec, {
    spec: document(agentSpec(values)),
    ...(expected === undefined ? {} : { expected }),
  });

const planIdOf = (engine: EngineWorld) => engine.world.plan().entry.planId;

describe('the spec of a subtask', () => {
  it('is derived, with its rules, and nothing is stored by looking at it', () =>
    withEngine(async (engine) => {
      using client = await engine.connect({ trusted: false });
      const view = await client.request(specOfSubtask, {
        ...{ planId: planIdOf(engine), key: 'T01', derived: false },
      });
      assert.deepEqual([view.origin, view.revision, view.checksOfPlan], ['derived', 0, true]);
      assert.equal(view.spec.task_type, 'testing');
      assert.equal(view.spec.acceptance.validators.length, 1);
      assert.ok(derivationOf(view.spec).some(({ field }) => field === 'task_type'));
      assert.deepEqual(await client.request(listSpecs, { all: true }), { specs: [] });
    }));

  it('is the one that its file names, with the checks of the plan where it has none', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const ask = () =>
        client.request(specOfSubtask, { planId: planIdOf(engine), key: 'T02', derived: false });
      await refused('not_found', ask(), /demo\.plan\.md:3.*"careful".*spec set/);
      await put(client, { name: 'careful', max_turns: 3 });
      const view = await ask();
      assert.deepEqual([view.origin, view.revision, view.spec.max_turns], ['named', 1, 3]);
      assert.match(view.rule, /the subtask says so \(careful\)/);
      assert.deepEqual(view.spec.acceptance.validators, []);
      // What the rules would make of it can be asked for all the same.
      const derived = await client.request(specOfSubtask, {
        ...{ planId: planIdOf(engine), key: 'T02', derived: true },
      });
      assert.deepEqual([derived.origin, derived.spec.max_turns], ['derived', 50]);
    }));

  it('is a person’s when they changed it; the checks that they left stay the plan’s', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const planId = planIdOf(engine);
      const ask = () => client.request(specOfSubtask, { planId, key: 'T01', derived: false });
      const changed = { ...(await ask()).spec, max_turns: 77 };
      const stored = await put(client, changed, 0);
      assert.deepEqual([stored.revision, stored.createdBy], [1, 'person:ada']);
      assert.deepEqual(stored.spec.acceptance.validators, []);
      await engine.world.edit(text.replace('npm test', 'npm run other'));
      const view = await ask();
      assert.deepEqual([view.origin, view.spec.max_turns], ['person', 77]);
      assert.match(JSON.stringify(view.spec.acceptance.validators), /npm run other/);
      // Setting what is shown changes nothing.
      assert.equal((await put(client, view.spec)).revision, 1);
      const own: Written = {
        ...view.spec,
        acceptance: {
          ...view.spec.acceptance,
          validators: [
            {
              ...{ id: 'mine', type: 'file_exists', weight: 1, required: false },
              config: { path: 'a', should_exist: true },
            },
          ],
        },
      };
      assert.equal((await put(client, own)).revision, 2);
      assert.deepEqual(
        (await ask()).spec.acceptance.validators.map(({ id }) => id),
        ['mine'],
      );
      await client.request(retireSpec, { name: agentSpec(own).name, reason: 'Not needed.' });
      assert.equal((await ask()).origin, 'derived');
    }));

  it('stays derived when it is set as it is shown, before and after a run', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const planId = planIdOf(engine);
      const ask = () => client.request(specOfSubtask, { planId, key: 'T01', derived: false });
      const before = await ask();
      assert.equal((await put(client, before.spec, 0)).origin, 'derived');
      assert.deepEqual(await client.request(listSpecs, { all: true }), { specs: [] });
      await engine.world.carryOut({ subtasks: ['T01'] });
      const after = await ask();
      assert.deepEqual([after.origin, after.revision, after.createdBy], ['derived', 1, 'engine']);
      assert.equal((await put(client, after.spec, 1)).origin, 'derived');
      // What is changed then is the next revision of the same name.
      const own = await put(client, { ...after.spec, priority: 5 }, 1);
      assert.deepEqual([own.revision, own.createdBy], [2, 'person:ada']);
    }));

  it('leaves the agent to the plan unless a person names another one', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const planId = planIdOf(engine);
      const ask = () => client.request(specOfSubtask, { planId, key: 'T01', derived: false });
      const shown = await ask();
      assert.equal(shown.spec.agent, 'fake');
      assert.equal((await put(client, { ...shown.spec, max_turns: 9 })).spec.agent, null);
      const other = { ...shown.spec, max_turns: 9, agent: 'other' };
      assert.equal((await put(client, other)).spec.agent, 'other');
    }, `---\nrunsheet: 1\nagent: fake\n---\n\n${text}`));

  it('is what its run is asked', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const { world } = engine;
      const view = await client.request(specOfSubtask, {
        ...{ planId: planIdOf(engine), key: 'T01', derived: false },
      });
      await put(client, { ...view.spec, max_turns: 66 });
      await world.carryOut({ subtasks: ['T01'] });
      const { agent_spec_id: id } = world.run('T01');
      const stored = await world.store.query(specs.byId, id);
      assert.deepEqual([stored.spec.max_turns, stored.createdBy], [66, 'person:ada']);
    }));
});

describe('setting a spec', () => {
  it('tells every mistake with its place in the document', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const wrong = {
        ...agentSpec(),
        agent: 'Not A Key',
        max_turns: 0,
        nonsense: 1,
      };
      const work = client.request(putSpec, { spec: document(wrong) });
      await assert.rejects(work, (error) => {
        assert(RunsheetError.is(error, 'validation'));
        const issues = specIssuesSchema.parse(error.details['issues']);
        assert.deepEqual(issues.map(({ path }) => path.join('.')).sort(), [
          '',
          'agent',
          'max_turns',
        ]);
        assert.match(error.message, /at agent/);
        return true;
      });
    }));

  const refusals: readonly [string, Partial<AgentSpec['acceptance']>, RegExp][] = [
    ['a score without weighted', { min_score: 0.5 }, /min_score/],
    ['weighted without a score', { gate_mode: 'weighted' }, /min_score/],
    ['weighted without weights', { gate_mode: 'weighted', min_score: 0.5 }, /has a weight/],
    ['retries without a policy', { max_retries: 2 }, /retry_policy/],
    ['a policy without retries', { retry_policy: 'fixed' }, /max_retries/],
    ['too many retries', { retry_policy: 'fixed', max_retries: 11 }, /max_retries/],
    ['itself as fallback', { fallback: 'spec-1' }, /not its own fallback/],
  ];
  for (const [what, acceptance, message] of refusals) {
    it(`refuses ${what}`, () =>
      withEngine(async (engine) => {
        using client = await engine.connect();
        const whole = { ...agentSpec(), acceptance };
        const spec = document(whole);
        await refused('validation', client.request(putSpec, { spec }), message);
        assert.deepEqual(await client.request(listSpecs, { all: true }), { specs: [] });
      }));
  }

  it('refuses a revision that is not the present one, with what is there', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      await put(client, { max_turns: 1 });
      await put(client, { max_turns: 2 }, 1);
      await assert.rejects(put(client, { max_turns: 3 }, 1), (error) => {
        assert(RunsheetError.is(error, 'version_conflict'));
        assert.equal(error.details['current_version'], 2);
        return true;
      });
      const { spec, revision } = await client.request(readSpec, { name: 'spec-1' });
      assert.deepEqual([spec.max_turns, revision], [2, 2]);
      const old = await client.request(readSpec, { name: 'spec-1', revision: 1 });
      assert.equal(old.spec.max_turns, 1);
      await refused('not_found', client.request(readSpec, { name: 'spec-1', revision: 9 }), /9/);
    }));

  it('is for persons who trust the workspace', () =>
    withEngine(async (engine) => {
      const acts = (client: EngineClient) => [
        put(client, {}),
        client.request(retireSpec, { name: 'spec-1', reason: '' }),
        client.request(setBudget, { scope: 'workspace_day', limits: { runs: 1 } }),
        client.request(resumeAgent, { agent: 'fake' }),
      ];
      using doubtful = await engine.connect({ trusted: false });
      for (const act of acts(doubtful)) await refused('not_trusted', act);
      using program = await engine.connect({ run: 'some-run' });
      for (const act of acts(program)) await refused('forbidden', act);
      assert.deepEqual(await program.request(listSpecs, { all: true }), { specs: [] });
      assert.deepEqual(await program.request(listBudgets, {}), { budgets: [] });
    }));

  it('can be found again by a tag', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      await put(client, { name: 'a', tags: ['slow'] });
      await put(client, { name: 'b' });
      const { specs: found } = await client.request(listSpecs, { all: false, tag: 'slow' });
      assert.deepEqual(
        found.map(({ name }) => name),
        ['a'],
      );
    }));
});

describe('a budget', () => {
  it('is set for the day, a plan and a subtask, and shows what is used', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const planId = planIdOf(engine);
      const limits = { runs: 1 };
      await client.request(setBudget, { scope: 'workspace_day', limits: { turns: 9 } });
      await client.request(setBudget, { scope: 'plan', planId, limits: { runs: 5 } });
      const own = await client.request(setBudget, { scope: 'subtask', planId, key: 'T01', limits });
      assert.deepEqual([own.owner, own.state, own.used.runs], ['demo.plan.md T01', 'ok', 0]);
      await engine.world.carryOut({ subtasks: ['T01'] });
      const { budgets } = await client.request(listBudgets, {});
      assert.deepEqual(
        budgets.map(({ owner, state, used }) => [owner, state, used.runs]),
        [
          ['the day', 'ok', 1],
          ['demo.plan.md', 'ok', 1],
          ['demo.plan.md T01', 'exhausted', 1],
        ],
      );
      assert.equal(budgets[2]?.text, 'The budget of demo.plan.md T01 is used up: 1 of 1 runs.');
      const lifted = { scope: 'subtask' as const, planId, key: 'T01', limits: { runs: null } };
      assert.equal((await client.request(setBudget, lifted)).state, 'ok');
    }));

  it('is of something that is there', () =>
    withEngine(async (engine) => {
      using client = await engine.connect();
      const planId = planIdOf(engine);
      const limits = { runs: 1 };
      const set = (more: { planId?: string; key?: string }, scope: 'plan' | 'subtask') =>
        client.request(setBudget, { scope, ...more, limits });
      await refused('not_found', set({}, 'plan'), /plan/);
      await refused('not_found', set({ planId, key: 'T99' }, 'subtask'), /T99/);
      const none = client.request(setBudget, { scope: 'workspace_day', limits: { runs: 0 } });
      await refused('validation', none, /runs/);
    }));
});
