import assert from 'node:assert/strict';
import { openspecFormat } from '../../../src/formats/openspec/format';
import type { PlanSource } from '../../../src/formats/format';
import { subtasksOf, type Plan, type PlanReading } from '../../../src/model/plan';
import { planTexts } from '../../support/plan-texts';

const folder = 'openspec/changes/add-search';
const path = `${folder}/tasks.md`;

/** `others` by their names in the change's folder, or their paths. */
function sourceOf(text: string, others: Record<string, string> = {}, at = path): PlanSource {
  const files = Object.entries(others).map(([name, own]) => {
    const full = name.startsWith('openspec/') ? name : `${folder}/${name}`;
    return [full, { path: full, text: own }] as const;
  });
  return { path: at, text, others: new Map(files) };
}

function read(text: string, others?: Record<string, string>, at?: string): PlanReading {
  return openspecFormat.read(sourceOf(text, others, at));
}

function planOf(...source: Parameters<typeof read>): Plan {
  const [plan] = read(...source).plans;
  assert.ok(plan);
  return plan;
}

const tasks = (text: string) => subtasksOf(planOf(text));
const ids = (text: string) => tasks(text).map(({ id }) => id);
const rules = (...source: Parameters<typeof read>) =>
  read(...source)
    .problems.map(({ rule, line }) => `${line} ${rule}`)
    .filter((rule) => !/no-verification|ready-to-archive/.test(rule));
const phases = (text: string) =>
  planOf(text).phases.map(({ id, title, subtasks }) => [id, title, subtasks.length]);

describe('the openspec format', () => {
  it('reads phases, tasks and what stands below them', () => {
    const { text } = planTexts.openspec;
    const plan = planOf(text, {}, planTexts.openspec.path);
    assert.equal(plan.title, 'Add shop search');
    assert.deepEqual(phases(text), [
      ['1', 'Index', 4],
      ['2', 'Page', 4],
    ]);
  });

  it('counts what the tool counts, and nothing else', () => {
    const lines: [string, string | null, boolean, string][] = [
      ['- [x] 1.1 Add table', '1.1', true, 'Add table'],
      ['* [X]2.3 Add index', '2.3', true, 'Add index'],
      ['  - [ ] 1.1.1 nested', '1.1.1', false, 'nested'],
      ['-[ ] no gap', '#1', false, 'no gap'],
      ['- [\t] tab', '#1', false, 'tab'],
      ['- [\u00a0] no-break', '#1', false, 'no-break'],
      ['- [ ]', '#1', false, '(untitled)'],
      ['- [~] 5.1 partly', null, false, ''],
      ['+ [ ] plus', null, false, ''],
      ['1. [ ] numbered', null, false, ''],
      ['- [ ] **1.2** bold', '1.2', false, 'bold'],
      ['- [ ] **1.2: all bold**', '1.2', false, 'all bold'],
      ['- [x] 3.2.3 ~~old~~ (dropped)', '3.2.3', true, '~~old~~ (dropped)'],
      ['- [ ] 2 GB limit', '#1', false, '2 GB limit'],
      ['- [ ] 2.4b: letter', '2.4b', false, 'letter'],
      ['- [ ] 1.5x2 no number', '#1', false, '1.5x2 no number'],
      ['\uFEFF- [ ] 1.1 mark', '1.1', false, 'mark'],
    ];
    for (const [line, id, isDone, title] of lines) {
      const [first] = tasks(`${line}\r\n`);
      const found = first && [first.id, first.status === 'claimed', first.title];
      assert.deepEqual(found, id === null ? undefined : [id, isDone, title], line);
    }
  });

  it('counts boxes in fences, comments and indented blocks, as the tool does', () => {
    const text =
      '```\n- [ ] 1.1 a\n# No heading\n```\n<!--\n- [ ] 1.2 b\n-->\n        - [x] 1.3 c\n';
    assert.deepEqual(ids(text), ['1.1', '1.2', '1.3']);
    assert.equal(planOf(text).declaredPhases, 0);
  });

  it('splits lines where the tool does', () => {
    assert.deepEqual(ids('- [ ] a\r- [ ] b\n- [ ] c'), ['#1', '#2']);
    assert.equal(tasks('- [ ] a\r- [ ] b\n- [ ] c')[0]?.title, 'a');
  });

  it('numbers boxes without a number by their place among all', () => {
    assert.deepEqual(ids('- [ ] 1.1 a\n- [ ] b\n  - [ ] c\n- [ ] 1.2 d\n'), [
      '1.1',
      '#2',
      '#3',
      '1.2',
    ]);
  });

  it('knows a phase whose number follows at once', () => {
    const text = '## All\n### Phase1: A\n- [ ] a\n### Phase2: B\n- [ ] b\n### Phased work\n';
    assert.deepEqual(phases(text), [
      ['1', 'A', 1],
      ['2', 'B', 1],
    ]);
  });

  it('finds the level of phases', () => {
    assert.deepEqual(phases('## 1. A\n- [ ] a\n## 2. B\n- [ ] b\n'), [
      ['1', 'A', 1],
      ['2', 'B', 1],
    ]);
    assert.deepEqual(phases('# Tasks\n## 🚀 Phase 0: P\n### 0.1 X\n- [ ] a\n#### Y\n- [ ] b\n'), [
      ['0', 'P', 2],
    ]);
    assert.deepEqual(phases('## List\n### Phase 1\n#### Task 1.0\n- [ ] a\n'), [
      ['1', 'Phase 1', 1],
    ]);
    assert.deepEqual(phases('- [ ] a\n'), [[null, 'Add search', 1]]);
    assert.deepEqual(phases('## 1. A\n## 2. B\n- [ ] a\n'), [['2', 'B', 1]]);
    assert.deepEqual(phases('- [ ] a\n## Next\n- [ ] b\n### More\n- [ ] c\n# Other\n- [ ] d\n'), [
      ['top', 'Add search', 1],
      ['1', 'Next', 2],
      ['top#2', 'Add search', 1],
    ]);
  });

  it('reads detail, files and verification, and no box as detail', () => {
    const [first, second] = tasks(
      '- [ ] 1.1 Do `src/a.ts` (`src/b.ts:3-9`)\n  wrapped\n\n  - [ ] 1.1.1 x. Verify: `npm test`\n    Run `make` twice\nprose\n  lost\n',
    );
    assert.deepEqual(first?.files, ['src/a.ts', 'src/b.ts']);
    assert.equal(first.detail, '  wrapped');
    assert.deepEqual(second?.verification, ['`npm test`', '`make` twice']);
    assert.equal(second.detail, '    Run `make` twice');
  });

  it('follows the order of the file, phase by phase', () => {
    const plan = planOf('## 1. A\n- [ ] 1.1 a\n  - [ ] 1.1.1 b\n## 2. B\n- [ ] 2.1 c\n');
    assert.deepEqual(
      subtasksOf(plan).map(({ dependsOn }) => dependsOn.map(({ id }) => id)),
      [[], ['1.1'], []],
    );
    assert.deepEqual(plan.phases[1]?.dependsOn, [{ id: '1', kind: 'implied', range: null }]);
  });

  it('reports what is wrong with numbers and marks', () => {
    const text =
      '## 03. A\n- [ ] 3.1 a\n- [x] 4.1 b\n- [ ] c\n- [ ] 3.1 d\n- [~] 3.4 e\n- [1] note\n- [x](link)\n- [ ]\n## Other\n- [ ] 9.1 f\n';
    assert.deepEqual(rules(text), [
      '3 group-number-mismatch',
      '5 duplicate-id',
      '6 unknown-marker',
      '9 empty-task',
    ]);
    assert.deepEqual(ids(text).slice(0, 4), ['3.1', '4.1', '#3', '3.1']);
  });

  it('says that a file has no task that counts', () => {
    assert.deepEqual(rules('## 1. A\n1. **[PENDING] Do it**\n'), ['1 no-tasks']);
  });

  it('says of a change that it is ready, or what open tasks do not say', () => {
    const all = (text: string) => read(text).problems.map(({ rule, line }) => `${line} ${rule}`);
    assert.deepEqual(all('- [x] 1.1 a\n'), ['1 ready-to-archive']);
    assert.deepEqual(all('- [x] 1.1 a\n- [ ] 1.2 b\n- [ ] 1.3 c. Verify: look\n'), [
      '2 no-verification',
    ]);
  });
});

describe('an openspec change as a folder', () => {
  it('says why it is made, what it is about, and which specs it changes', () => {
    const plan = planOf('- [ ] 1.1 a\n', {
      'proposal.md': '# P\n\n## Why\n\nPeople look\nfor things.\n\nMore.\n\n## What Changes\n',
      '.openspec.yaml': 'schema: spec-driven\ncreated: 2026-01-02\naffected_areas: [shop, page]\n',
      'specs/shop/search/spec.md':
        '## ADDED Requirements\n### Requirement: Find\n#### Scenario: x\n## REMOVED Requirements\n### Requirement: Old\n',
    });
    assert.equal(plan.description, 'People look for things.');
    assert.deepEqual(plan.facts, {
      schema: 'spec-driven',
      created: '2026-01-02',
      affectedAreas: ['shop', 'page'],
      deltas: [
        {
          path: `${folder}/specs/shop/search/spec.md`,
          added: 1,
          modified: 0,
          removed: 1,
          renamed: 0,
        },
      ],
    });
  });

  it('is asked for the specs that it changes', () => {
    const proposal = { 'proposal.md': '## Why\nx\n' };
    assert.deepEqual(rules('- [ ] 1.1 a\n', proposal), ['1 no-delta-specs']);
    assert.deepEqual(
      rules('- [ ] 1.1 a\n', { ...proposal, '.openspec.yaml': 'skip_specs: true\n' }),
      [],
    );
    assert.deepEqual(rules('- [ ] 1.1 a\n'), []);
  });

  describe('with a schema of its own', () => {
    const settings = { '.openspec.yaml': 'schema: ours\nskip_specs: true\n' };
    const schema = (text: string) => ({
      ...settings,
      'openspec/schemas/ours/schema.yaml': text,
    });
    const artifacts = (generates: string) =>
      `name: ours\nartifacts:\n  - id: proposal\n    generates: proposal.md\n    instruction: |\n      Write it.\n      generates: no.md\n  - id: todo\n    generates: "${generates}"\n    requires: [proposal]\n`;
    const keys = (...source: Parameters<typeof read>) =>
      subtasksOf(planOf(...source)).map(({ key }) => key);

    it('that is not there says so, and has the tasks of tasks.md', () => {
      assert.deepEqual(rules('- [ ] 1.1 a\n', settings), ['1 unresolved-schema']);
      assert.deepEqual(keys('- [ ] 1.1 a\n', { ...settings, 'b/tasks.md': '- [ ] 2.1 b\n' }), [
        '1.1',
      ]);
    });

    it('has the tasks of all files that it tracks, a group of phases for each', () => {
      const files = {
        'api/tasks.md': '- [x] 1.1 b\n',
        'page/tasks.md': '## 1. Page\n- [ ] 1.1 c\n',
      };
      for (const tracks of ['**/tasks.md', 'todo']) {
        const others = {
          ...schema(`${artifacts('**/tasks.md')}apply:\n  tracks: "${tracks}"\n`),
          ...files,
        };
        assert.deepEqual(keys('- [ ] 1.1 a\n', others), ['1.1', 'api/1.1', 'page/1.1']);
        assert.deepEqual(keys('', others, folder), ['api/1.1', 'page/1.1']);
        assert.deepEqual(rules('- [ ] 1.1 a\n', others), []);
        assert.deepEqual(
          planOf('- [ ] 1.1 a\n', others).phases.map(({ id }) => id),
          ['top', 'api/top', 'page/1'],
        );
      }
      const named = {
        ...schema(`${artifacts('api/tasks.md')}apply:\n  tracks: api/tasks.md\n`),
        ...files,
      };
      assert.deepEqual(keys('- [ ] 1.1 a\n', named), ['api/1.1']);
    });

    it('has those of the artifact “tasks” where it tracks none', () => {
      const text = artifacts('todo.md')
        .replace('id: todo', 'id: tasks')
        .replace('todo.md', 'tasks.md');
      assert.deepEqual(rules('- [ ] 1.1 a\n', schema(text)), []);
    });

    it('that tracks what the change does not have says so', () => {
      const others = schema(`${artifacts('todo.md')}apply:\n  tracks: todo.md\n`);
      assert.deepEqual(rules('- [ ] 1.1 a\n', others), ['1 unresolved-schema']);
      assert.deepEqual(keys('- [ ] 1.1 a\n', others), ['1.1']);
    });

    it('may have it from the project', () => {
      const project = { 'openspec/config.yaml': 'schema: ours\n' };
      assert.deepEqual(rules('- [ ] 1.1 a\n', project), ['1 unresolved-schema']);
      const own = { ...project, '.openspec.yaml': 'schema: spec-driven\nskip_specs: true\n' };
      assert.deepEqual(rules('- [ ] 1.1 a\n', own), []);
    });
  });

  it('with task files in folders is one plan, with a group of phases for each', () => {
    const plan = planOf(
      '',
      {
        'backend/tasks.md': '## 1. Api\n- [x] 1.1 a\n',
        'frontend/tasks.md': '- [ ] 1.1 b\n- [ ] c\n',
        'specs/x/spec.md': '',
      },
      folder,
    );
    assert.equal(plan.title, 'Add search');
    assert.deepEqual(
      subtasksOf(plan).map((subtask) => [subtask.key, subtask.path]),
      [
        ['backend/1.1', `${folder}/backend/tasks.md`],
        ['frontend/1.1', `${folder}/frontend/tasks.md`],
        ['frontend/#2', `${folder}/frontend/tasks.md`],
      ],
    );
    assert.deepEqual(
      plan.phases.map(({ id, title }) => [id, title]),
      [
        ['backend/1', 'Api'],
        ['frontend/top', 'frontend'],
      ],
    );
  });

  it('that is archived tells of open tasks', () => {
    const archived = 'openspec/changes/archive/2026-01-02-add-search/tasks.md';
    assert.deepEqual(rules('- [ ] 1.1 a\n- [x] 1.2 b\n', {}, archived), [
      '1 archived-with-open-tasks',
    ]);
    const plan = planOf('- [x] 1.1 a\n', {}, archived);
    assert.equal(plan.title, 'Add search');
    assert.match(plan.statusNote ?? '', /archived/);
  });
});
