import assert from 'node:assert/strict';
import { gsdFormat } from '../../../src/formats/gsd/format';
import { subtasksOf, type Plan, type PlanReading } from '../../../src/model/plan';
import { gsdTree, planText, task, treeSource } from '../../support/plan-texts/gsd';

type Files = Record<string, string>;

function read(files: Files): PlanReading {
  return gsdFormat.read(treeSource(files));
}

function planOf({ plans }: PlanReading): Plan {
  const [plan] = plans;
  assert.ok(plan);
  return plan;
}

/** A file with one plan; `front` says more than its numbers. */
function onePlan(front = ''): string {
  return planText(`phase: 1\nplan: 1\n${front}`, task('Task 1: One'));
}

/** Plans of one phase by their numbers. */
function inPhase(plans: Files): Files {
  return Object.fromEntries(
    Object.entries(plans).map(([id, front]) => [`phases/01-a/${id}-PLAN.md`, onePlan(front)]),
  );
}

function problemsIn(files: Files): string[] {
  return read(files).problems.map(({ rule, path }) => `${rule} ${path?.slice(10) ?? ''}`);
}

function waiting(plan: Plan): string[] {
  return subtasksOf(plan).flatMap(({ id, dependsOn }) =>
    dependsOn.map((before) => `${before.id} ${before.kind === 'declared' ? '→' : '⇢'} ${id}`),
  );
}

function phaseWaiting({ phases }: Plan): string[] {
  return phases.flatMap(({ key, dependsOn }) =>
    dependsOn.map((before) => `${before.id} ${before.kind === 'declared' ? '→' : '⇢'} ${key}`),
  );
}

describe('a gsd folder', () => {
  const reading = gsdFormat.read(gsdTree);
  const plan = planOf(reading);

  it('is one plan with the title and overview of its roadmap', () => {
    assert.equal(reading.kind, 'tree');
    assert.equal(plan.title, 'Finder');
    assert.equal(plan.description, 'Pages can be found.');
    assert.equal(plan.settings.workers, 3);
    assert.equal(planOf(read({ 'PROJECT.md': '# Project: Other\n' })).title, 'Other');
  });

  it('has the phases of the roadmap and of the folders, and ideas for later apart', () => {
    assert.deepEqual(
      plan.phases.map(({ id, title, checkpoint }) => [id, title, checkpoint]),
      [
        ['1', 'Base', 'Verification: passed'],
        ['2', 'Search', null],
        [null, 'ideas', null],
      ],
    );
    assert.equal(plan.declaredPhases, 2);
    assert.equal(plan.phases[2]?.subtasks[0]?.leftOut?.includes('backlog'), true);
  });

  it('has the tasks of all plans with what their summaries claim', () => {
    assert.deepEqual(
      subtasksOf(plan).map(({ id, status }) => `${id} ${status}`),
      [
        '01-01#1 claimed',
        '01-01#2 claimed',
        '01-02#1 pending',
        '02-01#1 pending',
        '02-02#1 needs_attention',
        '999.1-01#1 pending',
      ],
    );
    assert.equal(subtasksOf(plan)[0]?.path, '.planning/phases/01-base/01-01-PLAN.md');
    assert.deepEqual([plan.facts['plans'], plan.facts['plansDone']], [5, 1]);
  });

  it('lets the first task of a plan wait for the last one of the plan that it depends on', () => {
    assert.deepEqual(waiting(plan), [
      '01-01#1 ⇢ 01-01#2',
      '01-01#2 → 01-02#1',
      '02-01#1 ⇢ 02-02#1',
    ]);
    assert.deepEqual(phaseWaiting(plan), ['1 → 2']);
    assert.deepEqual(plan.facts['edges'], [['01-01', '01-02']]);
    assert.deepEqual(plan.facts['phaseEdges'], [['1', '2']]);
  });

  it('reports with the file what does not agree', () => {
    assert.deepEqual(
      reading.problems.map(({ rule, path, line }) => `${rule} ${path?.split('/').at(-1)}:${line}`),
      [
        'summary-partial 02-02-SUMMARY.md:1',
        'orphan-summary 01-03-SUMMARY.md:1',
        'wave-mismatch 01-02-PLAN.md:4',
        'wave-file-overlap 01-02-PLAN.md:6',
        'roadmap-plan-missing ROADMAP.md:29',
      ],
    );
  });

  it('shows the declared waves', () => {
    assert.deepEqual(plan.waves, [
      { id: '1.1', title: 'Phase 1, wave 1', keys: ['01-01#1', '01-01#2', '01-02#1'] },
    ]);
  });

  it('names the plans that cannot be ticked', () => {
    assert.match(plan.statusNote ?? '', /no line there that is open to ticks: 02-02, 999\.1-01\./);
    assert.match(
      planOf(read(inPhase({ '01-01': '' }))).statusNote ?? '',
      /There is no ROADMAP\.md/,
    );
  });

  it('is read without any of its files', () => {
    assert.deepEqual(planOf(read({})).phases, []);
    assert.deepEqual(gsdFormat.read({ path: 'a/.planning', text: '' }).problems, []);
  });

  it('does not parse the plans again that did not change', () => {
    const files = treeSource(inPhase({ '01-01': '', '01-02': '' }));
    const before = planOf(gsdFormat.read(files));
    const others = new Map(files.others);
    const path = '.planning/phases/01-a/01-02-PLAN.md';
    others.set(path, { path, text: onePlan() });
    const after = planOf(gsdFormat.read({ ...files, others }));
    const [one, two] = subtasksOf(before);
    const [again, other] = subtasksOf(after);
    assert.equal(again?.range, one?.range);
    assert.notEqual(other?.range, two?.range);
  });
});

describe('the order of a gsd folder', () => {
  it('sorts phases and plans by number, with named folders last', () => {
    const folders = ['10-z', '02-b', '2.1-c', 'editor', '01-a', 'CK-03-d'];
    const files: Files = {};
    for (const folder of folders) files[`phases/${folder}/${folder}-PLAN.md`] = onePlan();
    const plan = planOf(read(files));
    assert.deepEqual(
      plan.phases.map(({ id }) => id),
      ['1', '2', '2.1', '3', '10', 'editor'],
    );
    const ids = ['01-10', '01-9', '01-03-FIX2', '01-03', '01-00a'];
    const sorted = planOf(read(inPhase(Object.fromEntries(ids.map((id) => [id, ''])))));
    assert.deepEqual(
      subtasksOf(sorted).map(({ id }) => id),
      ['01-00a#1', '01-03#1', '01-03-FIX2#1', '01-9#1', '01-10#1'],
    );
  });

  it('reads a folder without plans as an empty phase', () => {
    const plan = planOf(read({ 'phases/15-look/15-RESEARCH.md': '# x' }));
    assert.deepEqual(
      plan.phases.map(({ id, title, subtasks }) => [id, title, subtasks.length]),
      [['15', 'look', 0]],
    );
  });

  it('goes by number where plans say neither wave nor dependency', () => {
    const plan = planOf(read(inPhase({ '01-01': '', '01-02': '', '01-03': 'depends_on: []' })));
    assert.deepEqual(waiting(plan), ['01-01#1 ⇢ 01-02#1']);
  });

  it('never contradicts what is declared', () => {
    const plan = planOf(read(inPhase({ '01-01': 'depends_on: [01-02]', '01-02': '' })));
    assert.deepEqual(waiting(plan), ['01-02#1 → 01-01#1']);
    const roadmap =
      '## Phase 1: A\n**Depends on:** Phase 2\n## Phase 2: B\n## Phase 3: C\n- **Depends on**: none\n## Phase 4: D\nDepends on: v1.0 complete';
    assert.deepEqual(phaseWaiting(planOf(read({ 'ROADMAP.md': roadmap }))), ['2 → 1', '3 ⇢ 4']);
  });

  it('waits through plans without tasks', () => {
    const files = inPhase({ '01-01': '', '01-03': 'depends_on: [2]' });
    const plan = planOf(
      read({ ...files, 'phases/01-a/01-02-PLAN.md': '---\ndepends_on: [1]\n---\nprose' }),
    );
    assert.deepEqual(waiting(plan), ['01-01#1 → 01-03#1']);
  });

  it('means the plan of the same folder where two have one number', () => {
    const files = {
      'phases/01-a/01-01-PLAN.md': onePlan(),
      'phases/01-b/01-01-PLAN.md': onePlan(),
      'phases/01-b/01-02-PLAN.md': onePlan('depends_on: [01-01]'),
    };
    assert.ok(waiting(planOf(read(files))).includes('01-b/01-01#1 → 01-02#1'));
    assert.deepEqual(problemsIn(files), [
      'duplicate-plan-id phases/01-a/01-01-PLAN.md',
      'duplicate-plan-id phases/01-b/01-01-PLAN.md',
      'phase-number-duplicate phases/01-b/01-01-PLAN.md',
    ]);
  });

  it('leaves superseded plans out, with what waits for them', () => {
    const files = inPhase({ '01-01': 'status: superseded', '01-02': 'depends_on: [01-01]' });
    const reading = read({ ...files, 'ROADMAP.md': '- [ ] 01-01: old\n' });
    assert.deepEqual(
      subtasksOf(planOf(reading)).map(({ id, dependsOn }) => [id, dependsOn.length]),
      [['01-02#1', 0]],
    );
    assert.deepEqual(reading.problems, []);
  });

  it('reads plans in a folder of their own', () => {
    const plan = planOf(
      read({
        'phases/03-a/plans/PLAN-01-models.md': onePlan(),
        'phases/03-a/plans/PLAN-02-routes.md': onePlan('depends_on: ["01"]'),
        'phases/03-a/plans/SUMMARY-01-models.md': '# Done',
      }),
    );
    assert.deepEqual(plan.facts['edges'], [['03-01', '03-02']]);
    assert.deepEqual(
      subtasksOf(plan).map(({ status }) => status),
      ['claimed', 'pending'],
    );
  });
});

describe('problems of a gsd folder', () => {
  it('finds dependencies that lead nowhere, in circles, and to the plan itself', () => {
    const rules = (plans: Files) => problemsIn(inPhase(plans));
    assert.deepEqual(rules({ '01-01': 'depends_on: [01-09]' }), [
      'dangling-dependency phases/01-a/01-01-PLAN.md',
    ]);
    assert.deepEqual(rules({ '01-01': 'depends_on: [04-sdk]' }), [
      'dependency-not-a-plan phases/01-a/01-01-PLAN.md',
    ]);
    assert.deepEqual(rules({ '01-01': 'depends_on: [1-1]' }), [
      'self-dependency phases/01-a/01-01-PLAN.md',
    ]);
    const circle = read(
      inPhase({ '01-01': 'depends_on: [01-02]', '01-02': 'depends_on: [01-01]' }),
    );
    assert.deepEqual(
      circle.problems.map(({ rule, message }) => [rule, message.includes('01-01 → 01-02 → 01-01')]),
      [['dependency-cycle', true]],
    );
  });

  it('compares waves with the longest way in the same folder', () => {
    const rules = (plans: Files) => problemsIn(inPhase(plans)).map((one) => one.slice(0, 13));
    assert.deepEqual(rules({ '01-01': 'wave: 0', '01-02': 'wave: 1\ndepends_on: [1]' }).length, 1);
    assert.deepEqual(rules({ '01-01': 'wave: 1', '01-02': 'wave: 2\ndepends_on: [01-01]' }), []);
    assert.deepEqual(rules({ '01-01': 'wave: 1', '01-02': 'wave: 3\ndepends_on: [01-01]' }), [
      'wave-mismatch',
    ]);
    // A plan of another phase is in no wave of this one.
    const other = { 'phases/02-b/02-01-PLAN.md': onePlan('wave: 1\ndepends_on: [01-01]') };
    assert.deepEqual(problemsIn({ ...inPhase({ '01-01': 'wave: 1' }), ...other }), []);
  });

  it('finds files that two plans of one wave change', () => {
    const files = (wave: number, file: string) => `wave: ${wave}\nfiles_modified: ["${file}"]`;
    const rules = (plans: Files) => problemsIn(inPhase(plans)).map((one) => one.slice(0, 17));
    assert.deepEqual(rules({ '01-01': files(1, './a.ts'), '01-02': files(1, 'a.ts (new)') }), [
      'wave-file-overlap',
    ]);
    assert.deepEqual(rules({ '01-01': files(1, 'a.ts'), '01-02': files(1, 'b.ts') }), []);
    assert.deepEqual(rules({ '01-01': files(1, 'none'), '01-02': files(1, 'none') }), []);
  });

  it('compares the ticks of the roadmap with the summaries', () => {
    const files = inPhase({ '01-01': '', '01-02': '' });
    const rules = (roadmap: string) =>
      read({ ...files, 'phases/01-a/01-01-SUMMARY.md': '# x', 'ROADMAP.md': roadmap }).problems.map(
        ({ rule, line }) => `${rule} ${line}`,
      );
    assert.deepEqual(rules('- [ ] 01-01: a\n- [x] 1-2-PLAN.md\n'), [
      'roadmap-drift 1',
      'roadmap-drift 2',
    ]);
    assert.deepEqual(rules('- [X] **01-01**: a\n- [ ] [01-02-PLAN.md](b)\n- [ ] FR-01 c\n'), []);
    assert.deepEqual(rules('- [ ] 01-07: TBD\n'), ['roadmap-plan-missing 1']);
    assert.deepEqual(rules('<details>\n- [x] 01-02: a\n- [x] 07-01: b\n</details>\n'), []);
  });
});
