import assert from 'node:assert/strict';
import { specKitFormat } from '../../../src/formats/spec-kit/format';
import { subtasksOf, type Plan } from '../../../src/model/plan';
import { planTexts } from '../../support/plan-texts';

function planOf(text: string): Plan {
  const [plan] = specKitFormat.read({ path: 'specs/001-a/tasks.md', text }).plans;
  assert.ok(plan);
  return plan;
}

/** `before > after` for each dependency of the kind. */
function edges(text: string, kind: 'declared' | 'implied'): string {
  return subtasksOf(planOf(text))
    .flatMap((task) =>
      task.dependsOn.filter((one) => one.kind === kind).map(({ id }) => `${id}>${task.id}`),
    )
    .join(' ');
}

function rules(text: string): string[] {
  return specKitFormat
    .read({ path: 'specs/001-a/tasks.md', text })
    .problems.map(({ rule, line }) => `${line} ${rule}`);
}

const five = ['T001', 'T002', 'T002a', 'T003', 'T005'].map((id) => `- [ ] ${id} do\n`).join('');
const sixth = (words: string) => edges(`${five}- [ ] T006 ${words}\n`, 'declared');

describe('declared dependencies of spec-kit', () => {
  it('are not found where a task must not block others', () => {
    assert.equal(sixth('must not block T001'), '');
    assert.equal(sixth('(blocks T001)'), 'T006>T001');
  });

  it('stand in the text of a task in many words', () => {
    for (const words of [
      'x (depends on T001, T003)',
      'x (depends  on T001, T003)',
      'x — depends on **T001** and `T003`',
      'x. Dependencies: T001/T003',
      'x **Depends**: T001 & T003',
      'x, blocked by T001 + T003',
      'x (after T001, and T003)',
      'x — after T001, T003',
      'x (requires T001, T003)',
    ])
      assert.equal(sixth(words), 'T001>T006 T003>T006', words);
  });

  it('may be turned round', () => {
    assert.equal(
      edges(`- [ ] T001 first (blocks T002, T003)\n- [ ] T002 b\n- [ ] T003 c\n`, 'declared'),
      'T001>T002 T001>T003',
    );
  });

  it('may name ranges, by number and suffix', () => {
    for (const range of [
      'T002–T003',
      'T002 - T003',
      'T002 to T003',
      'T002 through T003',
      'T002..T003',
    ])
      assert.equal(sixth(`x (depends on ${range})`), 'T002>T006 T002a>T006 T003>T006', range);
  });

  it('may wrap, until a new bullet or a blank line', () => {
    assert.equal(sixth('x (depends on\n  T001,\n  T003).'), 'T001>T006 T003>T006');
    assert.equal(sixth('x (depends on\n\n  T001)'), '');
    assert.equal(sixth('x\n  - Dependencies: T001\n  - uses T003'), 'T001>T006');
    assert.equal(sixth('x\n  depends on T001\n  - [ ] step (depends on T003)'), 'T001>T006');
  });

  it('are not in talk about packages, stories, groups and parallel work', () => {
    for (const words of [
      'x depends on EXPOSURE_TYPES constant',
      'x **Dependencies**: fastapi, sqlalchemy',
      'x T001 and T003 can run in parallel',
      'x (depends on US1, T001)',
      'x depends on ES2022',
    ])
      assert.equal(sixth(words), '', words);
    assert.equal(edges(`### Group (depends on T001)\n${five}`, 'declared'), '');
  });

  it('name a suffixed task by its number alone', () => {
    assert.equal(
      edges('- [ ] T031-MIN a\n- [ ] T032 b (depends on T031)\n', 'declared'),
      'T031-MIN>T032',
    );
  });

  it('stand in the section about dependencies, where nothing else is on the line', () => {
    const section = (lines: string) =>
      edges(`${five}## Dependencies\n### Order\n${lines}\n`, 'declared');
    assert.equal(
      section('- **T001** → T002, T003 -> T005.'),
      'T001>T002 T001>T003 T002>T005 T003>T005',
    );
    assert.equal(section('```\nT001 → T003\n```'), 'T001>T003');
    assert.equal(section('- T001-T002 block T005 (because)'), 'T001>T005 T002>T005');
    assert.equal(section('- T005 depends on T001 and T003'), 'T001>T005 T003>T005');
    assert.equal(section('1) T002 and T003 depend on T001'), 'T001>T002 T001>T003');
    assert.equal(section('T001 → (T002, T003) → T005'), 'T001>T002 T001>T003 T002>T005 T003>T005');
    assert.equal(section('- Concretely: T001 → T002, all in one file'), '');
    assert.equal(section('- Setup (T001) → Rest (T002)'), '');
    assert.equal(edges(`${five}## Dependencies\n## Notes\nT001 → T002\n`, 'declared'), '');
  });

  it('report ids that the file does not have, and tasks that name themselves', () => {
    assert.deepEqual(rules(`${five}- [ ] T006 x (depends on T001, T099)\n`), [
      '6 dangling-dependency',
    ]);
    assert.deepEqual(rules(`${five}- [ ] T006 x (depends on T006)\n`), ['6 self-dependency']);
  });

  it('report cycles', () => {
    assert.deepEqual(rules('- [ ] T001 a (depends on T002)\n- [ ] T002 b (depends on T001)\n'), [
      '1 dependency-cycle',
    ]);
  });

  it('are cut off before two ranges multiply without bounds', () => {
    const many = Array.from({ length: 900 }, (_, index) => `- [ ] T${1000 + index} a\n`).join('');
    assert.ok(
      rules(`${many}## Dependencies\nT1000-T1899 → T1000-T1899\n`).some((rule) =>
        rule.endsWith('too-many-dependencies'),
      ),
    );
  }).timeout(20_000);
});

describe('implied dependencies of spec-kit', () => {
  it('order a phase by file; neighbouring [P] tasks run together', () => {
    const text = '- [ ] T001 a\n- [ ] T002 [P] b\n- [ ] T003 [P] c\n- [ ] T004 d\n- [ ] T005 e\n';
    assert.equal(edges(text, 'implied'), 'T001>T002 T001>T003 T002>T004 T003>T004 T004>T005');
  });

  it('do not repeat or contradict what is declared', () => {
    assert.equal(
      edges('- [ ] T001 a (depends on T002)\n- [ ] T002 b\n- [ ] T003 c\n', 'implied'),
      'T001>T003',
    );
    assert.deepEqual(rules('- [ ] T001 a (depends on T002)\n- [ ] T002 b\n'), []);
  });

  const stories = (extra: string) =>
    planOf(
      `## Phase 1: Setup\n- [ ] T001 a\n## Phase 2: Foundational\n- [ ] T002 b\n## Phase 3: User Story 1\n- [ ] T003 c\n` +
        `## Phase 4: User Story 2\n- [ ] T004 d\n## Phase 5: Polish\n- [ ] T005 e\n## Dependencies\n${extra}\n`,
    ).phases.map(({ id, dependsOn }) => `${id ?? ''}<${dependsOn.map((one) => one.id).join(',')}`);

  it('chain the phases', () => {
    assert.deepEqual(stories(''), ['1<', '2<1', '3<2', '4<3', '5<4']);
  });

  it('let stories run side by side when the file says that they are independent', () => {
    assert.deepEqual(stories('- User stories can then proceed in parallel'), [
      '1<',
      '2<1',
      '3<2',
      '4<2',
      '5<3,4',
    ]);
  });

  it('keep the chain when the file also says that one story needs another', () => {
    const prose = '- User stories can proceed in parallel\n- US2 depends on US1';
    assert.deepEqual(stories(prose), ['1<', '2<1', '3<2', '4<3', '5<4']);
  });

  it('agree with the sample', () => {
    const { text } = planTexts['spec-kit'];
    assert.equal(edges(text, 'declared'), 'T001>T003 T002>T003 T003>T004 T001>T004 T004>T006');
  });
});
