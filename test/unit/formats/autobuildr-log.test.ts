import assert from 'node:assert/strict';
import { autobuildrFormat } from '../../../src/formats/autobuildr/format';
import { subtasksOf } from '../../../src/model/plan';
import { appSpec, autobuildrText, progressLog } from '../../support/plan-texts/autobuildr';
import { statusChange } from '../../support/status-change';

const read = (text: string, path = 'claude-progress.txt') => autobuildrFormat.read({ path, text });
const features = (text: string) => read(text).plans.flatMap(subtasksOf);

describe('a progress log', () => {
  it('ends the details of a feature at the rule below, however many blank lines stand there', () => {
    const blank = `${' '.repeat(50)}\n`.repeat(4000);
    const [first] = features(`## Feature #1: Index\n- Status: DONE\n${blank}x\n${blank}---\n`);
    assert.equal(first?.detail.endsWith('x'), true);
  });

  it('is a plan of the features that it has headings for, with what it claims', () => {
    const { kind, plans, problems, facts } = read(progressLog.text);
    assert.equal(kind, 'progress_log');
    assert.deepEqual(
      plans
        .flatMap(subtasksOf)
        .map(({ id, title, status, fileStatus, files, labels }) => [
          ...[id, title, status, fileStatus],
          files.join(),
          labels.join(),
        ]),
      [
        [
          '1',
          'Index of articles',
          'claimed',
          'COMPLETED',
          'src/index.js,test/index.test.js',
          'self-reported',
        ],
        ['2', 'Fresh - each night', 'in_progress', 'IN PROGRESS', '', ''],
        ['4', 'Sorting', 'needs_attention', '✅', '', ''],
      ],
    );
    assert.deepEqual(
      problems.map(({ rule, line }) => `${line} ${rule}`),
      ['23 contradictory-claim'],
    );
    assert.deepEqual(facts['claimed'], [1, 6]);
    assert.notEqual(plans[0]?.statusNote, null);
    assert.equal(plans[0]?.declaredPhases, 0);
  });

  it('knows the words of a heading only in capitals', () => {
    const status = (heading: string) => features(`## Feature #7: ${heading}\n`)[0]?.status;
    assert.equal(status('A - VERIFIED (No Regression)'), 'claimed');
    assert.equal(status('A — N/A'), 'skipped');
    assert.equal(status('A - ❌ FAILED'), 'failed');
    assert.equal(status('A – STILL PASSING'), 'claimed');
    assert.equal(status('A - passed over'), 'pending');
    assert.equal(status('A - USB support'), 'pending');
    assert.equal(features('## Feature #7: A - USB support')[0]?.title, 'A - USB support');
  });

  it('ends a feature where the next one begins, of whatever level', () => {
    const text =
      '## Feature #1: a\n### Feature #2: b - PASSED\nStatus: PASSED\n#### c\nStatus: DONE\n';
    assert.deepEqual(
      features(text).map(({ status }) => status),
      ['pending', 'claimed'],
    );
  });

  it('knows a total by its label, however that is set', () => {
    for (const label of ['Total:', '**Total:**', '- **Total**:', '* Total:'])
      assert.deepEqual(read(`${label} 3/9 features passing (33%)`).facts['claimed'], [3, 9], label);
  });

  it('takes no session, list or code for a feature', () => {
    const text = [
      '## Session: 1 (Coding Agent - Feature #12)',
      '- Feature #3: x - PASSING',
      '# Feature #4: top',
      '```',
      '### Feature #5: y',
      '```',
    ].join('\n');
    const { plans, problems, facts } = read(text);
    assert.deepEqual([plans, problems], [[], []]);
    assert.deepEqual(facts['notes'], [
      'Session: 1 (Coding Agent - Feature #12)',
      'Feature #4: top',
    ]);
  });

  it('is never edited', () => {
    assert.deepEqual(autobuildrFormat.write(progressLog, statusChange('1', 'pending')), []);
    assert.equal(autobuildrFormat.write(progressLog, statusChange('9', 'done')), null);
  });
});

describe('a specification', () => {
  it('has a phase for each step, and a subtask for each line of its tasks', () => {
    const { kind, plans, problems } = autobuildrFormat.read(appSpec);
    const [plan] = plans;
    assert.ok(plan);
    assert.deepEqual([kind, plan.title, problems], ['app_spec', 'Shop & Search', []]);
    assert.deepEqual(plan.facts, { claimed_features: 6 });
    assert.deepEqual(
      plan.phases.map(({ id, title, checkpoint, dependsOn, subtasks }) => [
        ...[id, title, checkpoint, dependsOn.map((one) => `${one.id} ${one.kind}`).join()],
        subtasks.map((one) => `${one.id} ${one.title}`),
      ]),
      [
        ['0', 'Index', 'All articles are found', '', ['0.1 Build the index', '0.2 Keep it fresh']],
        ['2', 'Page', 'Page', '0 implied', ['2.1 Show results', '2.2 Sort results']],
        ['3', 'Phase 3', null, '2 implied', ['3.1 Page through', '3.2 Print']],
      ],
    );
    assert.equal(plan.phases[0]?.subtasks[0]?.detail, 'Build the index\nat night');
  });

  it('has the lines of a step without bullets, beside its title on the same line, too', () => {
    const text = `<project_specification><implementation_steps>
      <phase_1_setup><title>Base</title>Lay it</phase_1_setup>
      <phase name="Walls">Build them</phase>
      <step><goal>Stand
        firm</goal>
        Put it on
        <verification>- look</verification>
      </step>
    </implementation_steps></project_specification>`;
    const [plan] = read(text, 'app_spec.txt').plans;
    assert.deepEqual(
      plan && subtasksOf(plan).map(({ id, title, line }) => `${line} ${id} ${title}`),
      ['2 1.1 Lay it', '3 2.1 Build them', '6 3.1 Put it on'],
    );
  });

  it('keeps the numbers of steps that have the same', () => {
    const step = '<step number="3"><tasks>- a</tasks></step>';
    const text = `<project_specification><implementation_steps>${step}${step}</implementation_steps></project_specification>`;
    const { plans, problems } = read(text, 'app_spec.txt');
    assert.deepEqual(
      plans.flatMap(subtasksOf).map(({ key, id }) => `${key} ${id}`),
      ['3.1 3.1', '3#2.1 3.1'],
    );
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['duplicate-id'],
    );
  });

  it('takes tags around a task for no part of it', () => {
    const text = `<project_specification><implementation_steps><phase name="One"><tasks>
      <task id="1" size="S">Draw it</task>
      <task>Fill Map<K, V></task>
    </tasks></phase></implementation_steps></project_specification>`;
    const [plan] = read(text, 'app_spec.txt').plans;
    assert.deepEqual(plan && subtasksOf(plan).map(({ id, title }) => `${id} ${title}`), [
      '1.1 Draw it',
      '1.2 Fill Map<K, V>',
    ]);
  });

  it('takes indexed features before steps', () => {
    const text = `<project_specification><core_features>
      <category name="One &amp; two">
        <feature index="1" shape="core" touches_files="a.ts, ../b.ts"><description>First; more</description></feature>
        <feature index="2" depends_on="1,2,9"><description>Second</description></feature>
        <feature name="no index"><description>x</description></feature>
      </category>
      <category name="Empty"><feature name="y"/></category>
    </core_features>
    <implementation_steps><step number="1"><tasks>- no</tasks></step></implementation_steps>
    </project_specification>`;
    const { plans, problems } = read(text, 'prompts/app_spec.txt');
    const [plan] = plans;
    assert.ok(plan);
    assert.deepEqual(
      plan.phases.map(({ title }) => title),
      ['One & two'],
    );
    assert.deepEqual(
      subtasksOf(plan).map(({ id, title, labels, files }) => [id, title, labels, files]),
      [
        ['1', 'First', ['shape:core'], ['a.ts', '../b.ts']],
        ['2', 'Second', [], []],
      ],
    );
    assert.deepEqual(problems.map(({ rule }) => rule).toSorted(), [
      'dangling-dependency',
      'self-dependency',
    ]);
  });

  it('is no plan as prose, or with requirements alone', () => {
    for (const text of [
      '# Build a shop\n- [ ] x',
      '<project_specification>x</project_specification>',
    ])
      assert.deepEqual(read(text, 'app_spec.txt'), {
        ...{ kind: 'app_spec', plans: [], problems: [], facts: {} },
      });
  });

  it('has no place for a status', () => {
    assert.deepEqual(autobuildrFormat.write(appSpec, statusChange('0.1', 'done')), []);
    assert.equal(autobuildrFormat.write(appSpec, statusChange('7.1', 'done')), null);
  });
});

describe('a feature list with its log and its specification', () => {
  const others = new Map([progressLog, appSpec].map((file) => [file.path, file]));

  it('counts itself, and reports where they differ', () => {
    const { plans, problems } = autobuildrFormat.read({ ...autobuildrText, others });
    const [plan] = plans;
    assert.ok(plan);
    assert.deepEqual(
      problems.map(({ rule, path, line }) => [rule, path, line]),
      [
        ['log-list-mismatch', 'claude-progress.txt', 17],
        ['contradictory-claim', 'claude-progress.txt', 23],
      ],
    );
    assert.deepEqual(plan.facts['claimed'], [2, 6]);
    assert.deepEqual(plan.facts['spec'], {
      ...{ claimed_features: 6, file: 'app_spec.txt', phases: ['Index', 'Page', 'Phase 3'] },
    });
    const [alone] = autobuildrFormat.read(autobuildrText).plans;
    assert.deepEqual(plan.phases, alone?.phases);
  });

  it('reports numbers that are not its own, and features that it does not have', () => {
    const log = { path: 'claude-progress.txt', text: '## Feature #5: x\n- Total: 1/3 features\n' };
    const spec = { ...appSpec, text: appSpec.text.replace('>6<', '>85<') };
    const list = { path: 'feature_list.json', text: '[{"name": "a", "passes": true}]' };
    const files = new Map([log, spec].map((file) => [file.path, file]));
    const { problems } = autobuildrFormat.read({ ...list, others: files });
    assert.deepEqual(problems.map(({ rule, path }) => [rule, path]).toSorted(), [
      ['count-mismatch', 'app_spec.txt'],
      ['count-mismatch', 'claude-progress.txt'],
      ['log-list-mismatch', 'claude-progress.txt'],
    ]);
  });
});
