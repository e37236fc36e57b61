import assert from 'node:assert/strict';
import fc from 'fast-check';
import { derivationOf, noHints, taskBudgets, type SpecHints } from '../../../src/model/agent-spec';
import { subtasksOf, type Plan, type Subtask } from '../../../src/model/plan';
import type { Validator } from '../../../src/model/validator';
import { readPlan } from '../../../src/formats/registry';
import { deriveSpec, derivedNameOf } from '../../../src/runs/derive-spec';
import { taskTypeOf } from '../../../src/runs/task-type';

const planPath = 'demo.plan.md';

/** A plan with one subtask, read from its file. */
function read(lines: string, frontMatter = ''): { plan: Plan; subtask: Subtask } {
  const head = frontMatter === '' ? '' : `---\n${frontMatter}\n---\n\n`;
  const source = { path: planPath, text: `${head}- [ ] T01 ${lines}\n` };
  const plan = readPlan(source)?.plans[0];
  const subtask = plan === undefined ? undefined : subtasksOf(plan)[0];
  assert(plan !== undefined && subtask !== undefined);
  return { plan, subtask };
}

interface Said {
  subtask?: Partial<SpecHints>;
  plan?: Partial<SpecHints>;
  workspace?: Partial<SpecHints>;
  checks?: readonly Validator[];
  agentKey?: string | null;
}

/** The spec of the subtask under what its layers say. */
function derive(lines: string, said: Said = {}, frontMatter = '') {
  const { plan, subtask } = read(lines, frontMatter);
  const hints = (layer: Partial<SpecHints> | undefined, own: SpecHints) => ({ ...own, ...layer });
  return deriveSpec({
    subtaskId: 'subtask-id',
    subtask: { ...subtask, hints: hints(said.subtask, subtask.hints) },
    plan: {
      ...plan,
      settings: { ...plan.settings, hints: hints(said.plan, plan.settings.hints) },
    },
    planPath,
    settings: { checks: said.checks ?? [], hints: hints(said.workspace, noHints) },
    agentKey: said.agentKey ?? null,
  });
}

/** The rules of a field, in the order in which they were laid over each other. */
function rulesOf(spec: ReturnType<typeof derive>, field: string): string[] {
  return derivationOf(spec)
    .filter((entry) => entry.field === field)
    .map(({ rule }) => rule);
}

describe('the type of a task', () => {
  const typeOf = (title: string, detail = '', labels: string[] = []) =>
    taskTypeOf({ title, detail, labels }).value;

  const titles: readonly [string, string][] = [
    ['Audit the login', 'audit'],
    ['Security review of the upload', 'audit'],
    ['Investigate slow queries', 'audit'],
    ['Refactor the parser', 'refactoring'],
    ['Rename Foo to Bar', 'refactoring'],
    ['Clean up test helpers', 'refactoring'],
    ['Write unit tests for the parser', 'testing'],
    ['Verify that the page works', 'testing'],
    ['Integration test for full review flow', 'testing'],
    ['Document the API', 'documentation'],
    ['Update the README', 'documentation'],
    ['Describe limits in the changelog', 'documentation'],
    ['Build the index', 'coding'],
    // What the words are about is not what they are.
    ['Add a review form', 'coding'],
    ['Create the audit log table', 'coding'],
    ['Implement a test runner', 'coding'],
    ['Show the refactoring menu', 'coding'],
  ];
  for (const [title, type] of titles)
    it(`is ${type} for "${title}"`, () => assert.equal(typeOf(title), type));

  it('is what a label says, whatever the title is', () => {
    assert.equal(typeOf('Build it', '', ['slow', 'type:testing']), 'testing');
    assert.equal(typeOf('Audit it', '', ['feature']), 'coding');
    assert.equal(typeOf('Build it', '', ['testingground']), 'coding');
  });

  it('is what the detail begins with when the title does not tell', () => {
    assert.equal(typeOf('The parser', 'Refactor it in small steps.'), 'refactoring');
    assert.equal(typeOf('The parser', 'It should be easy to refactor.'), 'coding');
    assert.equal(typeOf('Document it', 'Refactor it in small steps.'), 'documentation');
  });
});

describe('a derived spec', () => {
  it('has its words from the subtask, and the limits of its type', () => {
    const spec = derive('Write unit tests\n  - labels: slow\n  The detail.', { agentKey: 'fake' });
    assert.equal(spec.display_name, 'T01 Write unit tests');
    assert.equal(spec.objective, 'Write unit tests\n\n  The detail.');
    assert.deepEqual(
      [spec.task_type, spec.icon, spec.agent, spec.tags, spec.subtask],
      ['testing', 'beaker', 'fake', ['slow'], { plan: planPath, key: 'T01' }],
    );
    const { turns, seconds } = taskBudgets.testing;
    assert.deepEqual([spec.max_turns, spec.timeout_seconds], [turns, seconds]);
    assert.deepEqual([spec.max_tokens, spec.max_cost_micros, spec.priority], [null, null, 500]);
    assert.match(rulesOf(spec, 'task_type').join(), /title begins with "write unit tests"/);
  });

  it('has more of its limits for more files, checks and detail, within bounds', () => {
    const files = (count: number) =>
      `Build\n  - files: ${Array.from({ length: count }, (_, n) => `f${n}.ts`).join(', ')}`;
    assert.equal(derive(files(2)).max_turns, 50);
    assert.equal(derive(files(4)).max_turns, 60);
    assert.equal(derive(files(4)).timeout_seconds, 2160);
    assert.equal(derive(`Build\n  ${'x'.repeat(400)}`).max_turns, 50);
    assert.equal(derive(`Build\n  ${'x'.repeat(1200)}`).max_turns, 60);
    const checks = (count: number) => `Build${'\n  - check: npm test'.repeat(count)}`;
    assert.equal(derive(checks(2)).max_turns, 50);
    assert.equal(derive(checks(5)).max_turns, 65);
    const large = derive(files(90));
    assert.deepEqual([large.max_turns, large.timeout_seconds], [150, 5400]);
    assert.match(rulesOf(derive(files(4)), 'max_turns').join(), /coding has 50.*2 more files/);
  });

  it('of an audit lets nothing be changed, but where its checks ask for a file', () => {
    const audit = derive('Audit the login\n  - check: npm test');
    assert.equal(audit.tool_policy.read_only, true);
    assert.deepEqual(rulesOf(audit, 'tool_policy'), ['an audit changes nothing']);
    const report = derive('Audit the login\n  - check: exists docs/audit.md');
    assert.equal(report.tool_policy.read_only, false);
    assert.deepEqual(report.tool_policy.allowed_directories, ['docs']);
    assert.equal(derive('Build the login').tool_policy.read_only, false);
    assert.match(derive('Document it').tool_policy.tool_hints['edit'] ?? '', /documentation/);
  });

  it('is proven by its own checks, those of the workspace and those of the plan', () => {
    const checks: Validator[] = [
      {
        ...{ id: 'ws', type: 'file_exists', weight: 1, required: false },
        config: { path: 'a', should_exist: true },
      },
    ];
    const text = 'Build\n  - check: npm test';
    const spec = derive(text, { checks }, 'runsheet: 1\nchecks:\n  - npm run lint');
    assert.equal(spec.acceptance.validators.length, 3);
    assert.equal(spec.acceptance.validators[1]?.id, 'ws');
    assert.deepEqual(rulesOf(spec, 'acceptance.validators'), [
      '1 its own, 1 of runsheet.yml, 1 of the plan',
    ]);
    assert.match(rulesOf(derive('Build'), 'acceptance.validators').join(), /neither/);
  });

  it('has one name for a subtask, which fits whatever its key is', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ maxLength: 200 }), (id, key) => {
        const name = derivedNameOf(id, key);
        assert.match(name, /^[a-z0-9]+(?:-+[a-z0-9]+)*$/);
        assert.ok(name.length <= 100);
        assert.equal(derivedNameOf(id, key), name);
      }),
    );
    assert.notEqual(derivedNameOf('a', 'T01'), derivedNameOf('b', 'T01'));
  });

  it('says what is to be done, however short the title is', () => {
    assert.equal(derive('Build').objective, 'Carry out T01: Build');
    assert.equal(derive('Build it all').objective, 'Build it all');
  });

  it('can be made of any text', () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(line, fc.string({ maxLength: 3000 }), fc.array(line), (title, detail, labels) => {
        const { plan, subtask } = read('Any');
        const source = {
          subtaskId: 'x',
          subtask: { ...subtask, title, detail, labels },
          ...{ plan, planPath, settings: { checks: [], hints: noHints }, agentKey: null },
        };
        assert.equal(deriveSpec(source).subtask?.key, 'T01');
      }),
    );
  });
});

describe('what files say', () => {
  const fields = [
    ['taskType', 'task_type', 'audit', 'testing', 'custom'],
    ['maxTurns', 'max_turns', 11, 22, 33],
    ['timeoutSeconds', 'timeout_seconds', 111, 222, 333],
    ['maxTokens', 'max_tokens', 1111, 2222, 3333],
    ['maxCostMicros', 'max_cost_micros', 1, 2, 3],
    ['priority', 'priority', 10, 20, 30],
  ] as const;
  for (const [hint, field, near, middle, far] of fields) {
    it(`decides about ${field}: the subtask before the plan before the workspace`, () => {
      const own = { subtask: { [hint]: near } };
      const plan = { plan: { [hint]: middle } };
      const workspace = { workspace: { [hint]: far } };
      const all = derive('Build', { ...own, ...plan, ...workspace });
      assert.equal(all[field], near);
      assert.deepEqual(rulesOf(all, field), ['the subtask says so']);
      const two = derive('Build', { ...plan, ...workspace });
      assert.equal(two[field], middle);
      assert.deepEqual(rulesOf(two, field), ['the plan says so']);
      const one = derive('Build', workspace);
      assert.equal(one[field], far);
      assert.deepEqual(rulesOf(one, field), ['runsheet.yml says so']);
    });
  }

  it('sets the type, and with it what the type has', () => {
    const spec = derive('Build', { plan: { taskType: 'audit' } });
    assert.deepEqual(
      [spec.task_type, spec.max_turns, spec.tool_policy.read_only],
      ['audit', taskBudgets.audit.turns, true],
    );
  });

  it('decides how checks are put together', () => {
    const weighted = { gate_mode: 'weighted' as const, min_score: 0.7 };
    const any = { gate_mode: 'any_pass' as const, min_score: null };
    const text = 'Build\n  - check: npm test';
    const { acceptance } = derive(text, { plan: { accept: weighted }, workspace: { accept: any } });
    assert.deepEqual([acceptance.gate_mode, acceptance.min_score], ['weighted', 0.7]);
    const inWorkspace = derive(text, { workspace: { accept: any } }).acceptance;
    assert.deepEqual([inWorkspace.gate_mode, inWorkspace.min_score], ['any_pass', null]);
    // Nothing has a weight: every check has to pass, and a subtask without one can start.
    const none = derive('Build', { plan: { accept: weighted } });
    assert.equal(none.acceptance.gate_mode, 'all_pass');
    assert.match(rulesOf(none, 'acceptance.gate_mode').join(), /no check has a weight/);
  });

  it('decides about retries and the fallback', () => {
    const retry = { retry_policy: 'fixed' as const, max_retries: 2, retry_delay_ms: 5 };
    const { acceptance } = derive('Build', {
      ...{ subtask: { retry }, plan: { fallback: 'rescue' } },
      workspace: { fallback: 'other' },
    });
    assert.deepEqual(
      [acceptance.retry_policy, acceptance.max_retries, acceptance.retry_delay_ms],
      ['fixed', 2, 5],
    );
    assert.equal(acceptance.fallback, 'rescue');
    assert.equal(derive('Build').acceptance.retry_policy, 'none');
  });

  it('changes the policy key by key, and takes back nothing that is forbidden', () => {
    const spec = derive('Audit it', {
      subtask: { policy: { read_only: false, forbidden_tools: [], tool_hints: { a: 'near' } } },
      plan: { policy: { forbidden_tools: ['fetch'], on_request: 'allow' } },
      workspace: {
        policy: {
          ...{ forbidden_tools: ['delete'], forbidden_patterns: ['rm -rf'], on_request: 'ask' },
          ...{ allowed_directories: ['src'], tool_hints: { a: 'far', b: 'far' } },
        },
      },
    });
    assert.deepEqual(spec.tool_policy, {
      ...{ policy_version: 'v1', allowed_tools: null, read_only: false, on_request: 'allow' },
      ...{ forbidden_tools: ['delete', 'fetch'], forbidden_patterns: ['rm -rf'] },
      ...{ allowed_directories: ['src'], on_violation: 'stop' },
      tool_hints: { a: 'near', b: 'far' },
    });
    assert.deepEqual(rulesOf(spec, 'tool_policy'), [
      ...['an audit changes nothing', 'runsheet.yml says so', 'the plan says so'],
      'the subtask says so',
    ]);
  });

  it('is read from the words of a plan', () => {
    const spec = derive('Build\n  - turns: 9\n  - priority: 3\n  - check: npm test');
    assert.deepEqual([spec.max_turns, spec.priority], [9, 3]);
    const { max_turns: turns } = derive('Build', {}, 'runsheet: 1\nturns: 8');
    assert.equal(turns, 8);
  });
});
