import assert from 'node:assert/strict';
import { kiroFormat } from '../../../src/formats/kiro/format';
import type { PlanSource } from '../../../src/formats/format';
import { planOrder } from '../../../src/model/plan-order';
import type { Plan, PlanReading } from '../../../src/model/plan';
import { planTexts } from '../../support/plan-texts';

function read(text: string, others: Record<string, string> = {}): PlanReading {
  const folder = '.kiro/specs/a-spec';
  const source: PlanSource = {
    path: `${folder}/tasks.md`,
    text,
    others: new Map(
      Object.entries(others).map(([name, own]) => {
        const path = `${folder}/${name}`;
        return [path, { path, text: own }];
      }),
    ),
  };
  return kiroFormat.read(source);
}

function planOf(text: string, others?: Record<string, string>): Plan {
  const [plan] = read(text, others).plans;
  assert.ok(plan);
  return plan;
}

const rules = (text: string, others?: Record<string, string>) =>
  read(text, others).problems.map(({ rule, line }) => `${line} ${rule}`);

/** What each subtask waits for, phases taken apart. */
function waits(plan: Plan): Record<string, string> {
  const order = planOrder(plan);
  const inside = new Map(plan.phases.map(({ key, subtasks }) => [key, subtasks]));
  const result: Record<string, string> = {};
  for (const phase of plan.phases)
    for (const { key } of phase.subtasks) {
      const own = (order.subtasks.get(key) ?? []).map(({ id, kind }) => `${id}${sign(kind)}`);
      const above = (order.phases.get(phase.key) ?? []).flatMap(({ id, kind }) =>
        (inside.get(id) ?? []).map((one) => `${one.key}${sign(kind)}`),
      );
      result[key] = [...new Set([...own, ...above])].join(' ');
    }
  return result;
}

function sign(kind: string): string {
  return kind === 'declared' ? '!' : '';
}

function graph(json: string): string {
  return `\n## Task Dependency Graph\n\n\`\`\`json\n${json}\n\`\`\`\n`;
}

describe('the order of a kiro plan', () => {
  it('is that of the file without waves, and nothing waits for what is optional', () => {
    const text =
      '- [ ] 1. A\n  - [ ] 1.1 a\n  - [ ]* 1.2 b\n  - [ ] 1.3 c\n- [ ] 2. B\n  - [ ] 2.1 d\n';
    assert.deepEqual(waits(planOf(text)), {
      '1.1': '',
      '1.2': '1.1',
      '1.3': '1.1',
      // All of the phase, of which what is optional does not count.
      '2.1': '1.1 1.2 1.3',
    });
  });

  it('lets neighbours marked with (P) run side by side', () => {
    const text = '## 1. A\n- [ ] 1.1 a\n- [ ] 1.2 (P) b\n- [ ] 1.3 c (P)\n- [ ] 1.4 d\n';
    assert.deepEqual(waits(planOf(text)), {
      '1.1': '',
      '1.2': '1.1',
      '1.3': '1.1',
      '1.4': '1.2 1.3',
    });
  });

  it('puts a wave behind the one before, and what is in none behind all above it', () => {
    const text =
      '- [ ] 1. A\n  - [ ] 1.1 a\n  - [ ] 1.2 b\n- [ ] 2. Checkpoint\n- [ ] 3. B\n  - [ ] 3.1 c\n  - [ ] 3.2 d\n- [ ] 4. Final checkpoint\n' +
      graph(
        '{"waves":[{"id":0,"tasks":["1.1"]},{"id":1,"tasks":["1.2","3.2"]},{"id":2,"tasks":["3.1"]}]}',
      );
    assert.deepEqual(waits(planOf(text)), {
      '1.1': '',
      '1.2': '1.1',
      '2': '1.2',
      '3.1': '2 3.2',
      '3.2': '1.1',
      '4': '3.1',
    });
    assert.deepEqual(rules(text), ['4 checkpoint-not-in-wave', '8 checkpoint-not-in-wave']);
  });

  it('keeps the waves of the file, with groups as they are named and as their leaves', () => {
    const plan = planOf(planTexts.kiro.text);
    assert.deepEqual(plan.facts['waves'], [['1.1'], ['1.2', '1.3'], ['3'], ['4']]);
    assert.deepEqual(
      plan.waves.map(({ id, title, keys }) => [id, title, keys.join(' ')]),
      [
        ['0', null, '1.1'],
        ['1', 'The rest of the index', '1.2 1.3'],
        ['2', null, '3.1 3.2 3.3'],
        ['3', null, '4'],
      ],
    );
  });

  it('reads every shape of waves, and numbers as they are written', () => {
    const text = '- [ ] 1.1 a\n- [ ] 1.10 b\n- [ ] 2 c\n';
    const waves = (json: string) => planOf(text + graph(json)).facts['waves'];
    assert.deepEqual(waves('[["1.1"],["1.10","2"]]'), [['1.1'], ['1.10', '2']]);
    assert.deepEqual(waves('{"waves":[{"tasks":[1.1, 1.10]},{"tasks":[2],"depends_on":[0]}]}'), [
      ['1.1', '1.10'],
      ['2'],
    ]);
    assert.deepEqual(waves('{"waves":[["2"]]}'), [['2']]);
    assert.equal(waves('{"phases":[]}'), undefined);
  });

  it('passes over graphs that are text, and takes the JSON that comes behind', () => {
    const text = '- [ ] 1 a\n\n## Dependency Graph\n```mermaid\nT1 --> T2\n```\n';
    assert.deepEqual(rules(text), []);
    const both = `${text}\n\`\`\`json\n[["1"]]\n\`\`\`\n\`\`\`json\n{ not json\n\`\`\`\n`;
    assert.deepEqual(planOf(both).facts['waves'], [['1']]);
    const comments = `${text}\n\`\`\`jsonc\n[["1"]]\n\`\`\`\n`;
    assert.deepEqual(planOf(comments).facts['waves'], [['1']]);
  });

  it('reports what the waves have wrong', () => {
    const text = '- [ ] 1 a `src/a.ts`\n- [ ] 2 b `src/a.ts`\n- [ ] 3 c\n';
    assert.deepEqual(rules(text + graph('{"waves":[')), ['8 bad-graph-json']);
    const waves = graph('{"waves":[\n{"tasks":["1","2"]},\n{"tasks":["2","9"]}]}');
    assert.deepEqual(rules(text + waves), [
      '2 parallel-same-file',
      '3 leaf-not-in-wave',
      '10 id-in-two-waves',
      '10 unknown-id-in-wave',
    ]);
  });

  it('takes the maps of the graph for dependencies, groups too', () => {
    const text =
      '- [ ] 1 a\n- [ ] 2 b\n- [ ] 3. G\n  - [ ] 3.1 c\n  - [ ] 3.2 d\n- [ ] 4 e\n' +
      graph(
        '{"waves":[{"tasks":["1","2"]},{"tasks":["3"],"dependsOn":{"3":["1"]}},{"tasks":["4"],"dependsOn":{"4":["3"]}}]}',
      );
    const plan = planOf(text);
    assert.deepEqual(
      plan.phases.flatMap(({ id, dependsOn }) => dependsOn.map((one) => `${one.id}>${id ?? ''}`)),
      ['1>3'],
    );
    assert.deepEqual(waits(plan), {
      '1': '',
      '2': '',
      '3.1': '1 2',
      '3.2': '1 2',
      '4': '3.1! 3.2!',
    });
  });

  it('reports dependencies on nothing, on itself and in a circle', () => {
    const text =
      '- [ ] 1.1 a\n  - _Depends: 1.2, 7_\n- [ ] 1.2 b\n  - _Depends: 1.1_\n- [ ] 1.3 c\n  - _Depends: 1.3_\n';
    assert.deepEqual(rules(text), [
      '1 dependency-cycle',
      '2 dangling-dependency',
      '6 self-dependency',
    ]);
  });

  it('leaves out an order of its own that contradicts what is declared', () => {
    const text = '- [ ] 1 a\n  - _Depends: 2_\n- [ ] 2 b\n' + graph('[["1"],["2"]]');
    assert.deepEqual(waits(planOf(text)), { '1': '2!', '2': '' });
    assert.deepEqual(rules(text), []);
  });
});

describe('the files beside a kiro plan', () => {
  const text =
    '- [ ] 1.1 a\n  - _Requirements: 1.1, 1.3, 2_\n- [ ] 1.2 b\n  - _Requirements: 3, 2.9_\n';

  it('tell which requirements there are', () => {
    const requirements =
      '# R\n## Introduction\nWhat it is for.\n### Requirement 1: Find\n#### Criteria\n1. WHEN\n2. IF\n### Requirement 2\nNo list.\n';
    assert.deepEqual(rules(text, { 'requirements.md': requirements }), [
      '1 unknown-requirement',
      '3 unknown-requirement',
    ]);
    const [first, second] = read(text, { 'requirements.md': requirements }).problems;
    assert.match(first?.message ?? '', /not have: 1\.3\./);
    assert.match(second?.message ?? '', /not have: 3\./);
    assert.equal(planOf(text, { 'requirements.md': requirements }).description, 'What it is for.');
  });

  it('tell the runs that Kiro keeps, and which of them belong to no task', () => {
    const history = JSON.stringify({
      pbtResults: { '1.2 b': { status: 'passed' } },
      executionHistory: { '1.1 a': [{ timestamp: 0 }, { timestamp: 1000 }], '1.1 old': [{}] },
    });
    const { plans, problems } = read(text, { 'tasks.meta.json': history });
    assert.deepEqual(plans[0]?.facts['runs'], {
      '1.1': { count: 2, last: '1970-01-01T00:00:01.000Z' },
    });
    assert.deepEqual(plans[0].facts['propertyTests'], { '1.2': 'passed' });
    assert.deepEqual(
      problems.map(({ rule, path }) => [rule, path]),
      [['orphan-history', '.kiro/specs/a-spec/tasks.meta.json']],
    );
  });

  it('tell that a person has not approved the tasks yet', () => {
    const gates = (json: string) => planOf(text, { 'spec.json': json }).gates;
    const [gate] = gates('{"approvals":{"tasks":{"generated":true,"approved":false}}}');
    assert.deepEqual(gate?.blocks, ['1.1', '1.2']);
    assert.deepEqual(gates('{"approvals":{"tasks":{"approved":true}}}'), []);
    assert.deepEqual(gates('{"phase":"tasks-generated"}'), []);
    assert.deepEqual(gates('no json'), []);
    assert.equal(planOf(text, { 'spec.json': '{}' }).facts['dialect'], 'cc-sdd');
  });

  it('tell what kind of spec it is', () => {
    const { facts } = planOf(text, { '.config.kiro': '{"specType":"bugfix","specId":"x"}' });
    assert.equal(facts['specType'], 'bugfix');
  });
});
