import assert from 'node:assert/strict';
import type { PlanSource, SourceFile } from '../../../src/formats/format';
import { formatOf, formats } from '../../../src/formats/registry';
import { vpOpsFormat } from '../../../src/formats/vp-ops/format';
import { subtasksOf, type Plan, type PlanReading } from '../../../src/model/plan';
import { sessionFile, vpOpsSession } from '../../support/plan-texts/vp-ops';
import { statusChange } from '../../support/status-change';

function planIn({ plans }: PlanReading): Plan {
  const [plan] = plans;
  assert.ok(plan);
  return plan;
}
const alone = ({ path, text }: SourceFile) => vpOpsFormat.read({ path, text });
const found = ({ problems }: PlanReading, least = 'warning') =>
  problems
    .filter(({ severity }) => least !== 'warning' || severity !== 'info')
    .map(({ rule }) => rule);
const ids = (plan: Plan) =>
  plan.phases.map(({ subtasks }) => subtasks.map(({ id }) => id).join(' '));
const edges = (plan: Plan, kind = 'declared') =>
  subtasksOf(plan).flatMap(({ id, dependsOn }) =>
    dependsOn.filter((one) => one.kind === kind).map((one) => `${one.id}>${id}`),
  );
const batches = (...rows: string[]) =>
  [
    '# VP Operations Analysis',
    '| Batch | Name | Tasks | Parallel Safe |',
    '|-|-|-|-|',
    ...rows,
  ].join('\n');
const readOps = (text: string) => vpOpsFormat.read({ path: 'x-vp-ops.md', text });

describe('an operations file alone', () => {
  const reading = alone(vpOpsSession);
  const plan = planIn(reading);

  it('has batches as phases and the tasks of their cells as subtasks, columns in any order', () => {
    assert.equal(reading.kind, 'ops_analysis');
    assert.deepEqual(
      plan.phases.map(({ id, title, parallelSafe, checkpoint }) => [
        id,
        title,
        parallelSafe,
        checkpoint,
      ]),
      [
        ['1', 'Hulls', true, 'Boats float'],
        ['2', 'Oars', true, 'All oar tests pass'],
        ['3', 'Sails', false, null],
      ],
    );
    assert.deepEqual(ids(plan), ['1.1 2.1', '1.2', '2.2']);
  });

  it('names tasks by the reference, keeps remarks, and labels themes', () => {
    const [first] = subtasksOf(plan);
    assert.deepEqual(
      [first?.title, first?.detail, first?.labels],
      ['Draw the hull', 'Plan', ['phase:1 Wood']],
    );
    const { text } = vpOpsSession;
    assert.equal(text.slice(first?.range.start, first?.range.end), 'Task 1.1 (Plan)');
    assert.equal(text.slice(first?.idRange?.start, first?.idRange?.end), '1.1');
  });

  it('puts gates behind batches; what looks like a command stays a text', () => {
    assert.deepEqual(
      plan.gates.map(({ trigger, criteria }) => [trigger, criteria]),
      [
        [
          { type: 'after_phase', phaseKey: '2' },
          [
            { text: '`make float` shows a boat', validator: null },
            { text: 'The harbour master is content', validator: null },
          ],
        ],
      ],
    );
    assert.ok(
      subtasksOf(plan).every(({ command, checks }) => command === null && checks.length === 0),
    );
  });

  it('has no edges of its own: batches follow each other', () => {
    assert.deepEqual(edges(plan), []);
    assert.deepEqual(
      plan.phases.map(({ dependsOn }) => dependsOn.map(({ id, kind }) => `${id} ${kind}`)),
      [[], ['1 implied'], ['2 implied']],
    );
    assert.deepEqual(found(reading), []);
    assert.deepEqual(found(reading, 'info'), ['gate-criterion-not-runnable']);
  });

  it('knows its state, its themes, and what it claims', () => {
    assert.deepEqual(plan.facts, {
      session: 'sess_ab12',
      state: 'active',
      groups: 2,
      parallel_safe: [true, true, false],
      concerns: 1,
      risks: 1,
      max_streams: 2,
      candidate_commands: [{ gate: 'Harbour Master #1: first look', command: 'make float' }],
    });
    assert.deepEqual(
      plan.waves.map(({ keys }) => keys),
      [['1.1', '2.1'], ['1.2'], ['2.2']],
    );
  });
});

describe('an operations file that is not well-formed', () => {
  it('has one subtask for a batch whose tasks are prose, and never guesses', () => {
    const reading = readOps(
      batches('| 1 | Prompts | PM prompt (both), T1.2 | Yes |', '| 2 | B | 1.1 | No |'),
    );
    assert.deepEqual(found(reading), ['batch-tasks-free-text']);
    const [leaf] = subtasksOf(planIn(reading));
    assert.deepEqual(
      [leaf?.id, leaf?.title, leaf?.detail],
      ['1', 'Prompts', 'PM prompt (both), T1.2'],
    );
  });

  it('lets the leaves of an unsafe batch follow each other', () => {
    const plan = planIn(readOps(batches('| 1 | A | 1.1, 1.2, 1.3 | no (sequential) |')));
    assert.deepEqual(edges(plan, 'implied'), ['1.1>1.2', '1.2>1.3']);
  });

  it('reports tasks that are nowhere, twice, or unknown', () => {
    const reference =
      '\n## Task Reference\n### Phase 1: A\n- Task 1.1: a\n- Task 1.2: b\n### Phase 2: A\n- Task 2.1: c\n';
    const text = batches('| 1 | A | 1.1, 1.3 | Yes |', '| 2 | B | 1.1 | Yes |') + reference;
    assert.deepEqual(found(readOps(text)).toSorted(), [
      'duplicate-name',
      'task-in-two-batches',
      'task-not-scheduled',
      'task-not-scheduled',
      'unknown-task-ref',
    ]);
  });

  it('reports what must be there before, and gates that open at no known time', () => {
    const text = `${batches('| 1 | A | 1.1 | Yes |')}\n\n## Human Gates\n### G\n**Trigger:** soon\n\n## Pre-requisites Identified\n1. **BLOCKER:** no wood\n`;
    const reading = readOps(text);
    assert.deepEqual(found(reading), ['gate-trigger-unparsed', 'missing-prerequisite']);
    assert.deepEqual(planIn(reading).gates[0]?.trigger, { type: 'manual' });
  });
});

describe('a session with all its files', () => {
  const reading = vpOpsFormat.read(vpOpsSession);
  const plan = planIn(reading);

  it('is one plan: batches of the operations file, edges and files of the log by label', () => {
    assert.deepEqual(ids(plan), ['1.1 2.1', '1.2', '2.2']);
    assert.deepEqual(edges(plan), ['1.1>2.1', '1.1>1.2', '2.1>1.2', '1.2>2.2']);
    const [, cloth] = subtasksOf(plan);
    assert.deepEqual(
      [cloth?.files, cloth?.verification, cloth?.labels],
      [['src/c.ts'], ['test c'], ['phase:2 Cloth', 'milestone:Cloth']],
    );
  });

  it('says what the files say of each other', () => {
    assert.deepEqual(
      reading.problems
        .filter(({ severity }) => severity !== 'info')
        .map(({ rule, path = '' }) => `${rule} ${path.split('-').at(-1) ?? ''}`.trim())
        .toSorted(),
      [
        'checkpoint-names-later-task',
        'count-mismatch minutes.md',
        'date-mismatch',
        'dependency-in-parallel-batch',
        'missing-prerequisite minutes.md',
      ],
    );
  });

  it('tells when dependencies need more waves than there are batches', () => {
    const two = vpOpsSession.text.replace('| 1.2 |', '| 1.2, 2.2 |').replace(/^.*\| 3 \|.*\n/m, '');
    const reading = vpOpsFormat.read({ ...vpOpsSession, text: two });
    assert.equal(planIn(reading).phases.length, 2);
    assert.ok(found(reading, 'info').includes('waves-exceed-batches'));
  });

  it('takes the tasks of a batch from the log where its own cell is prose', () => {
    const text = vpOpsSession.text.replace('Task 1.1 (Plan), T2.1', 'hull and cloth');
    const read = planIn(vpOpsFormat.read({ ...vpOpsSession, text }));
    assert.deepEqual(ids(read), ['1.1 2.1', '1.2', '2.2']);
  });

  it('reads titles and files from the engineering file where there is no log', () => {
    const engineering = sessionFile('-vp-engineering.md');
    const source: PlanSource = {
      ...vpOpsSession,
      others: new Map([[engineering.path, engineering]]),
    };
    const read = vpOpsFormat.read(source);
    assert.deepEqual(subtasksOf(planIn(read))[0]?.files, ['src/hull.ts']);
    assert.equal(found(read, 'info').filter((rule) => rule === 'dependency-needs-log').length, 2);
  });

  it('tells an engineering file that holds the tasks of another session', () => {
    const own = sessionFile('-vp-engineering.md');
    const path = own.path.replace('sess_ab12', 'sess_ff00');
    const other = { path, text: own.text.replace('sess_ab12', 'sess_ff00') };
    const twin = new Map([...vpOpsSession.others, [path, other]]);
    assert.ok(found(vpOpsFormat.read({ ...vpOpsSession, others: twin })).includes('mixed-session'));
    const foreign = { path: own.path, text: own.text.replaceAll('task_', 'job_') };
    const changed = new Map([...vpOpsSession.others, [own.path, foreign]]);
    assert.ok(
      found(vpOpsFormat.read({ ...vpOpsSession, others: changed })).includes('mixed-session'),
    );
  });

  it('has homes and parts that lead to each other', () => {
    for (const path of vpOpsSession.others.keys())
      assert.equal(vpOpsFormat.home(path)[0], vpOpsSession.path, path);
    assert.deepEqual(vpOpsFormat.home(vpOpsSession.path), [vpOpsSession.path]);
    assert.deepEqual(vpOpsFormat.home('notes/sess_ab12-minutes.md'), ['notes/sess_ab12-vp-ops.md']);
    assert.deepEqual(vpOpsFormat.home('data/events/2026-01-03-session-17.jsonl'), []);
  });

  it('is never written', () => {
    for (const { key } of subtasksOf(plan))
      assert.deepEqual(vpOpsFormat.write(vpOpsSession, statusChange(key, 'done')), []);
    assert.equal(vpOpsFormat.write(vpOpsSession, statusChange('9.9', 'done')), null);
    assert.match(plan.statusNote ?? '', /database/);
  });
});

describe('the other files of a session, alone', () => {
  it('product: milestones are subtasks whatever their numbers say, boxes are criteria', () => {
    const reading = alone(sessionFile('-vp-product.md'));
    const plan = planIn(reading);
    assert.deepEqual([reading.kind, plan.facts['criteria']], ['product_plan', 2]);
    assert.deepEqual(ids(plan), ['1.1 1.2', '2.1']);
    assert.equal(plan.phases[0]?.checkpoint, 'It floats\nIt turns');
    assert.ok(subtasksOf(plan).every(({ status }) => status === 'pending'));
  });

  it('product: two phases of one name are told', () => {
    const text = '# VP Product Plan\n## Phases\n### 1. A\n### 2. A\n';
    assert.deepEqual(found(alone({ path: 'a.md', text })), ['duplicate-name']);
  });

  it('engineering: tasks in order, and what they depend on is not known', () => {
    const reading = alone(sessionFile('-vp-engineering.md'));
    const plan = planIn(reading);
    assert.deepEqual([reading.kind, plan.declaredPhases], ['engineering_plan', 0]);
    assert.deepEqual(ids(plan), ['1 2 3']);
    assert.deepEqual([edges(plan), plan.facts['with_dependencies']], [[], 2]);
    assert.deepEqual(subtasksOf(plan)[1]?.files, ['src/oars/*.ts']);
    assert.deepEqual(found(reading, 'info'), ['dependency-needs-log', 'dependency-needs-log']);
  });

  it('minutes and summaries: decisions and blockers, no work', () => {
    const { kind, plans, facts, problems } = alone(sessionFile('-minutes.md'));
    assert.deepEqual([kind, plans], ['minutes', []]);
    assert.deepEqual(facts['decision'], { status: 'APPROVED', text: 'Go.' });
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['missing-prerequisite'],
    );
    const text =
      '# Boardroom Session Summary\n## Phases\n### Phase 0: A ✅ COMPLETE\n- [x] M0.1 a\n### Phase 1: B\n';
    const summary = alone({ path: 'a.md', text });
    assert.deepEqual([summary.kind, summary.plans, summary.facts['groups']], ['summary', [], 2]);
  });
});

describe('which files belong to vp-ops', () => {
  const at = (path: string, text = '') => formatOf({ path, text })?.name ?? null;

  it('are known by heading, role, or first event, whatever their names', () => {
    for (const file of [vpOpsSession, ...vpOpsSession.others.values()]) {
      assert.equal(at(file.path, file.text), 'vp-ops', file.path);
      const name = file.path.endsWith('.jsonl') ? 'x.jsonl' : 'notes/x.md';
      assert.equal(at(name, file.text), 'vp-ops', file.path);
      assert.equal(formats.filter((format) => format.detect(file)).length, 1, file.path);
    }
  });

  it('are not descriptions of work, however many boxes they hold', () => {
    assert.equal(
      at('docs/workflows/a.md', '# Workflow\n- [ ] Batch 1\n### Phase 1: A (3 tasks)\n'),
      null,
    );
    assert.equal(at('x.jsonl', '{"id":"a","title":"b"}\n'), null);
    assert.equal(at('docs/a.md', '# Boat Proposal\n'), null);
    const proposal = {
      path: 'proposals/a.md',
      text: '---\nworkflow: W1\n---\n# Boat Proposal\n- [ ] a\n',
    };
    assert.deepEqual(
      [at(proposal.path, proposal.text), alone(proposal).kind],
      ['vp-ops', 'proposal'],
    );
    assert.deepEqual(alone(proposal).plans, []);
  });
});
