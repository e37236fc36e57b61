import assert from 'node:assert/strict';
import { kiroFormat } from '../../../src/formats/kiro/format';
import { personAgent, subtasksOf, type Plan, type PlanReading } from '../../../src/model/plan';
import { planTexts } from '../../support/plan-texts';

const nativePath = '.kiro/specs/a-spec/tasks.md';
const workflowPath = '.spec-workflow/specs/a-spec/tasks.md';

function read(text: string, path = nativePath): PlanReading {
  return kiroFormat.read({ path, text });
}

function planOf(text: string, path = nativePath): Plan {
  const [plan] = read(text, path).plans;
  assert.ok(plan);
  return plan;
}

const tasks = (text: string, path?: string) => subtasksOf(planOf(text, path));
const ids = (text: string) => tasks(text).map(({ id }) => id);
const rules = (text: string, path?: string) =>
  read(text, path).problems.map(({ rule, line }) => `${line} ${rule}`);
const phases = (text: string) =>
  planOf(text).phases.map(({ id, title, subtasks }) => [
    id,
    title,
    subtasks.map((subtask) => subtask.id).join(' '),
  ]);

describe('the kiro format', () => {
  const { text } = planTexts.kiro;

  it('reads title, overview, groups and leaves', () => {
    const plan = planOf(text);
    assert.equal(plan.title, 'Shop search');
    assert.equal(plan.description, 'People find articles by their names.');
    assert.equal(plan.declaredPhases, 2);
    assert.deepEqual(phases(text), [
      ['1', 'Build the index', '1.1 1.2 1.3'],
      ['top-2', 'Checkpoint - everything is green', '2'],
      ['3', 'Show what is found', '3.1 3.2 3.3'],
      ['top-4', 'Tell the shops', '4'],
    ]);
  });

  it('reads marks, files, requirements and what is optional', () => {
    const read = tasks(text);
    assert.deepEqual(
      read.map(({ status }) => status),
      [
        ...['claimed', 'claimed', 'pending', 'pending'],
        ...['in_progress', 'pending', 'pending', 'pending'],
      ],
    );
    assert.deepEqual(read[0]?.files, ['src/articles.ts', 'test/articles.test.ts']);
    assert.deepEqual(read[1]?.files, ['src/fresh.ts', 'src/watch.ts']);
    assert.deepEqual(read[0].labels, ['req:1.1', 'req:2.1', 'req:2.2', 'req:2.3']);
    assert.deepEqual(read[2]?.labels, ['req:1.2']);
    assert.deepEqual(
      read.filter(({ optional }) => optional).map(({ id }) => id),
      ['1.3'],
    );
  });

  it('gives a leaf the lines of its group as context behind its own', () => {
    const [first, second] = tasks(
      '- [ ] 1. G\n  - all of it\n  - [ ] 1.1 a\n    - own\n  - [ ] 1.2 b\n',
    );
    assert.equal(first?.detail, '    - own\n\n1 G\n  - all of it');
    assert.equal(second?.detail, '1 G\n  - all of it');
  });

  it('makes a checkpoint the work of a person, with the words of the file', () => {
    const found = tasks(
      '- [ ] 1. a\n- [ ] 2. Checkpoint - tests\n  - Ask when unsure.\n- [ ] 3. FINAL CHECKPOINT\n- [ ] 4. チェックポイント\n- [ ] 5. 检查点\n- [ ] 6. Checkpointing\n',
    );
    assert.deepEqual(
      found.map(({ agent }) => agent),
      [null, personAgent, personAgent, personAgent, personAgent, null],
    );
    const [check] = found[1]?.checks ?? [];
    assert.ok(check?.type === 'manual');
    assert.equal(check.config.instruction, 'Checkpoint - tests\n  - Ask when unsure.');
  });

  it('accepts the numbers that people write', () => {
    assert.deepEqual(
      ids('- [ ] 1\\. a\n* [ ] 2 b\n+ [x]* 3. c\n- [ ]4. d\n- [ ] 5.1.2 e\n- [ ] 6* f\n'),
      ['1', '2', '3', '4', '5.1.2', '6'],
    );
    assert.deepEqual(
      tasks('- [x]* 1. a\n- [ ] 7.9* b\n- [ ] 8.* c\n').map(({ optional }) => optional),
      [true, true, true],
    );
  });

  it('leaves boxes in fences and links alone', () => {
    assert.deepEqual(ids('- [ ] 1. a\n```\n- [ ] 2. b\n```\n- [x](https://example.org)\n'), ['1']);
  });

  it('reports boxes without a number beside numbered ones, but for those of checklists', () => {
    const text = '- [ ] 1. a\n  - [ ] a step\n- [ ] lost\n## Success Criteria\n- [ ] fine\n';
    assert.deepEqual(ids(text), ['1']);
    assert.deepEqual(rules(text), ['3 unnumbered-box']);
  });

  it('takes every unindented box for a task where nothing is numbered, but for checklists', () => {
    const text =
      '# Tasks\n## Build\n- [x] a\n  - [ ] step\n- [ ] b\n## Definition of Done\n- [ ] c\n## Completion criteria\n### More\n- [ ] d\n## Ship\n- [ ] e\n';
    assert.deepEqual(
      tasks(text).map(({ key, keyOrigin, title }) => [key, keyOrigin, title]),
      [
        ['1', 'position', 'a'],
        ['2', 'position', 'b'],
        ['3', 'position', 'e'],
      ],
    );
    assert.deepEqual(
      planOf(text).phases.map(({ title }) => title),
      ['Build', 'Ship'],
    );
    assert.equal(planOf(text).declaredPhases, 0);
  });

  it('says that a file has no task', () => {
    const [problem] = read('# Retired\n\nSee `tasks.legacy.md`.\n').problems;
    assert.deepEqual([problem?.rule, problem?.severity], ['no-tasks', 'info']);
  });

  describe('groups', () => {
    it('come from the indent, whatever the numbers say', () => {
      const text = '- [ ] 16. G\n  - [ ] 7.1 a\n  - [ ] 7.2 b\n';
      assert.deepEqual(phases(text), [['16', 'G', '7.1 7.2']]);
      assert.deepEqual(rules(text), ['2 group-number-mismatch', '3 group-number-mismatch']);
    });

    it('take unindented numbers below one that has no lines of its own', () => {
      assert.deepEqual(phases('- [ ] 1. G\n- [ ] 1.1 a\n- [ ]* 1.2 b\n'), [['1', 'G', '1.1 1.2']]);
    });

    it('do not take them below one that is work itself', () => {
      const text = '- [ ] 1. Work\n  - how\n- [ ]* 1.1 Test it\n- [ ] 2. More\n  - how\n';
      assert.deepEqual(ids(text), ['1', '1.1', '2']);
      assert.equal(planOf(text).declaredPhases, 0);
    });

    it('may stand below each other', () => {
      const text =
        '- [ ] 1. A\n  - [ ] 1.1 B\n    - [ ] 1.1.1 c\n    - [ ] 1.1.2 d\n  - [ ] 1.2 e\n';
      assert.deepEqual(phases(text), [
        ['1.1', 'B', '1.1.1 1.1.2'],
        ['1', 'A', '1.2'],
      ]);
    });

    it('come from headings right above tasks, but for the title and those that say nothing', () => {
      const text =
        '# Implementation Plan\n## 1. Setup\n- [ ] 1.1 a\n## Task 2: Build\n- [ ] 2.1 b\n### Phase C — Ship\n- [ ] 3.1 c\n## Tasks\n- [ ] 4. d\n';
      assert.deepEqual(phases(text), [
        ['1', 'Setup', '1.1'],
        ['2', 'Build', '2.1'],
        ['C', 'Ship', '3.1'],
        ['top-4', 'd', '4'],
      ]);
      assert.equal(planOf(text).declaredPhases, 3);
    });

    it('that are ticked with an open child, or not with all done, are reported', () => {
      assert.deepEqual(rules('- [x] 1. G\n  - [ ] 1.1 a\n  - [ ]* 1.2 b\n'), [
        '1 parent-done-child-open',
      ]);
      assert.deepEqual(rules('- [ ] 1. G\n  - [x] 1.1 a\n  - [ ]* 1.2 b\n'), [
        '1 parent-open-children-done',
      ]);
      assert.deepEqual(rules('- [x] 1. G\n  - [x] 1.1 a\n  - [ ]* 1.2 b\n'), []);
    });
  });

  it('tells repeated numbers apart by their place', () => {
    const text = '- [x] 6. a\n- [ ] 6. a\n- [-] 8. b\n- [ ] 8. b\n  - [x] 8.1 c\n';
    assert.deepEqual(
      tasks(text).map(({ key, status }) => [key, status]),
      [
        ['6', 'claimed'],
        ['6#2', 'pending'],
        ['8', 'in_progress'],
        ['8.1', 'claimed'],
      ],
    );
    assert.deepEqual(
      rules(text).filter((rule) => rule.endsWith('duplicate-id')),
      ['2 duplicate-id', '4 duplicate-id'],
    );
  });

  it('reports marks that it does not know, and those that say that a task is queued', () => {
    assert.deepEqual(rules('- [?] 1. a\n- [~] 2. b\n'), ['1 unknown-marker', '2 queued-mark']);
    assert.equal(tasks('- [?] 1. a\n')[0]?.status, 'needs_attention');
  });

  describe('of spec-workflow', () => {
    const text =
      '# Tasks Document\n\n- [~] 1. Build it\n  - File: src/a.ts (modify existing), src/b.ts\n  - Purpose: to have it\n  - _Leverage: `src/old.ts`_\n  - _Blocked: no key_\n  - _Requirements: REQ-001, 2, NFR_\n  - _Prompt: Role: Smith | Task: forge it\n    _Requirements: 9.9_ | Success: It holds | really_\n- [X] 2. Look\n';

    it('has blocked tasks, files, and what success is', () => {
      const [first] = tasks(text, workflowPath);
      assert.equal(first?.status, 'blocked');
      assert.deepEqual(first.files, ['src/a.ts', 'src/b.ts']);
      assert.deepEqual(first.labels, ['req:REQ-001', 'req:2']);
      assert.deepEqual(first.verification, ['It holds | really']);
      assert.match(first.detail, /Role: Smith/);
      assert.deepEqual(rules(text, workflowPath), ['11 capital-x']);
    });

    it('is known by its fields where the path says nothing', () => {
      assert.equal(planOf(text, 'list.md').facts['dialect'], 'spec-workflow');
      assert.equal(planOf(text, nativePath).facts['dialect'], 'native');
    });

    it('is not written into once it is archived', () => {
      const plan = planOf(text, '.spec-workflow/archive/specs/old/tasks.md');
      assert.match(plan.statusNote ?? '', /archived/);
    });
  });

  describe('of cc-sdd', () => {
    const text =
      '## 1. Setup\n- [ ] 1.1 (P) One\n  - _Boundary: Store_\n- [ ] 1.2 Two (P)\n  - _Depends: 1.1_\n- [ ]* 1.3 Three\n<details>\n\n- [x] 1.4 Four\n\n</details>\n';

    it('has the mark of what may run in parallel, areas, and its own dependencies', () => {
      const read = tasks(text, 'x.md');
      assert.deepEqual(
        read.map(({ title, labels }) => [title, labels.join(' ')]),
        [
          ['One', 'P boundary:Store'],
          ['Two', 'P'],
          ['Three', ''],
          ['Four', ''],
        ],
      );
      assert.deepEqual(
        read[1]?.dependsOn.map(({ id, kind }) => [id, kind]),
        [['1.1', 'declared']],
      );
      assert.equal(planOf(text, 'x.md').facts['dialect'], 'cc-sdd');
    });

    it('depends on all that lie in a range, and on nothing in brackets', () => {
      const boxes = ['1.1', '1.2', '1.3', '2.1'].map((id) => `- [ ] ${id} Do\n`).join('');
      const read = tasks(`${boxes}  - _Depends: 1.1-1.3 (see 4.2)_\n`, 'x.md');
      assert.deepEqual(
        read[3]?.dependsOn.map(({ id, kind }) => `${id} ${kind}`),
        ['1.1 declared', '1.2 declared', '1.3 declared'],
      );
    });
  });

  it('reads requirements in the language of the author', () => {
    const text =
      '- [ ] 1. a\n  - _需求: 1.1, 2.3_\n  - **验证: 需求 3.1**\n  - _Requirements: 要件1〜3, all of them_\n  - _Estimate: 9_\n';
    assert.deepEqual(tasks(text)[0]?.labels, [
      ...['req:1.1', 'req:2.3', 'req:3.1', 'req:1', 'req:2', 'req:3'],
    ]);
  });

  it('reports a number that a group has already, on a leaf, too', () => {
    assert.deepEqual(rules('- [x] 1. a\n  - [x] 1.1 b\n- [ ] 1. a\n'), ['3 duplicate-id']);
    assert.deepEqual(rules('- [ ] 1. a\n- [x] 1. a\n  - [x] 1.1 b\n'), ['2 duplicate-id']);
    assert.deepEqual(rules('- [ ] 1. a\n- [ ] 1. b\n'), ['2 duplicate-id']);
  });

  it('counts groups and numbered headings as phases, and only names those of other headings', () => {
    const declared = (heading: string) =>
      planOf(`## ${heading}\n- [ ] 1. a\n- [ ] 2. b\n  - [ ] 2.1 c\n`).declaredPhases;
    for (const heading of [
      '1. Setup',
      'Task 3: Setup',
      'Phase A — Setup',
      '阶段一：准备',
      'Week 2',
    ])
      assert.equal(declared(heading), 2, heading);
    for (const heading of ['E-commerce setup', 'Still to build', '2FA', 'Tasks'])
      assert.equal(declared(heading), 1, heading);
    assert.equal(phases('## E-commerce setup\n- [ ] 1. a\n')[0]?.[1], 'E-commerce setup');
  });

  it('knows cc-sdd by its field wherever that stands', () => {
    assert.equal(planOf('- [ ] 1.1 a\n_Boundary: Store_\n', 'x.md').facts['dialect'], 'cc-sdd');
  });

  it('has the folder for a title where the file says none', () => {
    assert.equal(planOf('# 实施计划\n- [ ] 1. a\n').title, 'a-spec');
    assert.equal(planOf('# Tasks Document\n- [ ] 1. a\n').title, 'a-spec');
    assert.equal(planOf('# Search of the shop\n- [ ] 1. a\n').title, 'Search of the shop');
  });
});
