import assert from 'node:assert/strict';
import { vpOpsFormat } from '../../../src/formats/vp-ops/format';
import { subtasksOf, type Plan, type PlanReading } from '../../../src/model/plan';
import { logOf, sessionEvents } from '../../support/plan-texts/vp-ops';

const path = 'data/events/2026-01-03-sess_ab12.jsonl';
const read = (text: string) => vpOpsFormat.read({ path, text });
const rules = ({ problems }: PlanReading) => problems.map(({ rule }) => rule);
const keys = (plan: Plan | undefined) =>
  plan?.phases.map(({ subtasks }) => subtasks.map(({ key }) => key).join(' '));

describe('an event log alone', () => {
  const reading = read(logOf(sessionEvents));
  const [plan] = reading.plans;
  const gates = reading.plans.flatMap((one) => one.gates);

  it('has batches as phases, tasks as subtasks, and finds them by label', () => {
    assert.equal(reading.kind, 'events');
    assert.deepEqual(
      plan?.phases.map(({ id, title }) => [id, title]),
      [
        ['1', 'Hulls'],
        ['2', 'Oars'],
      ],
    );
    assert.deepEqual(keys(plan), ['task_a task_c', 'task_b task_d']);
    assert.deepEqual(
      gates.map(({ trigger }) => trigger),
      [{ type: 'after_phase', phaseKey: '2' }],
    );
  });

  it('parses lists that are JSON in a text, and splits titles from descriptions', () => {
    const task = plan === undefined ? undefined : subtasksOf(plan)[2];
    assert.deepEqual(
      [task?.title, task?.detail, task?.files, task?.verification],
      ['Carve oars', 'Two', ['src/b.ts'], ['test b']],
    );
    assert.deepEqual(
      task?.dependsOn.map(({ id, kind }) => `${id} ${kind}`),
      ['task_a declared', 'task_c declared'],
    );
  });

  it('counts what it holds and keeps the order of the log', () => {
    assert.deepEqual(plan?.facts, {
      events: sessionEvents.length,
      groups: 2,
      milestones: 3,
      gates: 1,
      risks: 1,
      concerns: 1,
      ids: ['task_a', 'task_b', 'task_c', 'task_d'],
    });
  });

  it('finds a batch that depends on itself, and waves that batches cannot hold', () => {
    assert.deepEqual(rules(reading).toSorted(), [
      'dependency-in-parallel-batch',
      'waves-exceed-batches',
    ]);
  });

  it('replays in the order of the lines: changes, deletions, and each event once', () => {
    const text = logOf([
      ...sessionEvents,
      { table: 'engineering_tasks', op: 'UPDATE', key: 'task_a', data: { status: 'completed' } },
      { table: 'engineering_tasks', op: 'DELETE', key: 'task_d', data: {} },
      { table: 'vp_plans', op: 'UPDATE', key: 'plan_x', data: { status: 'approved' } },
    ]);
    const [first = ''] = text.split('\n');
    const twice = read(`${text}${first}\n`);
    const [task, ...rest] = subtasksOf(twice.plans[0] ?? assert.fail());
    assert.deepEqual([task?.status, task?.fileStatus, rest.length], ['claimed', 'completed', 2]);
    assert.equal(twice.plans[0]?.facts['events'], sessionEvents.length + 3);
    assert.ok(rules(twice).includes('unknown-task-ref'));
  });

  it('skips bad lines with their numbers and reports unknown tables once', () => {
    const text = `${logOf(sessionEvents)}{oops\n\n{"table":"boats","op":"INSERT","data":{}}\n{"table":"boats","op":"INSERT","data":{}}\n`;
    const found = read(text).problems.filter(({ line }) => line > sessionEvents.length);
    assert.deepEqual(
      found.map(({ rule, line }) => `${rule} ${line}`),
      [`bad-event ${sessionEvents.length + 1}`, `unknown-table ${sessionEvents.length + 3}`],
    );
  });

  it('is no plan where a session only began', () => {
    const { plans, facts, problems } = read(logOf(sessionEvents.slice(0, 1)));
    assert.deepEqual([plans, problems, facts['events']], [[], [], 1]);
  });

  it('has themes and milestones as phases and subtasks where nothing else was written', () => {
    const [themes] = read(logOf(sessionEvents.slice(0, 6))).plans;
    assert.deepEqual(keys(themes), ['ms_hull ms_oars', 'ms_cloth']);
  });

  it('keeps tasks that no batch names, and tells which ids lead nowhere', () => {
    const lost = sessionEvents.map((event) =>
      event.data['id'] === 'b2' ? { ...event, data: { ...event.data, tasks: '["1.2"]' } } : event,
    );
    const found = read(logOf(lost));
    assert.deepEqual(keys(found.plans[0]), ['task_a task_c', 'task_b', 'task_d']);
    assert.equal(found.plans[0]?.declaredPhases, 2);
    assert.ok(rules(found).includes('task-not-scheduled'));
    const prose = lost.map((event) =>
      event.data['id'] === 'b2' ? { ...event, data: { ...event.data, tasks: '["oars"]' } } : event,
    );
    assert.ok(rules(read(logOf(prose))).includes('batch-tasks-free-text'));
    const without = sessionEvents.filter(({ data }) => data['id'] !== 'task_a');
    assert.ok(rules(read(logOf(without))).includes('dangling-dependency'));
  });
});

describe('a breakdown written by hand', () => {
  const text = `# Boats
## PHASE 1: WOOD (3 tasks)
### T1.1 - Draw
- **Files:**
  - CREATE: \`src/draw.ts\`
  - REF: \`src/old.ts\`
- **Dependencies:** None (new)
#### T1.2: Carve
**Files to touch:**
- MODIFY \`/src/oar.ts\`
- \`src/x.ts\` Existing
**Dependencies:**
- T1.1 (needs 9.9 of it)
- T7.7
## PHASE 2: CLOTH (1 task)
### T2.1 - Order
- **Dependencies:** T1.1, T1.2, T2.1
## Summary
- T1.1 depends on nothing
`;
  const reading = vpOpsFormat.read({ path: 'docs/any.md', text });

  it('has T headings as subtasks, with what they create or change', () => {
    const [plan] = reading.plans;
    assert.equal(reading.kind, 'task_breakdown');
    assert.deepEqual(keys(plan), ['1.1 1.2', '2.1']);
    assert.deepEqual(
      subtasksOf(plan ?? assert.fail()).map(({ files }) => files),
      [['src/draw.ts'], ['src/oar.ts'], []],
    );
  });

  it('reads dependencies on the line or in bullets, and no remarks', () => {
    const [plan] = reading.plans;
    assert.deepEqual(
      subtasksOf(plan ?? assert.fail()).map(({ dependsOn }) => dependsOn.map(({ id }) => id)),
      [[], ['1.1', '7.7'], ['1.1', '1.2', '2.1']],
    );
    assert.deepEqual(rules(reading).toSorted(), [
      'count-mismatch',
      'dangling-dependency',
      'self-dependency',
    ]);
  });
});

describe('a schedule written by hand', () => {
  const text = `# Boats
A plan of 5 engineering tasks.
**Human Gates:** 2 points
### BATCH 1: Wood
**Status:** Sequential (first)
**Human Gate:** No
- **T1.1** - Draw
  - Create \`/src/draw.ts\`
- **T1.2** - Carve
#### Checkpoint Before Proceeding
- It floats
### BATCH 2: Cloth
**Status:** Parallel (all)
**Dependency:** Batch 1 complete
**Human Gate:** YES - look
- **T2.1** (parallel) - Order
- **T2.2** (sequential after T2.1 & T1.2) - Sew
#### HUMAN GATE CRITERIA
**Approval Required If:**
- it is blue
**May Reject If:**
- it is torn
## Risks
- **T2.2** is risky
`;
  const reading = vpOpsFormat.read({ path: 'docs/any.md', text });
  const [plan] = reading.plans;

  it('has batches in order, their tasks, checkpoints and gates', () => {
    assert.equal(reading.kind, 'execution_schedule');
    assert.deepEqual(keys(plan), ['1.1 1.2', '2.1 2.2']);
    assert.deepEqual(
      plan?.phases.map(({ parallelSafe, checkpoint }) => [parallelSafe, checkpoint]),
      [
        [false, 'It floats'],
        [true, null],
      ],
    );
    assert.deepEqual(
      reading.plans.flatMap(({ gates }) =>
        gates.map(({ trigger, criteria }) => [trigger, criteria]),
      ),
      [[{ type: 'after_phase', phaseKey: '2' }, [{ text: 'it is blue', validator: null }]]],
    );
  });

  it('reads edges from "after" remarks, and order from the status', () => {
    const of = (kind: string) =>
      subtasksOf(plan ?? assert.fail()).flatMap(({ id, dependsOn }) =>
        dependsOn.filter((one) => one.kind === kind).map((one) => `${one.id}>${id}`),
      );
    assert.deepEqual(of('declared'), ['2.1>2.2', '1.2>2.2']);
    assert.deepEqual(of('implied'), ['1.1>1.2']);
  });

  it('holds its counts against its lists', () => {
    assert.deepEqual(rules(reading), ['count-mismatch', 'gate-count-mismatch']);
  });
});
