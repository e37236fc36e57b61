import assert from 'node:assert/strict';
import { vpOpsFormat } from '../../../src/formats/vp-ops/format';
import { subtasksOf, type Plan } from '../../../src/model/plan';

// Files as another session writes them.

function read(path: string, text: string) {
  const { plans, problems } = vpOpsFormat.read({ path, text });
  const [plan] = plans;
  assert.ok(plan);
  return { plan, rules: problems.map(({ rule }) => rule) };
}
const edges = (plan: Plan) =>
  subtasksOf(plan).flatMap(({ id, dependsOn }) =>
    dependsOn.filter(({ kind }) => kind === 'declared').map((one) => `${one.id}>${id}`),
  );
const titles = (plan: Plan) => subtasksOf(plan).map(({ id, title }) => `${id} ${title}`);

describe('vp-ops files of other sessions', () => {
  it('counts milestones and not the remarks and wrapped lines below them', () => {
    const text = `# VP Product Plan
## Phases
### 1. Base
**Milestones:**
1. Schema
   - of the books
   and the settings
1. Commands
`;
    assert.deepEqual(titles(read('x-vp-product.md', text).plan), ['1.1 Schema', '1.2 Commands']);
  });

  it('reads the dependencies of an engineering file from bullets, too', () => {
    const text = `# VP Engineering Plan
## Engineering Tasks
### Books - the table
**Dependencies:**
- \`task_a\`
- task_b
### Settings - the table
**Dependencies:**
`;
    const { plan, rules } = read('x-vp-engineering.md', text);
    assert.equal(plan.facts['with_dependencies'], 1);
    assert.deepEqual(rules, ['dependency-needs-log']);
  });

  it('reads a table whose words are bold', () => {
    const text = `# VP Operations Analysis
| **Batch** | **Tasks** | **Parallel Safe** |
|-|-|-|
| **1** | 1.1 | **Yes** |
| **2** | Tasks 1.2, 1.3 | **❌ No** (sequential) |
`;
    const { plan } = read('x-vp-ops.md', text);
    assert.deepEqual(titles(plan), ['1.1 Task 1.1', '1.2 Task 1.2', '1.3 Task 1.3']);
    assert.deepEqual(plan.facts['parallel_safe'], [true, false]);
  });

  it('reads a log whose first line is broken', () => {
    const { plan, rules } = read(
      'data/events/2025-01-02-sess_a.jsonl',
      '{"id":\n{"id":"e1","table":"engineering_tasks","op":"INSERT","data":{"id":"t1","description":"A"}}\n',
    );
    assert.deepEqual(titles(plan), ['t1 A']);
    assert.ok(rules.length > 0);
  });

  it('understands a gate behind a milestone that only the log knows', () => {
    const text = `# VP Operations Analysis
| Batch | Name | Tasks |
|-|-|-|
| 1 | A | 1.1 |
## Human Gates
### Review
**Trigger:** Phase 0, M0.2
`;
    assert.deepEqual(read('x-vp-ops.md', text).rules, ['dependency-needs-log']);
  });

  it('reports what is required before the work, written in any way', () => {
    const text = '# VP Operations Analysis\n## Pre-requisites\nRequired before Batch 1:\n- a key\n';
    assert.deepEqual(read('x-vp-ops.md', text).rules, ['missing-prerequisite']);
  });

  it('skips an event whose id was seen, whatever table it names', () => {
    const event = (table: string, op: string, data: object) =>
      JSON.stringify({ id: 'evt_1', table, op, key: 'a', data });
    const { plan } = read(
      'x-sess_1.jsonl',
      [
        event('phases', 'INSERT', { name: 'A', sequence: 1 }),
        event('risks', 'INSERT', { description: 'x' }),
      ].join('\n'),
    );
    assert.deepEqual([plan.facts['events'], plan.facts['risks']], [1, 0]);
  });

  it('holds what logged minutes say against the log, and against the operations file', () => {
    const event = (table: string, id: string, data: object) =>
      JSON.stringify({ id: `evt_${id}`, table, op: 'INSERT', data: { id, ...data } });
    const minutes = event('boardroom_minutes', 'm', { summary: 'Approved: 1 phases, 0 batches.' });
    const task = event('engineering_tasks', 't', { description: 'A' });
    const batch = event('schedule_batches', 'b', { name: 'A', sequence: 1, tasks: '["A"]' });
    const log = [minutes, task, batch].join('\n');
    assert.ok(read('2026-01-01-sess_1.jsonl', log).rules.includes('count-mismatch'));
    const others = new Map([
      ['sess_1-vp-ops.md', { path: 'sess_1-vp-ops.md', text: '' }],
      ['2026-01-01-sess_1.jsonl', { path: '2026-01-01-sess_1.jsonl', text: `${minutes}\n${task}` }],
    ]);
    const text = '# VP Operations Analysis\n| Batch | Tasks |\n|-|-|\n| 1 | 1.1 |\n';
    const { problems } = vpOpsFormat.read({ path: 'sess_1-vp-ops.md', text, others });
    assert.ok(problems.some(({ rule }) => rule === 'count-mismatch'));
  });

  it('finds two phases of one name in a summary', () => {
    const text =
      '# Boardroom Session Summary\n## Phases\n### Phase 1: Base ✅ COMPLETE\n### Phase 2: Base\n';
    const { problems } = vpOpsFormat.read({ path: 'x-summary.md', text });
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['duplicate-name'],
    );
  });

  it('counts the phases of a summary that has no section of them', () => {
    const text =
      '# Boardroom Session Summary\n## Phase 1: Base\n## Phase 2: Walls ✅\n## Work\n### Phase 1 Tasks\n';
    const { facts, problems } = vpOpsFormat.read({ path: 'x-summary.md', text });
    assert.deepEqual([facts['groups'], problems], [2, []]);
  });

  it('reads a file that begins with a byte order mark', () => {
    const text = '\uFEFF# Board Meeting Minutes\n';
    assert.equal(vpOpsFormat.read({ path: 'x.md', text }).kind, 'minutes');
  });

  it('reads a breakdown with bold numbers, and counts with a remark', () => {
    const text = '## PHASE 1: Base (1 task, 2h)\n#### **T1.1** - Lay it\n#### **T1.2**: Dry it\n';
    const { plan, rules } = read('docs/plans/x.md', text);
    assert.deepEqual([titles(plan), rules], [['1.1 Lay it', '1.2 Dry it'], ['count-mismatch']]);
    const ranges = subtasksOf(plan).map(({ idRange }) => text.slice(idRange?.start, idRange?.end));
    assert.deepEqual(ranges, ['1.1', '1.2']);
  });

  it('takes headings of an overview for no phases, and versions for no dependencies', () => {
    const text = `# Tasks
## Overview
### Phase 1: what it is about
## Work
### PHASE 1: BASE (2 tasks)
#### T1.1 - Schema
**Dependencies:** None (needs Node 18.2)
#### T1.2: Commands
**Dependencies:** 1.1, T9.9 and Node 18.2
`;
    const { plan, rules } = read('w1.md', text);
    assert.deepEqual(
      plan.phases.map(({ id, title }) => `${id ?? ''} ${title}`),
      ['1 BASE'],
    );
    assert.equal(plan.declaredPhases, 1);
    assert.deepEqual(edges(plan), ['1.1>1.2', '9.9>1.2']);
    assert.deepEqual(rules, ['dangling-dependency']);
  });

  it('end what a task says where a task below it begins', () => {
    const text = `# W1 Execution Schedule
## Batch 1: Base
- **T1.1** (solo) Schema
  - Create \`src/a.ts\`
  - **T1.2** (solo) Rows
    - Create \`src/b.ts\`
`;
    const { plan } = read('docs/plans/w1-execution-schedule.md', text);
    assert.deepEqual(
      subtasksOf(plan).map(({ id, detail, files }) => [id, detail.includes('Rows'), files]),
      [
        ['1.1', false, ['src/a.ts']],
        ['1.2', false, ['src/b.ts']],
      ],
    );
  });
});
