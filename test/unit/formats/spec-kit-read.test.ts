import assert from 'node:assert/strict';
import { leftOutReason } from '../../../src/model/left-out';
import { specKitFormat } from '../../../src/formats/spec-kit/format';
import { subtasksOf, type Plan, type PlanReading } from '../../../src/model/plan';
import { planTexts } from '../../support/plan-texts';

function read(text: string): PlanReading {
  return specKitFormat.read({ path: 'specs/001-a/tasks.md', text });
}

function planOf(text: string): Plan {
  const [plan] = read(text).plans;
  assert.ok(plan);
  return plan;
}

const tasks = (text: string) => subtasksOf(planOf(text));
const ids = (text: string) => tasks(text).map(({ id }) => id);
const rules = (text: string) => read(text).problems.map(({ rule, line }) => `${line} ${rule}`);

describe('the spec-kit format', () => {
  const { text } = planTexts['spec-kit'];

  it('reads title, phases, checkpoints and groups', () => {
    const { title, phases, declaredPhases } = planOf(text);
    assert.equal(title, 'Shop search');
    assert.equal(declaredPhases, 2);
    assert.deepEqual(
      phases.map((phase) => [phase.id, phase.title, phase.checkpoint]),
      [
        ['1', 'Phase 1: Setup', 'it builds'],
        ['2', 'Phase 2: User Story 1 - Search (Priority: P1)', null],
      ],
    );
    assert.deepEqual(tasks(text)[3]?.labels, ['US1', 'Tests for User Story 1']);
  });

  it('reads ids, marks, labels, files and verification', () => {
    assert.deepEqual(
      tasks(text).map(({ id, status, title, files }) => [id, status, title, files]),
      [
        ['T001', 'claimed', 'Create `package.json`', ['package.json']],
        ['T002', 'claimed', 'Add lint rules in `eslint.config.js`', ['eslint.config.js']],
        [
          'T003',
          'pending',
          'Add tests in tests/setup.test.js (depends on T001,',
          ['tests/setup.test.js'],
        ],
        ['T004', 'pending', 'Write src/search.ts', ['src/search.ts']],
        ['T005', 'skipped', '**Deleted** — not needed', []],
        ['T006', 'needs_attention', 'Undo it', []],
      ],
    );
    assert.deepEqual(tasks(text)[1]?.labels, ['P']);
    assert.deepEqual(tasks(text)[3]?.verification, ['`npm test`']);
    assert.deepEqual(tasks(text)[3]?.checks, []);
    assert.deepEqual(rules(text), ['25 missing-story-label', '26 unknown-marker']);
  });

  it('accepts the ids that people write, and no others', () => {
    const text = [
      '- [ ] T1000 a',
      '- [ ] T005b b',
      '- [ ] **T031-MIN** c',
      '- [ ] `T032`: d',
      '- [ ] [T033] [P] e',
      '* [ ] M001. f',
      '  + [ ] T034) g',
      '- [ ] CHK001 no',
      '- [ ] FR001 no',
      '- [ ] T01 no',
      '- [P] no',
      '- [ ] no',
    ].join('\n');
    assert.deepEqual(ids(text), ['T1000', 'T005b', 'T031-MIN', 'T032', 'T033', 'M001', 'T034']);
  });

  it('reports boxes that begin like an id', () => {
    assert.deepEqual(rules("- [ ] T001 a\n- [ ] T002–T004 b\n- [ ] T005' c\n"), [
      '2 unreadable-id',
      '3 unreadable-id',
    ]);
  });

  it('reads SKIP as skipped, whatever the mark', () => {
    const skips = '- [X] SKIP: T039 (why)\n- [ ] SKIPPED T040 b\n- [x] ~~T041~~ c\n';
    assert.deepEqual(
      tasks(skips).map(({ id, status }) => [id, status]),
      [
        ['T039', 'skipped'],
        ['T040', 'skipped'],
        ['T041', 'claimed'],
      ],
    );
  });

  it('says why a task is left out', () => {
    const reasons = tasks('- [ ] SKIP: T039 (why)\n- [ ] ~~T040~~ b\n- [ ] T041 c\n').map(
      leftOutReason,
    );
    assert.deepEqual(reasons, [
      'its line says that it is skipped',
      'its id is struck through',
      null,
    ]);
  });

  it('ignores boxes in fences and comments', () => {
    assert.deepEqual(ids('- [ ] T001 a\n```\n- [ ] T002 b\n```\n<!-- - [ ] T003 c\n-->\n'), [
      'T001',
    ]);
  });

  it('reads headings as tasks when they have the ids', () => {
    const text =
      '# Tasks: X\n## Phase 1\n#### T001: One [P] ✅\n- [x] fine\n#### T002 Two\n- [x] all\n- [x] ticked\n#### T003 Three\n- [ ] open\n';
    assert.deepEqual(
      tasks(text).map(({ id, status, title }) => [id, status, title]),
      [
        ['T001', 'claimed', 'One ✅'],
        ['T002', 'needs_attention', 'Two'],
        ['T003', 'pending', 'Three'],
      ],
    );
    assert.match(tasks(text)[1]?.detail ?? '', /all[^]*ticked/);
  });

  it('reads a mark in front of the id of a heading', () => {
    const text = '### [x] T001: One\n### [ ] T002 Two\n### ✅ T003: Three\n### T004 Four\n';
    assert.deepEqual(
      tasks(text).map(({ id, status, title }) => `${id} ${status} ${title}`),
      ['T001 claimed One', 'T002 pending Two', 'T003 claimed Three', 'T004 pending Four'],
    );
    const [first] = tasks(text);
    assert.equal(text.slice(first?.idRange?.start, first?.idRange?.end), 'T001');
  });

  it('takes a line that explains [P] for no task where boxes have no ids', () => {
    const text = '# Tasks: X\n- [P] tasks = different files\n## Build\n- [ ] a\n';
    assert.deepEqual(
      tasks(text).map(({ title }) => title),
      ['a'],
    );
    assert.deepEqual(rules(text), []);
  });

  it('reads numbers as ids when no lettered one is there', () => {
    assert.deepEqual(ids('- [ ] 1.1 a\n- [x] 1.2 [VERIFY] b\n- [ ] c\n'), ['1.1', '1.2']);
  });

  it('takes every box outside checklists as a task when no id is there', () => {
    const text =
      '# Review tool\n## Phase 1: Validation\n- [ ] a\n### Notes\n- [ ] no\n## Success Criteria\n### More\n- [ ] no\n## Preview\n- [x] b\n';
    assert.deepEqual(
      tasks(text).map(({ id, keyOrigin, title }) => [id, keyOrigin, title]),
      [
        ['1', 'position', 'a'],
        ['2', 'position', 'b'],
      ],
    );
  });

  it('takes headings at the level of the first phase heading, whatever they are called', () => {
    const text =
      '# T\n- [ ] T000 z\n### Phase 1: A\n- [ ] T001 a\n### Maintenance\n- [ ] T002 b\n### Empty\n## Dependencies\n### Phase Dependencies\n- none\n';
    const { phases, declaredPhases } = planOf(text);
    assert.deepEqual(
      phases.map(({ id, title }) => [id, title]),
      [
        ['0', 'T'],
        ['1', 'Phase 1: A'],
        ['2', 'Maintenance'],
      ],
    );
    assert.equal(declaredPhases, 2);
  });

  it('has one phase without an id where the file has none', () => {
    const { phases, declaredPhases } = planOf('# Tasks: X\n- [ ] T001 a\n');
    assert.deepEqual([phases[0]?.id, declaredPhases], [null, 0]);
  });

  it('keeps duplicate ids apart and notes numbers that go back', () => {
    const text = '- [ ] T001 a\n- [ ] T003 b\n- [ ] T002 c\n- [ ] T001 d\n';
    assert.deepEqual(
      tasks(text).map(({ key }) => key),
      ['T001', 'T003', 'T002', 'T001#2'],
    );
    assert.deepEqual(rules(text), ['3 non-monotonic-id', '4 duplicate-id', '4 non-monotonic-id']);
  });

  it('reports paths outside the workspace and parallel tasks on one file', () => {
    const text =
      '- [ ] T001 [P] Edit `src/a.ts`\n- [ ] T002 [P] Edit `src/a.ts` like `/etc/passwd`\n- [ ] T003 See `../../x.ts`\n';
    assert.deepEqual(rules(text).toSorted(), [
      '2 parallel-same-file',
      '2 path-outside-workspace',
      '3 path-outside-workspace',
    ]);
  });

  it('takes checkpoints that are bold as a whole, however long', () => {
    const long = 'Foundation ready - user story implementation can now begin side by side';
    const [phase] = planOf(
      `## Phase 1: A\n- [ ] T001 a\n**Checkpoint: ${long}**\n\n**⚠️ Checkpoint**: b\n`,
    ).phases;
    assert.equal(phase?.checkpoint, `${long}\nb`);
  });

  it('counts parallel tasks, and the checkpoints of phases with a heading', () => {
    const text = '- [ ] T001 [P] a\n**Checkpoint**: no\n## Phase 1: A\n- [ ] T002 b\n';
    const facts = (more: string) => planOf(text + more).facts;
    assert.deepEqual(facts(''), { parallel: 1, checkpoints: 0 });
    assert.deepEqual(facts('**Checkpoint**: c\n\n**Checkpoint**: d\n'), {
      parallel: 1,
      checkpoints: 2,
    });
  });

  it('reads decorated labels behind the id', () => {
    const text = '- [ ] T001 **[P]** a\n- [ ] T002 `[P]` [US1] b\n- [ ] T003 **Build** c\n';
    assert.deepEqual(
      tasks(text).map(({ labels, title }) => [labels.join(' '), title]),
      [
        ['P', 'a'],
        ['P US1', 'b'],
        ['', '**Build** c'],
      ],
    );
  });

  it('reads the labels at the end of headings that are tasks', () => {
    const text = '#### T001: Build it [P] ✅\n#### T002 [P]: Test it\n#### T003: Ship [US1] [P]\n';
    assert.deepEqual(
      tasks(text).map(({ labels, title, status }) => [labels.join(' '), title, status]),
      [
        ['P', 'Build it ✅', 'claimed'],
        ['P', 'Test it', 'pending'],
        ['US1 P', 'Ship', 'pending'],
      ],
    );
  });

  it('takes a rule at the top of the file for no front matter', () => {
    const { declaredPhases } = planOf(
      '---\n\n## Phase 1: A\n- [ ] T001 a\n\n---\n\n## B\n- [ ] T002 b\n',
    );
    assert.equal(declaredPhases, 2);
    assert.deepEqual(ids('---\nphase: tasks\n---\n- [ ] T001 a\n'), ['T001']);
  });

  it('asks before its tasks while a box of a checklist is open', () => {
    const path = 'specs/001-a/tasks.md';
    assert.deepEqual(specKitFormat.parts(path), ['specs/001-a/checklists/*.md']);
    const readWith = (checklist: string, text = '- [x] T001 a\n- [ ] T002 b\n') => {
      const file = { path: 'specs/001-a/checklists/ux.md', text: checklist };
      const { plans, problems } = specKitFormat.read({
        path,
        text,
        others: new Map([[file.path, file]]),
      });
      return { gates: plans[0]?.gates, problems };
    };
    const { gates, problems } = readWith('# UX\n- [x] CHK001 a\n- [ ] CHK002 b\n');
    assert.deepEqual(
      gates?.map(({ kind, blocks, title }) => [kind, blocks, title]),
      [['human', ['T002'], 'Go on with what is open in ux.md (1)']],
    );
    assert.deepEqual(
      problems.map((one) => [one.rule, one.path, one.line]),
      [['open-checklist', 'specs/001-a/checklists/ux.md', 3]],
    );
    for (const done of [
      readWith('- [x] CHK001 a\n'),
      readWith('- [ ] CHK001 a\n', '- [x] T001 a\n'),
    ])
      assert.deepEqual([done.gates, done.problems], [[], []]);
  });

  it('reports a file without tasks', () => {
    assert.deepEqual(rules('# Tasks: X\n\nNothing.\n'), ['1 no-tasks']);
  });
});
