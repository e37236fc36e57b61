import assert from 'node:assert/strict';
import { autobuildrFormat } from '../../../src/formats/autobuildr/format';
import { subtasksOf, type PlanReading, type Subtask } from '../../../src/model/plan';
import { autobuildrText } from '../../support/plan-texts/autobuildr';

const read = (value: unknown, path = 'feature_list.json'): PlanReading =>
  autobuildrFormat.read({ path, text: typeof value === 'string' ? value : JSON.stringify(value) });
const rules = (value: unknown) => read(value).problems.map(({ rule }) => rule);

function subtasks(value: unknown): Subtask[] {
  const [plan] = read(value).plans;
  assert.ok(plan);
  return subtasksOf(plan);
}

function only(entry: object): Subtask {
  const [subtask] = subtasks([{ description: 'd', ...entry }]);
  assert.ok(subtask);
  return subtask;
}

describe('a feature list', () => {
  it('has an entry without a phase once, even where a phase without a name is listed', () => {
    const phases = [{ id: ' ', name: ' ' }, { id: 'P1' }];
    const features = [{ phase: 'P1', name: 'a' }, { phase: ' ', name: 'b' }, { name: 'c' }];
    assert.deepEqual(
      subtasks({ phases, features }).map(({ title }) => title),
      ['a', 'b', 'c'],
    );
  });

  it('is a plan with a subtask for each entry, by the phases that they name', () => {
    const [plan] = read(autobuildrText.text).plans;
    assert.ok(plan);
    assert.equal(plan.title, 'Shop');
    assert.match(
      plan.description,
      /^Search for the shop\nrules:\n- One at a time\nstatus legend: /,
    );
    assert.equal(plan.declaredPhases, 2);
    assert.deepEqual(
      plan.phases.map(({ id, title, subtasks: own }) => [id, title, own.map((one) => one.id)]),
      [
        ['P1', 'Index', ['F001', 'F002']],
        ['P2', 'Page', ['F003', 'F004', '5', '6']],
      ],
    );
    assert.deepEqual(
      subtasksOf(plan).map(({ status, fileStatus, dependsOn }) => [
        status,
        fileStatus,
        dependsOn.map(({ id }) => id).join(),
      ]),
      [
        ['claimed', 'true', ''],
        ['pending', 'false', 'F001'],
        ['claimed', 'passing', 'F001,F002'],
        ['in_progress', 'active', 'F003'],
        ['pending', 'not_started', 'F003'],
        ['pending', null, ''],
      ],
    );
    assert.deepEqual(read(autobuildrText.text).problems, []);
  });

  it('reads what an entry says of the work', () => {
    const [index, fresh, , , paged] = subtasks(autobuildrText.text);
    assert.equal(index?.title, 'The index holds all articles');
    assert.equal(index.detail, 'The index holds all articles. It is built at night.');
    assert.deepEqual(index.files, ['src/index.js']);
    assert.deepEqual(index.labels, ['category:functional', 'priority:high']);
    assert.equal(index.hints.priority, 200);
    assert.equal(fresh?.detail, 'notes: Only what changed');
    assert.deepEqual([paged?.id, paged?.keyOrigin, index.keyOrigin], ['5', 'position', 'declared']);
  });

  it('takes steps for how a feature is accepted, and a command for a check that needs a yes', () => {
    const [index] = subtasks(autobuildrText.text);
    assert.deepEqual(index?.verification, [
      'Step 1: Build it',
      'Step 2: Count the articles',
      'node --test',
    ]);
    assert.deepEqual(
      index.checks.map(({ type, label }) => [type, label]),
      [['test_pass', 'node --test']],
    );
    const steps = [{ id: 's1', description: 'Look', implemented: true }, 'Try'];
    assert.deepEqual(only({ steps }).verification, [
      'id: s1; description: Look; implemented: yes',
      'Try',
    ]);
  });

  it('shows every other field in the detail, in any script', () => {
    const { detail, title } = only({
      说明: '慢',
      scores: [1, { a: [2, 3] }],
      empty: null,
      ok: true,
    });
    assert.equal(title, 'd');
    assert.equal(detail, '说明: 慢\nscores:\n- 1\n- a: 2, 3\nok: yes');
  });

  it('takes title before name before description, and cuts a long one', () => {
    assert.equal(only({ name: 'n', title: 't' }).title, 't');
    assert.equal(only({ name: 'n', title: ' ' }).title, 'n');
    const long = only({ description: 'x'.repeat(200) });
    assert.equal(long.title.length, 120);
    assert.equal(long.detail.length, 200);
    assert.equal(only({ description: '' }).title, '1');
  });

  it('lets passes win over status, and status over state', () => {
    const status = (entry: object) => only(entry).status;
    assert.equal(status({ passes: true, status: 'failed' }), 'claimed');
    assert.equal(status({ passes: false, status: 'done' }), 'pending');
    assert.equal(status({ status: 'On-Hold', state: 'done' }), 'blocked');
    assert.equal(status({ passes: null, state: 'wip' }), 'in_progress');
    assert.equal(status({ passes: false, in_progress: true }), 'in_progress');
    assert.equal(status({ passes: false, in_progress: false, claimed_by: '' }), 'pending');
    assert.equal(status({ passes: false, claimed_by: 'agent-3' }), 'in_progress');
    assert.equal(status({ in_progress: true }), 'in_progress');
  });

  it('takes a status that nobody filled in for none', () => {
    assert.equal(only({ status: ' ' }).status, 'pending');
    assert.equal(only({ status: '', state: 'wip' }).status, 'in_progress');
    assert.deepEqual(rules([{ name: 'a', status: '' }]), []);
  });

  it('knows the words that agents write, and reports others', () => {
    const words = {
      Completed: 'claimed',
      'spec-ready': 'pending',
      'Not Started': 'pending',
      analyzing: 'in_progress',
      waiting: 'blocked',
      broken: 'failed',
      'N/A': 'skipped',
      perhaps: 'needs_attention',
    };
    for (const [status, expected] of Object.entries(words))
      assert.equal(only({ status }).status, expected, status);
    assert.deepEqual(rules([{ name: 'a', status: 'perhaps' }]), ['unknown-status']);
    assert.deepEqual(rules([{ name: 'a', status: ['done'] }]), ['unknown-status']);
  });

  it('reads ids of any kind, and gives equal ones keys of their own', () => {
    const list = [{ id: 'F004.5' }, { id: 7 }, {}, { id: 7 }].map((one) => ({ name: 'n', ...one }));
    assert.deepEqual(
      subtasks(list).map(({ id, key }) => [id, key]),
      [
        ['F004.5', 'F004.5'],
        ['7', '7'],
        ['3', '3'],
        ['7', '7#2'],
      ],
    );
    assert.deepEqual(new Set(rules(list)), new Set(['duplicate-id', 'duplicate-name']));
  });

  it('tells the order of the file where it mixes the phases', () => {
    const ids = (...phases: string[]) =>
      read(phases.map((phase, index) => ({ id: `f${index}`, phase }))).plans[0]?.facts['ids'];
    assert.deepEqual(ids('one', 'two', 'one'), ['f0', 'f1', 'f2']);
    assert.equal(ids('one', 'one', 'two'), undefined);
  });

  it('takes milestones where no entry names a phase, and keeps entries of neither', () => {
    const [plan] = read({
      milestones: { M1: 'First', M9: 'Never used' },
      features: [{ name: 'a', milestone: 'M2' }, { name: 'b', milestone: 'M1' }, { name: 'c' }],
    }).plans;
    assert.deepEqual(
      plan?.phases.map(({ id, title, subtasks: own }) => [id, title, own.length]),
      [
        ['M1', 'First', 1],
        ['M2', 'M2', 1],
        [null, 'No milestone', 1],
      ],
    );
    assert.equal(plan.declaredPhases, 2);
  });

  it('reads dependencies that are objects with an id, and none where it says none', () => {
    const list = [
      { id: 'a', dependencies: ['None'], deps: 'n/a' },
      { id: 'b', dependsOn: [{ id: 'a', type: 'hard' }] },
    ];
    const found = subtasks(list).map(({ dependsOn }) => dependsOn.map(({ id }) => id));
    assert.deepEqual([found, rules(list)], [[[], ['a']], []]);
  });

  it('reports dependencies that lead nowhere, to themselves, or around', () => {
    const list = [
      { id: 'a', dependencies: ['b', 'zzz'] },
      { id: 'b', blockedBy: 'a' },
      { id: 'c', depends_on_indices: [2, 9] },
    ];
    assert.deepEqual(rules(list).toSorted(), [
      'dangling-dependency',
      'dangling-dependency',
      'dependency-cycle',
      'self-dependency',
    ]);
  });

  it('holds what the list says of itself against its entries', () => {
    const step = { description: 's', passes: false };
    const list = {
      total_features: 3,
      metadata: { completed_features: 1 },
      features: [{ id: 1, name: 'a', passes: true, steps: [step] }, 'b', { id: 2, name: 'c' }],
    };
    assert.deepEqual(rules(list), ['bad-entry', 'tick-contradicts-steps', 'count-mismatch']);
    assert.deepEqual(read(list).plans[0]?.facts, {
      steps: 1,
      claimed_features: 3,
      claimed: [1, 3],
    });
    assert.deepEqual(rules('[{"id": 1, "name": "a", "id": 2}]'), ['duplicate-key']);
    assert.equal(subtasks('[{"id": 1, "name": "a", "id": 2}]')[0]?.id, '2');
  });

  it('does not let the placeholder of a template run', () => {
    assert.notEqual(only({ description: 'Replace with your first feature' }).notReady, null);
    assert.notEqual(only({ title: '__YOUR_PROJECT_NAME__' }).notReady, null);
    assert.equal(only({ title: 'Replace the logo' }).notReady, null);
  });

  it('reports what is no list, and never throws', () => {
    assert.deepEqual(rules('  \n'), ['empty-file']);
    assert.deepEqual(rules('[{"name": '), ['invalid-json']);
    assert.deepEqual(rules('{"features": {}}'), ['no-plan-body']);
    assert.deepEqual(rules('[]'), []);
    assert.deepEqual(rules('{"features": []}'), []);
    assert.deepEqual(rules(`[${'['.repeat(200)}${']'.repeat(200)}]`), ['bad-entry']);
    assert.equal(subtasks('\uFEFF[{"name": "a", "passes": true}]\r\n')[0]?.status, 'claimed');
  });

  it('takes paths as they are written', () => {
    const value = [{ name: 'a', files: ['../x', 'src/y'], scope: '/api and its tests' }];
    assert.deepEqual(rules(value), []);
  });
});
