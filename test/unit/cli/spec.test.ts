import assert from 'node:assert/strict';
import { z } from 'zod';
import { agentResumeCommand, agentsCommand } from '../../../src/cli/agents';
import { budgetListCommand, budgetSetCommand } from '../../../src/cli/budget';
import {
  specDeriveCommand,
  specEditCommand,
  specListCommand,
  specRetireCommand,
  specSetCommand,
  specShowCommand,
  type SpecAsking,
} from '../../../src/cli/spec';
import { RunsheetError } from '../../../src/model/errors';
import { agentSpec } from '../../support/agent-specs';
import { EngineWorld } from '../../support/engine-world';
import { planPath } from '../../support/runs-world';

const text = `- [ ] T01 Write unit tests
  - check: npm test
`;

interface Terminal {
  engine: EngineWorld;
  /** What the command printed. */
  run: (act: (asking: SpecAsking) => Promise<number>, json?: boolean) => Promise<string>;
  errors: () => string;
}

function withTerminal(work: (terminal: Terminal) => Promise<void>): Promise<void> {
  return EngineWorld.with({ [planPath]: text }, async (engine) => {
    using client = await engine.connect();
    const { workspace } = engine.world;
    let errors = '';
    const run: Terminal['run'] = async (act, json = false) => {
      let stdout = '';
      const io = {
        cwd: workspace,
        stdout: (out: string) => (stdout += out),
        stderr: (out: string) => (errors += out),
      };
      assert.equal(await act({ client, io, json, workspace }), 0);
      return stdout;
    };
    await work({ engine, run, errors: () => errors });
  });
}

const set = (file: string, expected?: number) => (asking: SpecAsking) =>
  specSetCommand(asking, file, expected);
const show = (name: string, key?: string) => (asking: SpecAsking) =>
  specShowCommand(asking, name, key);

describe('runsheet spec', () => {
  it('sets a spec from a file and shows it, by name and by revision', () =>
    withTerminal(async ({ engine, run }) => {
      const spec = agentSpec({
        ...{ name: 'careful', tags: ['slow'], max_tokens: 5000, max_cost_micros: 1_500_000 },
        acceptance: { retry_policy: 'fixed', max_retries: 2, retry_delay_ms: 10 },
      });
      await engine.world.write('specs/careful.json', JSON.stringify(spec));
      assert.equal(await run(set('specs/careful.json')), 'careful: revision 1\n');
      const changed = { ...spec, objective: 'Do it another way.' };
      await engine.world.write('specs/careful.json', JSON.stringify(changed));
      assert.equal(await run(set('specs/careful.json', 1)), 'careful: revision 2\n');
      const shown = await run(show('careful'));
      for (const part of [
        'careful (revision 2, by person:ada',
        'from specs/careful.json',
        'tags: slow',
        'coding, 10 turns, 10m, 5,000 tokens, $1.50, priority 500',
        '  Do it another way.',
        'Retries: 2, fixed, after 10 ms',
      ])
        assert.ok(shown.includes(part), `${part} in\n${shown}`);
      assert.match(await run(show('careful@1')), /Do what is asked/);
      assert.match(
        await run((asking) => specListCommand(asking, { all: false })),
        /^careful@2 {2}coding {2}Spec {2}\[slow\]\n$/,
      );
      const none = await run((asking) => specListCommand(asking, { all: false, tag: 'fast' }));
      assert.equal(none, 'No spec is set.\n');
      await run((asking) => specRetireCommand(asking, 'careful', 'Enough.'));
      const all = await run((asking) => specListCommand(asking, { all: true }));
      assert.match(all, /careful@2.*\(retired\)/);
    }));

  it('shows the rules that made the spec of a subtask', () =>
    withTerminal(async ({ run }) => {
      const derived = await run((asking) => specDeriveCommand(asking, planPath, 'T01'));
      assert.match(derived, /\(not stored yet\)/);
      assert.match(derived, /task_type "testing": its title begins with "write unit tests"/);
      assert.match(derived, /Checks \(done when all pass, those of the plan\):\n.*npm test/);
      const json = await run(show(planPath, 'T01'), true);
      const { derivation } = z
        .object({ derivation: z.array(z.object({ field: z.string() })) })
        .parse(JSON.parse(json));
      assert.ok(derivation.some(({ field }) => field === 'max_turns'));
    }));

  it('prints a document to change and to set again', () =>
    withTerminal(async ({ engine, run, errors }) => {
      const printed = await run((asking) => specEditCommand(asking, planPath, 'T01'));
      assert.match(errors(), /runsheet spec set FILE\n/);
      const spec = { ...z.looseObject({}).parse(JSON.parse(printed)), max_turns: 9 };
      await engine.world.write('mine.json', JSON.stringify(spec));
      await run(set('mine.json'));
      const shown = await run(show(planPath, 'T01'));
      assert.match(shown, /testing, 9 turns/);
      assert.match(shown, /set for the subtask by person:ada/);
      assert.doesNotMatch(shown, /Rules:/);
    }));

  it('says what is wrong with a file, where, and what to do', () =>
    withTerminal(async ({ engine, run }) => {
      const refused = async (file: string, message: RegExp, expected?: number) =>
        assert.rejects(run(set(file, expected)), (error) => {
          assert(RunsheetError.is(error), String(error));
          assert.match(error.message, message);
          return true;
        });
      await refused('missing.json', /missing\.json is not read.*Give a file/);
      await engine.world.write('broken.json', '{');
      await refused('broken.json', /broken\.json is not read.*JSON/);
      await engine.world.write('wrong.json', JSON.stringify({ ...agentSpec(), max_turns: 0 }));
      await refused('wrong.json', /at max_turns/);
      await engine.world.write('good.json', JSON.stringify(agentSpec()));
      await refused('good.json', /not at revision 4.*there is none now/, 4);
    }));
});

describe('runsheet budget', () => {
  const budget =
    (words: string[], options: Parameters<typeof budgetSetCommand>[2]) => (asking: SpecAsking) =>
      budgetSetCommand(asking, words, options);

  it('sets limits, shows what is used of them, and lifts them', () =>
    withTerminal(async ({ run }) => {
      assert.equal(await run(budgetListCommand), 'No budget is set.\n');
      const day = { tokens: '200000', cost: '1.50', wall: '1h 30m' };
      assert.equal(
        await run(budget(['day'], day)),
        [
          'the day:',
          '  0s of 1h 30m of work',
          '  0 of 200,000 tokens',
          '  unknown of $1.50 spent',
          '',
        ].join('\n'),
      );
      await run(budget(['plan', planPath], { runs: '5' }));
      await run(budget(['subtask', planPath, 'T01'], { turns: '40' }));
      await run(budget(['day'], { tokens: 'none', cost: 'none' }));
      assert.equal(
        await run(budgetListCommand),
        [
          ...['the day:', '  0s of 1h 30m of work', 'demo.plan.md:', '  0 of 5 runs'],
          ...['demo.plan.md T01:', '  0 of 40 turns', ''],
        ].join('\n'),
      );
      assert.equal(await run(budget(['day'], { wall: 'none' })), 'the day: no limits\n');
    }));

  it('says what cannot be meant', () =>
    withTerminal(async ({ run }) => {
      const refused = (words: string[], options: object, message: RegExp) =>
        assert.rejects(run(budget(words, options)), message);
      await refused(['day'], {}, /Say a limit/);
      await refused(['week'], { runs: '1' }, /day, plan PLAN, or subtask PLAN KEY/);
      await refused(['day', 'x'], { runs: '1' }, /day, plan PLAN/);
      await refused(['plan'], { runs: '1' }, /day, plan PLAN/);
      await refused(['subtask', planPath, 'T01', 'T02'], { runs: '1' }, /day, plan PLAN/);
      await refused(['day'], { runs: 'many' }, /--runs many: write an amount above 0/);
      await refused(['day'], { cost: '0' }, /--cost 0.*1\.50/);
      await refused(['day'], { wall: '2' }, /--wall 2.*2h/);
    }));
});

describe('runsheet agents', () => {
  it('shows who takes no work, why, for how long, and the way out', () =>
    withTerminal(async ({ engine, run }) => {
      const now = Date.UTC(2026, 2, 10);
      const usual = await engine.listAgents();
      const fake = usual.find(({ key }) => key === 'fake');
      assert(fake !== undefined);
      const shown = async (values: Partial<typeof fake>) => {
        engine.listAgents = () => Promise.resolve([{ ...fake, ...values }]);
        return run((asking) => agentsCommand(asking, now));
      };
      assert.equal(await shown({}), 'fake  fake\n');
      assert.equal(await shown({ installed: false }), 'fake  fake  not found on the PATH\n');
      const retryAt = new Date(now + 190_000).toISOString();
      assert.equal(
        await shown({ state: 'paused', reason: 'Too many requests.', retryAt, failures: 1 }),
        'fake  fake  paused: Too many requests. (tried again in 3m 10s, or: runsheet agents resume fake)\n',
      );
      assert.equal(
        await shown({ state: 'broken', reason: 'It could not be started.', failures: 3 }),
        'fake  fake  broken: It could not be started. (until you say: runsheet agents resume fake)\n',
      );
      assert.match(await shown({ reason: 'Before.', failures: 2 }), /on trial after 2 failures/);
    }));

  it('resumes one, if it is known', () =>
    withTerminal(async ({ run }) => {
      assert.match(await run((asking) => agentResumeCommand(asking, 'fake', 0)), /^fake/);
      await assert.rejects(
        run((asking) => agentResumeCommand(asking, 'nobody', 0)),
        /no agent "nobody".*command, fake/,
      );
    }));
});
