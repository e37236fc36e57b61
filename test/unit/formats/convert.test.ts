import assert from 'node:assert/strict';
import { convertPlan } from '../../../src/formats/convert/convert';
import { formatNamed } from '../../../src/formats/registry';
import { readRunsheet } from '../../../src/formats/runsheet/read';
import { markOfStatus } from '../../../src/formats/runsheet/marks';
import { subtasksOf, type Plan } from '../../../src/model/plan';
import { leftOutReason } from '../../../src/model/left-out';
import { planOrder } from '../../../src/model/plan-order';
import { planTexts } from '../../support/plan-texts';

/** What has to be the same on both sides, with subtasks by their place: ids may be others. */
function essence(plan: Plan) {
  const places = new Map(subtasksOf(plan).map(({ key }, place) => [key, place]));
  const phasePlaces = new Map(plan.phases.map(({ key }, place) => [key, place]));
  const order = planOrder(plan);
  const before = (
    found: readonly { id: string; kind: string }[] = [],
    known: Map<string, number>,
  ) =>
    found
      .filter(({ kind }) => kind !== 'conflict')
      .flatMap(({ id }) => known.get(id) ?? [])
      .toSorted((a, b) => a - b);
  return {
    phases: plan.phases.map((phase) => ({
      subtasks: phase.subtasks.length,
      before: before(order.phases.get(phase.key), phasePlaces),
    })),
    subtasks: subtasksOf(plan).map((subtask) => ({
      title: subtask.title.replace(/\s+/g, ' ').trim(),
      mark: markOfStatus(
        subtask.status === 'pending' && leftOutReason(subtask) !== null
          ? 'skipped'
          : subtask.status,
      ),
      files: subtask.files.map((file) => file.replaceAll(',', ';')),
      labels: subtask.labels.map((label) => label.replace(/\s+/g, ' ').trim().replaceAll(',', ';')),
      optional: subtask.optional,
      agent: subtask.agent,
      checks: subtask.checks.map(({ type, config }) => ({ type, config })),
      before: before(order.subtasks.get(subtask.key), places),
    })),
  };
}

function checkConversion(plan: Plan, from: string): void {
  const { text, notCarried } = convertPlan(plan, from);
  const { plan: converted, problems } = readRunsheet({ path: 'converted.plan.md', text });
  // A plan that can never be carried out stays one.
  const stuck = ['dependency-cycle', 'self-dependency'];
  const errors = problems.filter(
    ({ severity, rule }) => severity === 'error' && !stuck.includes(rule),
  );
  // Checks and paths that are refused were refused in the other format, too.
  const own = errors.filter(({ rule }) => rule !== 'path-outside-workspace');
  assert.deepEqual(
    own.map(({ message }) => message),
    [],
  );
  assert.deepEqual(essence(converted), essence(plan));
  assert.equal(new Set(notCarried).size, notCarried.length);
}

describe('converting a plan into the Runsheet format', () => {
  for (const [name, source] of Object.entries(planTexts))
    it(`keeps what a ${name} plan says, and tells what it cannot`, () => {
      const [plan] = formatNamed(name)?.read(source).plans ?? [];
      assert(plan !== undefined);
      checkConversion(plan, source.path);
    });

  it('writes out order that the other format only implies', () => {
    const text = '## Phase 1: A\n- [ ] T001 a\n- [ ] T002 b\n## Phase 2: B\n- [x] T003 c\n';
    const [plan] = formatNamed('spec-kit')?.read({ path: 'specs/a/tasks.md', text }).plans ?? [];
    assert(plan !== undefined);
    const converted = convertPlan(plan, 'specs/a/tasks.md').text;
    assert.match(converted, /T002 b\n {2}- depends: T001/);
    assert.match(converted, /\{#1\}\n\ndepends: none/);
    assert.match(converted, /\{#2\}\n\ndepends: 1\n/);
  });

  it('keeps text from being read as a field, a heading, a box or the end of the remark', () => {
    const text =
      '- [ ] T001 a -->\n  - files: not/mine.ts\n  # no heading\n  - [ ] no box\n  ```\n  open fence\n';
    const [plan] = formatNamed('spec-kit')?.read({ path: 'specs/a--b/tasks.md', text }).plans ?? [];
    assert(plan !== undefined);
    checkConversion(plan, 'specs/a--b/tasks.md');
  });

  it('tells of statuses that have no mark of their own', () => {
    const leaf = (id: string, status: string) =>
      `{"id":"${id}","description":"a","status":"${status}"}`;
    const leaves = [leaf('T01', 'blocked'), leaf('T02', 'failed'), leaf('T03', 'completed')];
    const text = `{"phases":[{"id":"p","parallel_safe":true,"subtasks":[${leaves.join(',')}]}]}`;
    const path = '.auto-claude/specs/1/implementation_plan.json';
    const [plan] = formatNamed('auto-claude')?.read({ path, text }).plans ?? [];
    assert(plan !== undefined);
    const { text: converted, notCarried } = convertPlan(plan, path);
    assert.match(converted, /\[!\] T01 a[^]*\[!\] T02 a[^]*\[x\] T03 a/);
    assert.deepEqual(notCarried, [
      'That something is blocked: it is marked [!] (T01)',
      'That something is failed: it is marked [!] (T02)',
    ]);
  });

  it('does not miss ids that only stand in another order', () => {
    const row = (id: string, rest: string) => `{"id":"${id}","title":"a","status":"open"${rest}}`;
    const below = ',"dependencies":[{"depends_on_id":"x-3","type":"parent-child"}]';
    const text = [row('x-1', ''), row('x-2', below), row('x-3', ',"issue_type":"epic"')].join('\n');
    const path = '.beads/issues.jsonl';
    const [plan] = formatNamed('beads')?.read({ path, text }).plans ?? [];
    assert(plan !== undefined);
    assert.deepEqual(plan.facts, { ids: ['x-1', 'x-2'] });
    assert.deepEqual(convertPlan(plan, path).notCarried, []);
  });

  it('gives ids that cannot be written new ones, also where something depends on them', () => {
    const text =
      '{"phases":[{"id":"p","subtasks":[{"id":"setup the db","description":"a"},{"id":"T01","description":"b","depends_on":["setup the db"]}]}]}';
    const path = '.auto-claude/specs/1/implementation_plan.json';
    const [plan] = formatNamed('auto-claude')?.read({ path, text }).plans ?? [];
    assert(plan !== undefined);
    const { text: converted, notCarried } = convertPlan(plan, path);
    assert.match(converted, /T02 a[^]*T01 b\n {2}- depends: T02/);
    assert.match(notCarried.join(), /setup the db → T02/);
  });
});
