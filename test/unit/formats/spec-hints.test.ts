import assert from 'node:assert/strict';
import { runsheetFormat } from '../../../src/formats/runsheet/format';
import { readWorkspaceConfig } from '../../../src/formats/workspace-config';
import { noHints, type SpecHints } from '../../../src/model/agent-spec';
import { subtasksOf, type PlanReading, type Subtask } from '../../../src/model/plan';

const read = (text: string): PlanReading => runsheetFormat.read({ path: 'a.plan.md', text });

function firstSubtask(text: string): Subtask {
  const [plan] = read(text).plans;
  const first = plan === undefined ? undefined : subtasksOf(plan)[0];
  assert.ok(first);
  return first;
}

const below = (...fields: string[]) => ['- [ ] T01 Work', ...fields].join('\n  - ');
const hintsBelow = (...fields: string[]) => firstSubtask(below(...fields)).hints;
const problemsBelow = (...fields: string[]) =>
  read(below(...fields)).problems.map(({ line, severity, rule, message }) => {
    return `${line} ${severity} ${rule} ${message}`;
  });

const words = [
  'spec: api-tests',
  'type: testing',
  'turns: 30',
  'timeout: 20m',
  'tokens: 200000',
  'cost: 1.50',
  'priority: 100',
  'attempts: 3',
  'accept: weighted 0.7',
  'retry: exponential 3 2s',
  'fallback: careful-agent',
];
const said: SpecHints = {
  spec: 'api-tests',
  taskType: 'testing',
  maxTurns: 30,
  timeoutSeconds: 1200,
  maxTokens: 200_000,
  maxCostMicros: 1_500_000,
  priority: 100,
  attempts: 3,
  accept: { gate_mode: 'weighted', min_score: 0.7 },
  retry: { retry_policy: 'exponential', max_retries: 3, retry_delay_ms: 2000 },
  fallback: 'careful-agent',
  policy: null,
};

describe('the words for specs', () => {
  it('are read below a subtask, and are no part of its detail', () => {
    const text = below(...words, 'check: npm test');
    assert.deepEqual(read(text).problems, []);
    assert.deepEqual(firstSubtask(text).hints, said);
    assert.equal(firstSubtask(text).detail, '');
  });

  it('are read in front matter and in runsheet.yml', () => {
    const yaml = words.join('\n');
    const { plans, problems } = read(`---\n${yaml}\n---\n- [ ] a`);
    assert.deepEqual(problems, []);
    assert.deepEqual(plans[0]?.settings.hints, said);
    const workspace = readWorkspaceConfig(yaml);
    assert.deepEqual(workspace.problems, []);
    assert.deepEqual(workspace.config.hints, said);
  });

  it('say nothing where nothing is written', () => {
    assert.deepEqual(hintsBelow('check: npm test'), noHints);
    assert.deepEqual(readWorkspaceConfig('').config.hints, noHints);
    assert.deepEqual(read('- [ ] a').plans[0]?.settings.hints, noHints);
  });

  it('take a policy of which only the written keys count', () => {
    const yaml = 'policy:\n  forbidden_tools: [web]\n  read_only: true\n';
    const policy = { forbidden_tools: ['web'], read_only: true };
    assert.deepEqual(readWorkspaceConfig(yaml).config.hints.policy, policy);
    assert.deepEqual(read(`---\n${yaml}---\n- [ ] a`).plans[0]?.settings.hints.policy, policy);
  });

  it('refuse a policy with a mistake as a whole, each mistake on its line', () => {
    const { config, problems } = readWorkspaceConfig(
      'policy:\n  read_only: true\n  on_request: allways\n  forbidden_patterns:\n    - rm\n    - "("\n',
    );
    assert.equal(config.hints.policy, null);
    assert.deepEqual(
      problems.map(({ line, message }) => `${line} ${message.split(':')[0] ?? ''}`),
      ['3 policy.on_request', '6 policy.forbidden_patterns'],
    );
    assert.equal(readWorkspaceConfig('policy:\n  read_onyl: true\n').problems.length, 1);
  });

  it('read each form of a time', () => {
    const forms = { '60s': 60, '1m': 60, '1h 30m': 5400, '1h30m': 5400, '1.5h': 5400, '2h': 7200 };
    for (const [form, seconds] of Object.entries(forms))
      assert.equal(hintsBelow(`timeout: ${form}`).timeoutSeconds, seconds, form);
  });

  it('read each form of an acceptance and of a retry', () => {
    assert.deepEqual(hintsBelow('accept: all').accept, { gate_mode: 'all_pass', min_score: null });
    assert.deepEqual(hintsBelow('accept: any').accept, { gate_mode: 'any_pass', min_score: null });
    assert.equal(hintsBelow('accept: weighted 1').accept?.min_score, 1);
    const retry = (text: string) => {
      const found = hintsBelow(`retry: ${text}`).retry;
      return [found?.retry_policy, found?.max_retries, found?.retry_delay_ms];
    };
    assert.deepEqual(retry('none'), ['none', 0, 0]);
    assert.deepEqual(retry('fixed 2 30s'), ['fixed', 2, 30_000]);
    assert.deepEqual(retry('exponential 10 250ms'), ['exponential', 10, 250]);
    assert.deepEqual(retry('fixed 1'), ['fixed', 1, 1000]);
  });

  it('take money with and without its sign, and a value in backticks', () => {
    assert.equal(hintsBelow('cost: $0.000001').maxCostMicros, 1);
    assert.equal(hintsBelow('cost: 0').maxCostMicros, 0);
    assert.equal(hintsBelow('turns: `7`').maxTurns, 7);
    assert.equal(hintsBelow('cost: 0.07').maxCostMicros, 70_000);
  });

  const refused: Readonly<Record<string, readonly string[]>> = {
    spec: ['API tests', '-a', 'a-'],
    type: ['code', 'Testing'],
    turns: ['0', '501', '1.5', 'many', '-1'],
    timeout: ['600', '59s', '3h', '20 minutes', 'm'],
    tokens: ['999', '200k'],
    cost: ['-1', '1,50', '1.5 EUR', '0.0000001'],
    priority: ['0', '10000', 'high'],
    attempts: ['0', '51'],
    accept: ['some', 'weighted', 'weighted 1.1', 'weighted 70%', 'weighted 0.0'],
    retry: ['fixed', 'fixed 0', 'fixed 11', 'exponential 3 2', 'fixed 1 2h', 'often 2'],
    fallback: ['nobody else'],
  };
  for (const [word, values] of Object.entries(refused)) {
    it(`refuse what ${word} cannot mean, with the line and the way out`, () => {
      for (const value of values) {
        const [found, ...more] = problemsBelow('check: npm test', `${word}: ${value}`);
        assert.deepEqual(more, [], value);
        assert.match(found ?? '', new RegExp(`^3 error invalid-value ${word}: write `), value);
        assert.deepEqual(hintsBelow(`${word}: ${value}`), noHints);
        const { config, problems } = readWorkspaceConfig(`agent: a\n${word}: "${value}"\n`);
        assert.deepEqual(
          problems.map(({ line, rule, severity }) => [line, rule, severity]),
          [[2, 'invalid-value', 'error']],
          value,
        );
        assert.deepEqual(config.hints, noHints);
      }
    });
  }

  it('are refused when they are no word at all', () => {
    for (const value of ['', 'null', '[1]', '{a: 1}', 'true'])
      assert.equal(readWorkspaceConfig(`turns: ${value}\n`).problems.length, 1, value);
  });

  it('count once: the first of two, and never a list', () => {
    assert.equal(hintsBelow('turns: 3', 'turns: 4').maxTurns, 3);
    assert.deepEqual(
      problemsBelow('turns: 3', 'turns: 4').map((problem) => problem.split(' ', 3).join(' ')),
      ['3 error duplicate-field'],
    );
    assert.match(problemsBelow('turns:\n    - 3\n    - 4')[0] ?? '', /^4 error .*takes one value/);
    assert.match(problemsBelow('turns:')[0] ?? '', /^2 warning empty-field/);
  });
});

describe('what a check weighs', () => {
  const weighed = (...fields: string[]) =>
    firstSubtask(below(...fields)).checks.map(({ weight, required }) => [weight, required]);

  it('stands in brackets behind the word', () => {
    assert.deepEqual(
      weighed(
        'check: npm test',
        'check (weight 3): npm run lint',
        'check (required): exists a',
        'check (weight 0.5, required): `npm run e2e`',
      ),
      [
        [1, false],
        [3, false],
        [1, true],
        [0.5, true],
      ],
    );
    assert.deepEqual(problemsBelow('check (weight 3, required): npm test'), []);
  });

  it('holds for a list below the word', () => {
    assert.deepEqual(weighed('check (weight 2):\n    - npm test\n    - npm run lint'), [
      [2, false],
      [2, false],
    ]);
  });

  it('is refused when it is not understood; the check stays', () => {
    for (const bad of ['heavy', 'weight', 'weight 11', 'weight -1', 'weight 3 required', '']) {
      const field = `check (${bad}): npm test`;
      assert.match(problemsBelow(field)[0] ?? '', /^2 error invalid-check check \(/, bad);
      assert.equal(weighed(field).length, 1);
    }
  });

  it('leaves other words with brackets to the detail', () => {
    const text = below('files (new): a.ts', 'check: npm test');
    assert.equal(firstSubtask(text).detail, '  - files (new): a.ts');
    assert.deepEqual(firstSubtask(text).files, []);
  });
});
