import assert from 'node:assert/strict';
import { bmadFormat } from '../../../src/formats/bmad/format';
import type { SourceFile } from '../../../src/formats/format';
import { subtasksOf, type Plan, type PlanReading, type Subtask } from '../../../src/model/plan';
import { sprintPlan, sprintText, storyPath, storyText } from '../../support/plan-texts/bmad';

const sprint = (keys: string) =>
  bmadFormat.read({ path: 'sprint.yaml', text: `development_status:\n${keys}` });
const story = (text: string) => bmadFormat.read({ path: 'story.md', text });
const rules = ({ problems }: PlanReading) => problems.map(({ rule }) => rule);

function planOf({ plans }: PlanReading): Plan {
  const [plan] = plans;
  assert.ok(plan);
  return plan;
}

function named(plan: Plan, id: string): Subtask {
  const found = subtasksOf(plan).find((subtask) => subtask.id === id);
  assert.ok(found, id);
  return found;
}

const links = ({ dependsOn }: { dependsOn: { id: string; kind: string }[] }) =>
  dependsOn.map(({ id, kind }) => `${kind} ${id}`);

describe('a BMAD sprint', () => {
  const reading = bmadFormat.read(sprintPlan);
  const plan = planOf(reading);

  it('has epics as phases, with titles from comments or from the epics, and their stories', () => {
    assert.equal(plan.title, 'Shop');
    assert.equal(plan.declaredPhases, 3);
    assert.deepEqual(
      plan.phases.map(({ id, title, subtasks }) => [id, title, subtasks.map((one) => one.id)]),
      [
        ['epic-1', 'Cart', ['1-1-cart-model', '1-2a-買い物', '1-3-save-cart']],
        ['epic-2', 'Check-out', ['2-1-checkout']],
        ['epic-3', 'Epic 3', []],
        [null, 'Epic 10', ['10-1-lost']],
      ],
    );
    assert.deepEqual(
      plan.phases.map(({ checkpoint }) => checkpoint),
      ['Retrospective: optional', 'Retrospective: done', null, null],
    );
  });

  it('reads the word before a comment', () => {
    const statuses = subtasksOf(plan).map(({ id, status, notReady }) => {
      return `${id} ${status}${notReady === null ? '' : ' not ready'}`;
    });
    assert.deepEqual(statuses, [
      '1-1-cart-model claimed',
      '1-2a-買い物 needs_attention',
      '1-3-save-cart pending',
      '2-1-checkout pending not ready',
      '10-1-lost pending',
    ]);
    assert.equal(named(plan, '10-1-lost').fileStatus, 'drafted');
  });

  it('takes stories of an epic in order, and epics that have stories', () => {
    assert.deepEqual(links(named(plan, '1-1-cart-model')), []);
    assert.deepEqual(links(named(plan, '1-3-save-cart')), ['implied 1-2a-買い物']);
    const phases = plan.phases.map(links);
    assert.deepEqual(phases, [[], ['implied epic-1'], ['implied epic-2'], ['implied epic-2']]);
  });

  it('has titles, criteria, Tasks and notes from the story files', () => {
    const saved = named(plan, '1-3-save-cart');
    assert.equal(saved.title, 'Save the cart');
    assert.deepEqual(saved.verification, [
      '**Given** a cart **When** I reload **Then** it is there',
      'It is empty after logging out',
      'It is fast',
      'Tests run',
    ]);
    assert.match(saved.detail, /As a buyer[^]*Task 1: Store it[^]*1\.1 Write[^]*written later/);
    assert.equal(named(plan, '2-1-checkout').title, 'checkout');
  });

  it('counts retrospectives, actions and stories without a key', () => {
    assert.deepEqual(plan.facts, {
      retrospectives: 2,
      actions: 2,
      openActions: ['Test errors'],
      unlistedStories: ['_bmad-output/implementation-artifacts/1-9-unlisted.md'],
    });
    const mixed = planOf(sprint('  epic-1: done\n  epic-2: done\n  2-1-a: done\n  1-1-b: done\n'));
    assert.deepEqual(mixed.facts['ids'], ['2-1-a', '1-1-b']);
  });

  it('reports lines and keys that it does not know, and what contradicts the stories', () => {
    const found = reading.problems.map(({ rule, path }) => `${rule}${path ? ' in a story' : ''}`);
    assert.deepEqual(found.toSorted(), [
      'orphan-story',
      'parent-done-child-open in a story',
      'task-done-step-open in a story',
      'task-open-steps-done in a story',
      'unreadable-line',
      'unrecognised-key',
    ]);
  });

  it('holds the words of epics against those of their stories', () => {
    assert.deepEqual(rules(sprint('  epic-1: backlog\n  1-1-a: drafted\n')), [
      'epic-behind-stories',
    ]);
    assert.deepEqual(rules(sprint('  epic-1: in-progress\n  1-1-a: done\n')), [
      'parent-open-children-done',
    ]);
    assert.deepEqual(rules(sprint('  epic-1: done\n  1-1-a: review\n')), [
      'parent-done-child-open',
    ]);
    assert.deepEqual(rules(sprint('  epic-1: in-progress\n  1-1-a: done\n  1-2-b: review\n')), []);
    assert.deepEqual(rules(sprint('  epic-1: contexted\n  1-1-a: cut\n')), ['unknown-status']);
    assert.deepEqual(rules(sprint('  epic-1: soon\n  1-1-a:\n')), [
      'unknown-status',
      'unknown-status',
    ]);
    assert.deepEqual(
      rules(sprint('  epic-1: backlog\n  1-1-a: backlog\n  1-1-a: backlog\n  epic-1: backlog\n')),
      ['duplicate-id', 'duplicate-id'],
    );
  });

  it('reports a story file that says something else than its key', () => {
    const text = sprintText.replace('1-3-save-cart: ready-for-dev', '1-3-save-cart: in-progress');
    assert.ok(rules(bmadFormat.read({ ...sprintPlan, text })).includes('story-status-drift'));
  });

  it('sorts nothing by number and reads keys of any epic', () => {
    const plan10 = planOf(sprint('  epic-10: backlog\n  10-4-b: backlog\n  epic-9: backlog\n'));
    assert.deepEqual(
      plan10.phases.map(({ id }) => id),
      ['epic-10', 'epic-9'],
    );
  });

  it('is no plan without the map of statuses', () => {
    const reading = bmadFormat.read({ path: 'sprint-status.yaml', text: 'project: x\n' });
    assert.deepEqual([reading.plans, rules(reading)], [[], ['no-plan-body']]);
  });
});

describe('a BMAD story alone', () => {
  const reading = story(storyText);
  const plan = planOf(reading);

  it('has its Tasks as subtasks, grouped by headings in their section', () => {
    assert.equal(plan.title, 'Save the cart');
    assert.equal(plan.declaredPhases, 1);
    assert.deepEqual(
      plan.phases.map(({ id, subtasks }) => [id, subtasks.map((one) => `${one.id} ${one.title}`)]),
      [
        [null, ['1 Store it', '2 Clear it']],
        ['review-follow-ups-ai', ['3 [AI-Review][High] Look again', '4 Ask']],
      ],
    );
    assert.deepEqual(
      subtasksOf(plan).map(({ status }) => status),
      ['claimed', 'pending', 'pending', 'needs_attention'],
    );
  });

  it('counts steps at any depth, criteria by their numbers, and its own status', () => {
    assert.deepEqual(plan.facts, {
      steps: 3,
      stepsDone: 2,
      criteria: 3,
      storyStatus: 'ready-for-dev',
      unreferencedCriteria: [10],
    });
  });

  it('verifies a Task by the criteria that it names', () => {
    assert.deepEqual(named(plan, '2').verification, ['It is empty after logging out']);
    assert.deepEqual(named(plan, '2').labels, ['AC 2, 3']);
    const all = planOf(
      story('## Acceptance Criteria\n1. a\n2. b\n## Tasks\n- [ ] x (AC: tutti)\n'),
    );
    assert.deepEqual(subtasksOf(all)[0]?.verification, ['a', 'b']);
  });

  it('reads the titles of Tasks in their forms', () => {
    const title = (text: string) => {
      const { id, title: own } = subtasksOf(planOf(story(`## Tasks\n- [ ] ${text}\n`)))[0] ?? {};
      return `${id ?? ''}|${own ?? ''}`;
    };
    assert.equal(title('Task 3: Do (AC: 1)'), '3|Do');
    assert.equal(title('Task 3 — Do'), '3|Do');
    assert.equal(title('**Task 3: Do**'), '3|Do');
    assert.equal(title('Do it (AC: AC1, AC3)'), '1|Do it');
    assert.equal(title('Taskbar'), '1|Taskbar');
  });

  it('finds its status where the method writes it, and nowhere else', () => {
    const status = (text: string) => planOf(story(text)).facts['storyStatus'];
    assert.equal(status('# Story 1.1: A\nStatus: Done\n'), 'done');
    assert.equal(status('# Story 1.1: A\n**Status:** In Progress\n'), 'in progress');
    assert.equal(status('# Story 1.1: A\n## Status\n\nReady for Review\n'), 'ready for review');
    assert.equal(status('# Story 1.1: A\n## Status: Approved\n'), 'approved');
    assert.equal(status('# Story 1.1: A\n## Dev Notes\nStatus: done\n'), undefined);
    assert.equal(status('# Story 1.1: A\n```\nStatus: done\n```\n'), undefined);
  });

  it('takes other lists of criteria for verification, and counts none', () => {
    const text = '## Acceptance Criteria\n- one\n- two\n## Tasks\n- [ ] x (AC: all)\n';
    const listed = planOf(story(text));
    const named = '## Acceptance Criteria\n### AC1: one\n### AC2: two\n## Tasks\n- [ ] x (AC: 2)\n';
    const byName = planOf(story(named));
    assert.deepEqual(subtasksOf(byName)[0]?.verification, ['AC2: two']);
    assert.deepEqual(byName.facts['unreferencedCriteria'], [1]);
    assert.equal(byName.facts['criteria'], undefined);
    assert.equal(listed.facts['criteria'], undefined);
    assert.deepEqual(subtasksOf(listed)[0]?.verification, ['one', 'two']);
  });

  it('holds its status and its Tasks against their boxes', () => {
    assert.deepEqual(rules(reading), ['task-done-step-open', 'task-open-steps-done']);
    const done = '# Story 1.1: A\nStatus: done\n';
    assert.deepEqual(rules(story(`${done}## Tasks\n- [ ] a\n`)), ['parent-done-child-open']);
    assert.deepEqual(rules(story(`${done}## Notes\n- [ ] a\n`)), ['no-tasks']);
    assert.deepEqual(rules(story('# Story 1.1: A\nStatus: Draft\n')), []);
  });
});

describe('finding BMAD plans', () => {
  const detects = (path: string, text: string) => bmadFormat.detect({ path, text });
  const home = (path: string) => bmadFormat.home(path);

  it('leads from a story to its sprint, or to itself', () => {
    const folder = '_bmad-output/implementation-artifacts/';
    assert.deepEqual(home(storyPath), [
      `${folder}stories/sprint-status.yaml`,
      `${folder}sprint-status.yaml`,
      storyPath,
    ]);
    assert.deepEqual(home('docs/stories/1.1-setup.md').at(-1), 'docs/stories/1.1-setup.md');
    assert.deepEqual(home('docs/stories/1.1.setup.md').at(-1), 'docs/stories/1.1.setup.md');
    assert.deepEqual(home(`${folder}epic-1-retro-2026-01-02.md`), []);
    assert.deepEqual(home('_bmad/bmm/sprint-status.yaml'), []);
    assert.deepEqual(bmadFormat.parts(`${folder}sprint-status.yaml`), [
      `${folder}*-*-*.md`,
      `${folder}stories/*-*-*.md`,
      '_bmad-output/planning-artifacts/epics.md',
    ]);
  });

  it('takes sprints in their place, and no templates', () => {
    assert.ok(detects('_bmad-output/implementation-artifacts/sprint-status.yaml', sprintText));
    const here = sprintText.replace('_bmad-output/implementation-artifacts', 'docs/sprint');
    assert.ok(detects('docs/sprint/sprint-status.yaml', here));
    assert.ok(!detects('docs/examples/sprint-status.yaml', here));
    assert.ok(!detects('.agents/skills/x/sprint-status.yaml', sprintText));
    assert.ok(detects('01-shop.yaml', sprintText));
    assert.ok(!detects('01-shop.yaml', 'development_status:\n  other: 1\n'));
  });

  it('takes stories by their first heading', () => {
    const file = (path: string, text: string): SourceFile => ({ path, text });
    assert.ok(bmadFormat.detect(file('notes/any.md', storyText)));
    assert.ok(!bmadFormat.detect(file(storyPath, '# Spike decision\n\n## Tasks\n- [ ] a\n')));
    assert.ok(!bmadFormat.detect(file('story.md', '# Story of a fox\n\nOnce upon a time.\n')));
    assert.ok(!bmadFormat.detect(file('.bmad-core/tasks/a.md', storyText)));
  });
});
