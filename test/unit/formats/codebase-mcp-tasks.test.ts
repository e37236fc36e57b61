import assert from 'node:assert/strict';
import { codebaseMcpFormat } from '../../../src/formats/codebase-mcp/format';
import { formatOf, formats } from '../../../src/formats/registry';
import { subtasksOf, type Plan, type PlanReading } from '../../../src/model/plan';
import { applyEdits, planTexts } from '../../support/plan-texts';
import { statusChange } from '../../support/status-change';

const path = 'specs/001-a/tasks.md';

function read(text: string): PlanReading & { plan: Plan } {
  const reading = codebaseMcpFormat.read({ path, text });
  const [plan] = reading.plans;
  assert.ok(plan);
  return { ...reading, plan };
}

const rules = ({ problems }: PlanReading) => problems.map(({ rule }) => rule);
const edges = (plan: Plan) =>
  subtasksOf(plan).flatMap(({ id, dependsOn }) =>
    dependsOn.filter(({ kind }) => kind === 'declared').map((one) => `${one.id}>${id}`),
  );

describe('a codebase-mcp task list', () => {
  const reading = read(planTexts['codebase-mcp'].text);
  const { plan } = reading;
  const task = (id: string) => subtasksOf(plan).find((one) => one.id === id);

  it('has the boxes with ids below phases as subtasks, and no checklist or code', () => {
    assert.equal(plan.title, 'Harbour log');
    assert.deepEqual(
      plan.phases.map(({ id, title, checkpoint, subtasks }) => [
        ...[id, title, checkpoint],
        subtasks.map((one) => one.id).join(' '),
      ]),
      [
        ['3.1', 'Phase 3.1: Setup (Sequential)', 'models load ✅', 'T000 T001 T001a'],
        ['3.2', 'Phase 3.2: Service (ONLY after tests are failing)', null, 'T002 T003 T004'],
      ],
    );
    assert.equal(plan.declaredPhases, 2);
  });

  it('reads ids, marks and titles with any bold around them', () => {
    assert.equal(task('T001')?.title, '**Create the pier model** in `src/models/log.py`');
    assert.deepEqual(task('T001')?.labels, ['P', 'Models']);
    assert.deepEqual(
      subtasksOf(plan).map(({ status }) => status),
      ['claimed', 'claimed', 'pending', 'pending', 'claimed', 'pending'],
    );
  });

  it('keeps the box of what was put off and labels it', () => {
    assert.deepEqual(task('T001a')?.labels, ['GIT', 'Models', 'deferred']);
    const other = read(
      '## Phase 1: A\n- [x] **T001** a\n  - **Status**: Deferred to v2\n- [ ] SKIP: T002 b\n',
    );
    assert.deepEqual(
      subtasksOf(other.plan).map(({ status, labels }) => [status, labels.at(-1)]),
      [
        ['claimed', 'deferred'],
        ['pending', 'deferred'],
      ],
    );
    const out = [
      '[DEFERRED] a',
      'a\n  - **Status**: Deferred to v2',
      'a\n  - **Result**: 1 SKIPPED',
    ];
    assert.deepEqual(
      out.map((text) => {
        const one = read(`## Phase 1: A\n- [ ] **T001** ${text}\n`);
        return subtasksOf(one.plan)[0]?.leftOut !== null;
      }),
      [true, true, false],
    );
  });

  it('takes files from the title and the File bullets alone', () => {
    assert.deepEqual(task('T001')?.files, ['src/models/log.py', 'src/models/pier.py']);
  });

  it('takes the file of a test that is named within it', () => {
    const { plan: tests } = read(
      '## Phase 1: A\n- [ ] T001 a in `tests/a.py::TestPier::test_log`\n- [ ] T002 b in tests/b.py::test_pier, then c\n  - File: tests/c.py::test_c[1-2] (NEW)\n',
    );
    assert.deepEqual(
      subtasksOf(tests).map(({ files }) => files),
      [['tests/a.py'], ['tests/b.py', 'tests/c.py']],
    );
  });

  it('reads every id and range of a Dependencies bullet, and A blocks B, and no arrow', () => {
    assert.deepEqual(edges(plan), [
      'T000>T002',
      'T001>T002',
      'T001a>T002',
      'T002>T003',
      'T001>T003',
      'T001>T004',
    ]);
  });

  it('reads ranges whose end has no letter, and dependencies without a bullet', () => {
    const found = read(
      '## Phase 1: A\n- [ ] T001 a\n- [ ] T002 b\n- [ ] T003 c\n  **Dependencies**: T001–002\n- [ ] T004 d\n  Dependencies: T003 (built -100 of it)\n',
    );
    assert.deepEqual(
      [rules(found), edges(found.plan)],
      [[], ['T001>T003', 'T002>T003', 'T003>T004']],
    );
  });

  it('holds a tick against the first task of a repeated id', () => {
    const found = read(
      '## Phase 1: A\n- [x] T001 a\n- [ ] T001 b\n- [x] T002 c\n  - Dependencies: T001\n',
    );
    assert.deepEqual(rules(found), ['duplicate-id']);
  });

  it('lets each phase follow the one before, and orders nothing within a phase', () => {
    assert.deepEqual(
      plan.phases.map(({ dependsOn }) => dependsOn.map(({ id, kind }) => `${id} ${kind}`)),
      [[], ['3.1 implied']],
    );
    assert.ok(subtasksOf(plan).every(({ dependsOn }) => dependsOn.every((one) => one.range)));
  });

  it('says what contradicts itself or is not understood', () => {
    assert.deepEqual(
      reading.problems.map(({ rule, line }) => `${rule} ${line}`),
      [
        'tick-contradicts-result 14',
        'parallel-same-file 15',
        'done-before-dependency 27',
        'dangling-dependency 28',
        'unresolved-dependency-text 30',
      ],
    );
  });

  it('reads boxes with more than one blank around them', () => {
    const { plan: wide } = read(
      '# Tasks: A\n\n## Phase 1: B\n-  [ ] **T001** a\n-   [x]  T002 b\n',
    );
    assert.deepEqual(
      subtasksOf(wide).map(({ status }) => status),
      ['pending', 'claimed'],
    );
  });

  it('counts boxes anywhere where no heading is a phase', () => {
    const { plan: flat } = read('# Tasks: A\n\n- [ ] **T001** a\n\n## Later\n- [x] **T002** b\n');
    assert.deepEqual(
      subtasksOf(flat).map(({ id }) => id),
      ['T001', 'T002'],
    );
  });

  it('reports repeated ids, an id for itself, boxes that are no task, and files without any', () => {
    const found = read(
      '## Phase 1: A\n- [ ] **T001** a\n  - Dependencies: T001\n- [ ] **T001** b\n- [ ] T02–T03 c\n- [~] **T004** d\n- [ ] T005–T006 e\n',
    );
    assert.deepEqual(rules(found), [
      'self-dependency',
      'duplicate-id',
      'unknown-marker',
      'unreadable-id',
    ]);
    assert.deepEqual(
      subtasksOf(found.plan).map(({ key }) => key),
      ['T001', 'T001#2', 'T004'],
    );
    assert.deepEqual(rules(codebaseMcpFormat.read({ path, text: '# Tasks: A\n' })), []);
  });

  it('says nothing of dependencies that are none, or that name files', () => {
    const found = read(
      '## Phase 1: A\n- [ ] **T001** a\n  - **Dependencies**: None (can run beside T003)\n- [ ] **T002** b\n  - **Dependencies**: `docs/research.md`\n- [ ] **T003** c\n  - **Dependencies**: N/A\n- [ ] T004 d\n  - **Dependencies**: —\n',
    );
    assert.deepEqual([rules(found), edges(found.plan)], [[], []]);
  });

  it('takes an edge between two tasks for an answer to their shared file', () => {
    const found = read(
      '## Phase 1: A\n- [ ] **T001** [P] a in src/a.py\n- [ ] **T002** [P] b in src/a.py\n  - Dependencies: T001\n### Other\n- [ ] **T003** [P] c in src/a.py\n',
    );
    assert.deepEqual(rules(found), []);
  });

  it('finds that 20 of 22 [P] tasks share files, in groups of 4, 2, 6 and 8', () => {
    const groups = [4, 2, 6, 8, 1, 1];
    let id = 0;
    const text = groups.flatMap((size, group) => [
      `## Phase 3.${group + 1}: G`,
      ...Array.from(
        { length: size },
        () => `- [X] **T${String((id += 1)).padStart(3, '0')}** [P] x in \`src/g${group}.py\``,
      ),
    ]);
    const found = read(text.join('\n'));
    const shared = new Set(found.problems.flatMap(({ message }) => message.match(/T\d{3}/g) ?? []));
    assert.deepEqual([...new Set(rules(found))], ['parallel-same-file']);
    assert.equal(shared.size, 20);
    assert.equal(subtasksOf(found.plan).length, 22);
  });
});

describe('which reader has a tasks.md', () => {
  const formatAt = (at: string, text: string) => formatOf({ path: at, text })?.name ?? null;
  const bold = planTexts['codebase-mcp'].text;

  it('is decided by bold ids with numbered phases or lines of dependencies', () => {
    assert.equal(formatAt(path, bold), 'codebase-mcp');
    assert.equal(formatAt(path, planTexts['spec-kit'].text), 'spec-kit');
    assert.equal(formatAt(path, '## Phase 3.1: A\n- [ ] T001 a\n'), 'spec-kit');
    assert.equal(formatAt(path, '## Phase 1: A\n- [ ] **T001** a\n'), 'spec-kit');
    assert.equal(formatAt('notes/01-list.md', bold), 'codebase-mcp');
    assert.equal(formatAt('.kiro/specs/a/tasks.md', bold), 'kiro');
  });

  it('is one only', () => {
    for (const text of [bold, planTexts['spec-kit'].text])
      assert.equal(formats.filter((format) => format.detect({ path, text })).length, 1);
  });
});

describe('writing a status into a codebase-mcp task list', () => {
  const write = (
    text: string,
    key: string,
    status: 'done' | 'pending' | 'failed' | 'in_progress',
  ) => {
    const edits = codebaseMcpFormat.write({ path, text }, statusChange(key, status));
    return edits === null ? null : applyEdits(text, edits);
  };

  it('replaces the character in the box with the tick that the file uses', () => {
    const { text } = planTexts['codebase-mcp'];
    assert.equal(write(text, 'T002', 'done'), text.replace('[ ] **T002**', '[X] **T002**'));
    assert.equal(write(text, 'T003', 'pending'), text.replace('[X] **T003**', '[ ] **T003**'));
    assert.equal(write(text, 'T002', 'failed'), text);
    assert.equal(write(text, 'T003', 'done'), text);
    assert.equal(write(text, 'T077', 'done'), null);
  });

  it('ticks as the checklists do where no task is ticked, and else with x', () => {
    const list = '# Tasks: A\n## Phase 1: A\r\n- [ ] **T001** a\r\n## Checklist\r\n- [X] b\r\n';
    assert.equal(write(list, 'T001', 'done'), list.replace('[ ]', '[X]'));
    const plain = '# Tasks: A\n## Phase 1: A\n- [ ] **T001** [DEFERRED] a';
    assert.equal(write(plain, 'T001', 'done'), plain.replace('[ ]', '[x]'));
  });
});
