import assert from 'node:assert/strict';
import fc from 'fast-check';
import { gsdFormat } from '../../../src/formats/gsd/format';
import type { PlanSource } from '../../../src/formats/format';
import { subtasksOf, type Plan, type Subtask } from '../../../src/model/plan';
import type { SubtaskStatus } from '../../../src/model/status';
import {
  askedStatuses,
  checkReading,
  checkWriting,
  edited,
  mutated,
  type WritingRules,
} from '../../support/format-properties';
import { gsdTree, planText, task, treeSource } from '../../support/plan-texts/gsd';
import { statusChange } from '../../support/status-change';

const roadmapPath = '.planning/ROADMAP.md';

function othersDone({ key }: Subtask, plan: Plan): Map<string, SubtaskStatus> {
  const others = subtasksOf(plan).filter((other) => other.key !== key);
  return new Map(others.map((other) => [other.key, 'done']));
}

function write(source: PlanSource, key: string, status: SubtaskStatus, known: string[] = []) {
  const statuses = new Map(known.map((one) => [one, 'done'] as const));
  return gsdFormat.write(source, statusChange(key, status, { known: statuses }));
}

/** The roadmap after a change. */
function after(source: PlanSource, ...change: [string, SubtaskStatus, string[]?]): string {
  const edits = write(source, ...change);
  assert.ok(edits);
  return edited(source, edits).others?.get(roadmapPath)?.text ?? '';
}

function withRoadmap(roadmap: string): PlanSource {
  return treeSource({
    'ROADMAP.md': roadmap,
    'phases/01-a/01-01-PLAN.md': planText('plan: 1', task('One'), task('Two')),
    'phases/01-a/01-02-PLAN.md': planText('plan: 2', task('One')),
  });
}

describe('writing into a gsd folder', () => {
  const roadmap = '# R\r\n- [ ] 01-01-PLAN.md — a\r\n- [X] **01-02**: b\r\n| 1 | 0/2 |\r\n';
  const source = withRoadmap(roadmap);

  it('ticks a plan when the last of its tasks is done, and not before', () => {
    assert.equal(after(source, '01-01#1', 'done', ['01-01#2']), roadmap.replace('[ ]', '[x]'));
    assert.deepEqual(write(source, '01-01#1', 'done'), []);
    assert.deepEqual(write(source, '01-01#2', 'done', ['01-02#1']), []);
    assert.deepEqual(write(source, '01-02#1', 'done'), [], 'it is ticked already');
  });

  it('takes the tick away when a task is open again', () => {
    assert.equal(after(source, '01-02#1', 'pending'), roadmap.replace('[X]', '[ ]'));
    assert.deepEqual(write(source, '01-01#1', 'pending'), []);
  });

  it('ticks a phase when a person asks for it, and takes its tick away', () => {
    const phases = '# R\r\n- [ ] **Phase 1: A** - a\r\n- [X] Phase 2: B\r\n- [-] Phase 3: C\r\n';
    const tree = withRoadmap(`${phases}<details>\r\n- [ ] Phase 1: Old\r\n</details>\r\n`);
    const asked = (key: string, isDone: boolean) => {
      const edits = gsdFormat.writePhase?.(tree, key, isDone) ?? [];
      const text = edited(tree, edits).others?.get(roadmapPath)?.text ?? '';
      return text.slice(0, phases.length);
    };
    assert.equal(asked('1', true), phases.replace('[ ]', '[x]'));
    assert.equal(asked('2', false), phases.replace('[X]', '[ ]'));
    for (const [key, isDone] of [
      ['1', false],
      ['2', true],
      ['3', true],
      ['3', false],
      ['9', true],
    ] as const)
      assert.equal(asked(key, isDone), phases, `${key} ${String(isDone)}`);
    const alone = { path: '.planning/ROADMAP.md', text: phases };
    assert.deepEqual(gsdFormat.writePhase?.(alone, '1', true), []);
  });

  it('has no place for any other status', () => {
    for (const status of askedStatuses.filter((one) => one !== 'done' && one !== 'pending'))
      for (const key of ['01-01#1', '01-02#1'])
        assert.deepEqual(write(source, key, status, ['01-01#2']), [], status);
  });

  it('writes nothing where the plan has no line, or no roadmap', () => {
    const folded = withRoadmap('<details>\n- [ ] 01-02: a\n</details>\n```\n- [ ] 01-02: a\n```\n');
    assert.deepEqual(write(folded, '01-02#1', 'done'), []);
    const alone = treeSource({ 'phases/01-a/01-02-PLAN.md': planText('plan: 2', task('One')) });
    assert.deepEqual(write(alone, '01-02#1', 'done'), []);
  });

  it('says that a task is gone', () => {
    assert.equal(write(source, '01-01#3', 'done'), null);
    assert.equal(write(source, '09-01#1', 'pending'), null);
  });

  it('ticks from a plan file that is read alone, when it belongs to the roadmap', () => {
    const path = '.planning/phases/01-a/01-02-PLAN.md';
    const text = planText('plan: 2', task('One'));
    const others = new Map([[roadmapPath, { path: roadmapPath, text: '- [ ] 1-2: b' }]]);
    assert.deepEqual(gsdFormat.parts(path), [
      '.planning/phases/01-a/01-02-SUMMARY.md',
      roadmapPath,
    ]);
    assert.deepEqual(write({ path, text, others }, '01-02#1', 'done'), [
      { path: roadmapPath, range: { start: 3, end: 4 }, text: 'x' },
    ]);
    // A shipped plan may have the same number.
    const shipped = '.planning/milestones/v1-phases/01-a/01-02-PLAN.md';
    assert.deepEqual(write({ path: shipped, text, others }, '01-02#1', 'done'), []);
  });
});

const pieces = fc.constantFrom(
  '- [ ] 01-02: a\n',
  '- [x] 02-01-PLAN.md b\n',
  '### Phase 2: X\n**Depends on**: Phases 1-9\n',
  '<details>\n',
  '</details>\n',
  '---\n',
  'depends_on: [01-02, "02-01", 1]\n',
  'status: superseded\n',
  'wave: 1\n',
  '<task type="auto">\n',
  '</task>\n',
  '</tasks>\n',
  '<name>',
  '</action>',
  '<files>a.ts, b (c) — d</files>\n',
  '```\n',
  '### Task 1: A\n',
  '- ',
  '\r\n',
  '\uFEFF',
);
const texts = fc
  .array(fc.oneof({ weight: 4, arbitrary: pieces }, fc.string({ unit: 'binary', maxLength: 20 })))
  .map((parts) => parts.join(''));

/** A folder in which one file is another one. */
function mutatedTree(): fc.Arbitrary<PlanSource> {
  const files = [...(gsdTree.others?.values() ?? [])];
  return fc.constantFrom(...files).chain(({ path, text }) =>
    fc.oneof(texts, mutated(text, texts)).map((other) => {
      const others = new Map(gsdTree.others);
      others.set(path, { path, text: other });
      return { ...gsdTree, others };
    }),
  );
}

describe('any gsd folder', () => {
  it('is read without a failure, with places inside its files', () => {
    fc.assert(
      fc.property(mutatedTree(), (source) => void checkReading(gsdFormat, source)),
      { numRuns: 400 },
    );
  }).timeout(20_000);

  it('changes one character for a status, and nothing that is read of the plan', () => {
    const rules: WritingRules = {
      known: othersDone,
      expected: () => /^(?: →x|[xX]→ |)(?: \| (?: →x|[xX]→ ))*$/,
      readBack: () => null,
    };
    const statuses = fc.constantFrom(...askedStatuses);
    const check = (source: PlanSource, pick: number, status: SubtaskStatus) => {
      const plan = gsdFormat.read(source).plans[0];
      assert.ok(plan);
      const subtasks = subtasksOf(plan);
      const subtask = subtasks[pick % Math.max(1, subtasks.length)];
      if (subtask !== undefined) checkWriting(gsdFormat, source, plan, subtask, status, rules);
    };
    fc.assert(
      fc.property(fc.nat(), statuses, (pick, status) => check(gsdTree, pick, status)),
      { numRuns: 100 },
    );
    fc.assert(fc.property(mutatedTree(), fc.nat(), statuses, check), { numRuns: 200 });
  }).timeout(20_000);

  it('is read in time, whatever is in its files', () => {
    const many = (line: string) => line.repeat(Math.floor((128 * 1024) / line.length));
    const hostile = [
      many('<task type="auto">\n'),
      `<task type="auto">\n${many('<action>\n')}`,
      `<task type="auto">\n<verify>${many('<automated>')}</verify>\n</task>`,
      `<task type="auto">\n<action>\na${many('\n')}b</action>\n</task>`,
      `<task type="auto">\n<files>${many('(')}${many(' ')}x</files>\n</task>`,
      `<task type="checkpoint:decision">\n<options>${many('<option id="')}</options>\n</task>`,
      many('<feature>\n'),
      many('## Task 1: a\n#### Task 2: b\n'),
      many('```\n'),
      many('~~~~\n````\n'),
      `---\ndepends_on: [${many('"')}\n---\n`,
      `---\ndepends_on: [${many('01-09, ')}]\n---\n`,
      `---\nmust_haves:\n${many('  - a\n    b: c\n')}---\n`,
      `---\nfiles_modified: a${many(' ')}b\n---\n`,
      many('- [ ] 01-02: a\n'),
      many('<details>\n'),
      many('### Phase 1: !!!\n**Depends on**: Phases 1-9\n'),
      `### Phase 1: ${many('!')}`,
      `### ${many('*')}Phase 1: a`,
      `**Depends on**: ${many('Phase 1, ')}`,
    ];
    for (const text of hostile)
      for (const path of [roadmapPath, '.planning/phases/01-base/01-02-PLAN.md']) {
        const others = new Map(gsdTree.others);
        others.set(path, { path, text });
        const start = performance.now();
        gsdFormat.read({ ...gsdTree, others });
        const took = performance.now() - start;
        assert.ok(took < 3000, `${path}: ${text.slice(0, 30)} took ${String(took)} ms`);
      }
  }).timeout(120_000);
});
