import assert from 'node:assert/strict';
import { runsheetFormat } from '../../../src/formats/runsheet/format';
import { subtasksOf, type Plan, type PlanReading, type Subtask } from '../../../src/model/plan';
import { planTexts } from '../../support/plan-texts';

function read(text: string, path = 'a.plan.md'): PlanReading {
  return runsheetFormat.read({ path, text });
}

function planOf(text: string): Plan {
  const [plan] = read(text).plans;
  assert.ok(plan);
  return plan;
}

function subtask(text: string, id: string): Subtask {
  const found = subtasksOf(planOf(text)).find((other) => other.id === id);
  assert.ok(found, `no subtask ${id}`);
  return found;
}

const rules = (text: string) => read(text).problems.map(({ rule, line }) => `${line} ${rule}`);
const dependencies = ({ dependsOn }: { dependsOn: Subtask['dependsOn'] }) =>
  dependsOn.map(({ id, kind }) => `${id} ${kind}`);

describe('the runsheet format', () => {
  const { text } = planTexts.runsheet;

  it('reads its own sample without a problem', () => {
    assert.deepEqual(read(text).problems, []);
  });

  it('reads title and settings from the front matter', () => {
    const { title, settings } = planOf(text);
    assert.equal(title, 'Shop search');
    assert.equal(settings.agent, 'command');
    assert.equal(settings.workers, 3);
    assert.equal(settings.base, 'main');
    assert.deepEqual(
      settings.checks.map(({ id, label }) => [id, label]),
      [['plan-check-1', 'npm run lint']],
    );
  });

  it('takes the first heading, then the file name, as title', () => {
    assert.equal(planOf('# One\n- [ ] a').title, 'One');
    assert.equal(planOf('- [ ] a').title, 'a');
  });

  it('takes level 2 headings with subtasks as phases and drops prose', () => {
    const { phases, declaredPhases } = planOf(text);
    assert.deepEqual(
      phases.map(({ id, title, line }) => [id, title, line]),
      [
        ['index', 'Index', 15],
        ['page', 'Page', 31],
      ],
    );
    assert.equal(declaredPhases, 2);
  });

  it('reads ids, marks and fields of subtasks', () => {
    const statuses = subtasksOf(planOf(text)).map((one) => [
      one.id,
      one.keyOrigin,
      one.status,
      one.fileStatus,
    ]);
    assert.deepEqual(statuses, [
      ['T01', 'declared', 'pending', ' '],
      ['T02', 'declared', 'claimed', 'x'],
      ['T03', 'declared', 'in_progress', '/'],
      ['write-a-guide', 'derived', 'skipped', '-'],
      ['step-9', 'declared', 'needs_attention', '!'],
    ]);
    const first = subtask(text, 'T01');
    assert.equal(first.title, 'Build the index');
    assert.deepEqual(first.files, ['src/index.js', 'test/index.test.js']);
    assert.equal(first.command, 'node tools/step.mjs index');
    assert.deepEqual(first.verification, ['node --test test/index.test.js']);
    assert.equal(first.detail, '  Words for the agent.');
    const second = subtask(text, 'T02');
    assert.deepEqual(second.labels, ['slow', 'db']);
    assert.equal(second.optional, true);
    assert.deepEqual(subtask(text, 'T03').files, ['src/page.js', 'src/page.css']);
  });

  it('points at ids and dependencies where they stand', () => {
    const second = subtask(text, 'T02');
    assert.equal(text.slice(second.idRange?.start, second.idRange?.end), 'T02');
    const range = second.dependsOn[0]?.range;
    assert.equal(text.slice(range?.start, range?.end), 'T01');
    assert.ok(text.slice(second.range.start, second.range.end).startsWith('- [x] T02'));
    assert.ok(text.slice(second.range.start, second.range.end).endsWith('optional: yes'));
  });

  it('links dependencies by id or by title', () => {
    assert.deepEqual(dependencies(subtask(text, 'step-9')), [
      'T03 declared',
      'write-a-guide declared',
    ]);
  });

  it('gives equal titles keys of their own', () => {
    const keys = subtasksOf(planOf('- [ ] Do it\n- [ ] do it!\n')).map(({ key }) => key);
    assert.deepEqual(keys, ['do-it', 'do-it#2']);
  });

  it('keeps duplicate ids apart and reports the second', () => {
    const twice = '- [ ] T01 a\n- [ ] T01 b\n- [ ] T02 c\n  - depends: T01\n';
    assert.deepEqual(
      subtasksOf(planOf(twice)).map(({ key, id }) => [key, id]),
      [
        ['T01', 'T01'],
        ['T01#2', 'T01'],
        ['T02', 'T02'],
      ],
    );
    assert.deepEqual(rules(twice), ['2 duplicate-id']);
  });

  it('ignores fences, comments and front matter, and reads past an unclosed fence', () => {
    const fenced = '```\n- [ ] T01 a\n```\n<!--\n- [ ] T02 b\n-->\n- [ ] T03 c\n```\n- [ ] T04 d\n';
    assert.deepEqual(
      subtasksOf(planOf(fenced)).map(({ id }) => id),
      ['T03', 'T04'],
    );
  });

  it('takes indented boxes as detail of their subtask', () => {
    const steps = '- [ ] T01 a\n  - [ ] step one\n  - [x] step two\n- [ ] T02 b\n';
    assert.equal(subtasksOf(planOf(steps)).length, 2);
    assert.equal(subtask(steps, 'T01').detail, '  - [ ] step one\n  - [x] step two');
  });

  it('reports what it cannot use, with its line', () => {
    const wrong = [
      '- [?] T01 a',
      '  - files: ../../etc/passwd, /etc/hosts, ~/x',
      '  - depends: T01, T09',
      '  - check: forbid /(/',
      '  - check:',
      '  - run: a',
      '  - run: b',
    ].join('\n');
    assert.deepEqual(rules(wrong).toSorted(), [
      '1 unknown-marker',
      '2 path-outside-workspace',
      '2 path-outside-workspace',
      '2 path-outside-workspace',
      '3 dangling-dependency',
      '3 self-dependency',
      '4 invalid-check',
      '5 empty-field',
      '7 duplicate-field',
    ]);
  });

  it('reports settings that it does not understand and keeps the others', () => {
    const front =
      '---\nrunsheet: 1\nworkers: 99\nagnet: x\ntitle: T\ncopy: ../secret\n---\n- [ ] a\n';
    assert.equal(planOf(front).title, 'T');
    assert.equal(planOf(front).settings.workers, null);
    assert.deepEqual(rules(front), ['3 invalid-value', '4 unknown-key', '6 invalid-value']);
    assert.deepEqual(rules('---\na: [\n---\n- [ ] a\n')[0], '2 invalid-settings');
  });

  it('reports a plan without subtasks', () => {
    assert.deepEqual(rules('# Empty\n'), ['1 no-tasks']);
  });

  it('names the way around a cycle', () => {
    const cycle =
      '- [ ] T01 a\n  - depends: T03\n- [ ] T02 b\n  - depends: T01\n- [ ] T03 c\n  - depends: T02\n';
    const [problem] = read(cycle).problems;
    assert.equal(problem?.rule, 'dependency-cycle');
    assert.match(problem.message, /T01 → T02 → T03 → T01/);
  });
});

describe('phases of the runsheet format', () => {
  const phases = (text: string) =>
    planOf(text).phases.map((phase) => [phase.id, ...dependencies(phase)]);

  it('follow each other unless they say otherwise', () => {
    const text =
      '## A\n- [ ] a\n## B\n- [ ] b\n## C\n\ndepends: none\n- [ ] c\n## D\n- depends: A, 2\n- [ ] d\n';
    assert.deepEqual(phases(text), [
      ['a'],
      ['b', 'a implied'],
      ['c'],
      ['d', 'a declared', 'b declared'],
    ]);
  });

  it('are named by title, number, id and title behind a number', () => {
    const text =
      '## Phase 1: Set up {#base}\n- [ ] a\n## Two, three\n- [ ] b\n## C\ndepends: base\n- [ ] c\n' +
      '## D\ndepends: set up\n- [ ] d\n## E\ndepends: Two, three\n- [ ] e\n## F\ndepends: Phase 1\n- [ ] f\n';
    assert.deepEqual(phases(text).slice(2), [
      ['c', 'base declared'],
      ['d', 'base declared'],
      ['e', 'two-three declared'],
      ['f', 'base declared'],
    ]);
  });

  it('do not wait for the phase before when that one waits for them', () => {
    assert.deepEqual(phases('## A\ndepends: B\n- [ ] a\n## B\n- [ ] b\n## C\n- [ ] c\n'), [
      ['a', 'b declared'],
      ['b'],
      ['c', 'b implied'],
    ]);
    const crossed = '## A\n- [ ] T01 a\n  - depends: T02\n## B\n- [ ] T02 b\n';
    assert.deepEqual(phases(crossed), [['a'], ['b']]);
    assert.deepEqual(rules(crossed), []);
  });

  it('report what they cannot find, and cycles through their subtasks', () => {
    assert.deepEqual(rules('## A\ndepends: Nowhere\n- [ ] a\n'), ['2 dangling-dependency']);
    const deadlock = '## A\n- [ ] T01 a\n  - depends: T02\n## B\ndepends: A\n- [ ] T02 b\n';
    assert.deepEqual(rules(deadlock), ['2 dependency-cycle']);
  });

  it('have an id in front of the first heading only beside others', () => {
    assert.deepEqual(phases('# P\n- [ ] a\n'), [[null]]);
    assert.equal(planOf('# P\n- [ ] a\n').declaredPhases, 0);
    assert.deepEqual(phases('# P\n- [ ] a\n## B\n- [ ] b\n'), [['p'], ['b', 'p implied']]);
    assert.equal(planOf('# P\n- [ ] a\n## B\n- [ ] b\n').declaredPhases, 1);
  });
});
