import type { PlanSource, SourceFile } from '../../../src/formats/format';

// A small session of two themes, four tasks and three batches, in all of its files.

const folder = 'docs/plans/generated/';
export const sessionName = 'sess_ab12';

const ops = `---
status: ACTIVE
created: 2026-01-02
session_id: sess_ab12
vp_type: ops
---

# VP Operations Analysis

**Session:** sess_ab12

## Execution Schedule

| Checkpoint | Batch | Name | Tasks | Parallel Safe | Owner |
|---|---|---|---|---|---|
| Boats float | 1 | Hulls | Task 1.1 (Plan), T2.1 | ✅ Yes (both) | a \\| b |
| All oar tests pass | 2 | Oars | 1.2 | ✅ Yes | |
| | 3 | Sails | Task 2.2 (sew, then hem) | ❌ No | |

**Maximum parallel streams:** 2

## Human Gates

### Harbour Master #1: first look
**Trigger:** After Batch 2 completion (morning)
**Criteria:**
- \`make float\` shows a boat
- The harbour master is content

## Operational Concerns

### Tides
**Concern:** they come

### Risk: Storm
**Concern:** wind

## Task Reference (by Phase)

### Phase 1: Wood
- Task 1.1: Draw the hull
- Task 1.2: Carve oars

### Phase 2: Cloth
- Task 2.1: Order cloth
- Task 2.2: Add oar tests
`;

const product = `# VP Product Plan

**Session:** sess_ab12
**Generated:** 2026-01-03T10:00:00Z

## Phases

### 1. Wood

What floats.

**Acceptance Criteria:**
- [ ] It floats
- [x] It turns

**Milestones:**
1. Hull
1. Oars

### 2. Cloth

**Milestones:**
1. Cloth
`;

const engineering = `# VP Engineering Plan

**Session:** sess_ab12

## Engineering Tasks

### Draw the hull - On paper

**Files:**
- \`src/hull.ts\`

### Carve oars - Two of them

**Files:**
- \`src/oars/*.ts\`

**Dependencies:** task_a

### Order cloth - Blue

**Dependencies:** task_a, task_b
`;

const minutes = `# Board Meeting Minutes

**Date:** 2026-01-03
**Session ID:** sess_ab12

The board heard of **2 phases**, **5 engineering tasks** and **3 execution batches**.

## Blockers Identified

- Look for BLOCKER flags in the files
- **BLOCKER:** no wood yet

## CEO Decision

**Status:** ✅ APPROVED

Go.
`;

interface Event {
  table: string;
  op?: 'UPDATE' | 'DELETE';
  key?: string;
  data: Record<string, unknown>;
}

/** A log of the events, a line each. */
export function logOf(events: readonly Event[]): string {
  const lines = events.map((event, index) =>
    JSON.stringify({ id: `evt_${index}`, ts: '2026-01-03T10:00:00Z', op: 'INSERT', ...event }),
  );
  return `${lines.join('\n')}\n`;
}

const task = (
  id: string,
  milestone: string,
  description: string,
  dependencies: string[],
): Event => ({
  table: 'engineering_tasks',
  data: {
    id: `task_${id}`,
    milestone_id: `ms_${milestone}`,
    description,
    file_paths: JSON.stringify([`src/${id}.ts`]),
    dependencies: JSON.stringify(dependencies.map((one) => `task_${one}`)),
    test_requirements: `test ${id}`,
    status: 'pending',
  },
});

export const sessionEvents: readonly Event[] = [
  { table: 'boardroom_sessions', data: { id: sessionName, proposal_path: 'p.md' } },
  { table: 'phases', data: { id: 'ph_1', name: 'Wood', sequence: 1 } },
  { table: 'phases', data: { id: 'ph_2', name: 'Cloth', sequence: 2 } },
  { table: 'milestones', data: { id: 'ms_hull', phase_id: 'ph_1', name: 'Hull', sequence: 1 } },
  { table: 'milestones', data: { id: 'ms_oars', phase_id: 'ph_1', name: 'Oars', sequence: 2 } },
  { table: 'milestones', data: { id: 'ms_cloth', phase_id: 'ph_2', name: 'Cloth', sequence: 1 } },
  task('a', 'hull', 'Draw the hull - On paper', []),
  task('b', 'oars', 'Carve oars - Two', ['a', 'c']),
  task('c', 'cloth', 'Order cloth - Blue', ['a']),
  task('d', 'cloth', 'Add oar tests - Many', ['b']),
  {
    table: 'schedule_batches',
    data: {
      id: 'b1',
      name: 'Batch 1: Hulls',
      sequence: 1,
      tasks: '["Task 1.1 (Plan)","Task 2.1"]',
      parallel_safe: true,
    },
  },
  {
    table: 'schedule_batches',
    data: {
      id: 'b2',
      name: 'Batch 2: Oars',
      sequence: 2,
      tasks: '["1.2","2.2"]',
      parallel_safe: false,
      human_gate: true,
      human_gate_name: 'Look',
    },
  },
  {
    table: 'human_gates',
    data: { id: 'g1', name: 'Look', trigger: 'After Batch 2 completion', criteria: '["fine"]' },
  },
  { table: 'risks', data: { id: 'r1', description: 'wind', severity: 'low' } },
  { table: 'operational_concerns', data: { id: 'c1', description: 'tides' } },
];

const fileOf = (path: string, text: string): [string, SourceFile] => [path, { path, text }];

/** The operations file with all others of its session. */
export const vpOpsSession: PlanSource & { others: ReadonlyMap<string, SourceFile> } = {
  path: `${folder}sess_ab12-vp-ops.md`,
  text: ops,
  others: new Map([
    fileOf(`${folder}sess_ab12-vp-product.md`, product),
    fileOf(`${folder}sess_ab12-vp-engineering.md`, engineering),
    fileOf(`${folder}sess_ab12-minutes.md`, minutes),
    fileOf('data/events/2026-01-03-sess_ab12.jsonl', logOf(sessionEvents)),
  ]),
};

/** A file of the session by the end of its name. */
export function sessionFile(end: string): SourceFile {
  const file = [...vpOpsSession.others.values()].find(({ path }) => path.endsWith(end));
  if (file === undefined) throw new Error(`there is no ${end}`);
  return file;
}
