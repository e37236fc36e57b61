import assert from 'node:assert/strict';
import fc from 'fast-check';
import { writeStatusReport } from '../../../src/formats/codebase-mcp/status-write';
import { readReport } from '../../../src/runs/imported-report';
import { generatedRows, remarksOn } from '../../../src/runs/reported-rows';
import type { ImportedRows, ImportedWorkItem } from '../../../src/store/repositories/import-pass';
import { importActor, imports } from '../../../src/store/repositories/imports';
import { reports } from '../../../src/store/repositories/reports';
import { InMemoryStore } from '../../support/in-memory-store';
import { times } from '../../support/database';

const path = '.project_status.md';
const at = '2026-03-02T09:15:00.000Z';

async function store(into: InMemoryStore, rows: ImportedRows): Promise<void> {
  const input = { kind: 'project_status', path, hash: 'a'.repeat(64), rows, account: {} };
  const actor = importActor(path);
  await into.command(imports.apply, { ...input, requestedBy: 'person:ada' }, { actor });
}

function empty({ connection }: InMemoryStore): void {
  connection.exec(`DELETE FROM deployment_vendors; DELETE FROM deployment_work_items;
    DELETE FROM deployments; DELETE FROM vendors; DELETE FROM enhancements; DELETE FROM claims;
    DELETE FROM plan_notes; DELETE FROM imports;`);
  for (let depth = 5; depth >= 0; depth -= 1)
    connection.exec(`DELETE FROM work_items WHERE depth = ${depth}`);
}

async function reportOf(from: InMemoryStore) {
  const found = await from.query(reports.read, undefined);
  const { rows, items } = generatedRows(found);
  return { rows, text: writeStatusReport(rows, at, remarksOn(found, items, [])) };
}

const name = fc
  .array(
    fc.constantFrom(
      ...[
        'a',
        'B',
        'Ü',
        '(task)',
        '(Q1 2026)',
        '(Priority: Low)',
        '###',
        '## Vendors (3 total)',
        '- ',
      ],
      ...[
        '**',
        '**:',
        ': broken',
        '`b`',
        ',',
        '\\',
        '\\,',
        ' - PR #7',
        '*x*',
        '---',
        '😀',
        'ב',
        '#1',
      ],
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join('').replace(/\s+/g, ' ').trim());
const line = name.filter((text) => text !== '');
const orNull = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });
const someTime = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}.000Z`);
const time = fc.oneof(someTime, fc.constant('2026-01-01T00:00:00.000Z'));
const count = fc.nat(999);
const branch = fc.constantFrom('main', '012-a', 'a/b **c**');
const statuses = fc.constantFrom(
  ...(['pending', 'claimed', 'in_progress', 'in_review'] as const),
  ...(['blocked', 'needs_attention', 'failed', 'skipped', 'cancelled'] as const),
);

const items: fc.Arbitrary<ImportedWorkItem[]> = fc
  .array(
    fc.record({
      title: fc.oneof(line, fc.constantFrom('same', 'same', 'other')),
      type: fc.constantFrom('project', 'session', 'task', 'research'),
      status: statuses,
      branch: orNull(branch),
      createdAt: time,
      above: fc.nat(9),
    }),
    { maxLength: 9 },
  )
  .map((rows) => {
    const depths: number[] = [];
    return rows.map(({ above, ...row }, place) => {
      // Some have a parent among those before them, as deep as the tree may be.
      const parent = above < place && (depths[above] ?? 5) < 5 ? above : null;
      depths.push(parent === null ? 0 : (depths[parent] ?? 0) + 1);
      const rest = { kind: 'work_items' as const, metadata: {}, says: null, evidence: null };
      return { ...row, ...rest, parent, statusReason: 'Because.' };
    });
  });

const rowsArbitrary: fc.Arbitrary<ImportedRows> = fc.record({
  vendors: fc.array(
    fc.record({
      name: line,
      status: fc.constantFrom('operational', 'broken'),
      extractorVersion: orNull(fc.constantFrom('1.2.3', '2.0-beta')),
      metadata: fc.record({
        format_support: fc.record({
          ...{ excel: fc.boolean(), csv: fc.boolean(), pdf: fc.boolean(), ocr: fc.boolean() },
        }),
        test_results: orNull(fc.record({ passing: count, total: count, skipped: count })),
        manifest_compliant: fc.constant(null),
        extra: fc.constant({}),
      }),
    }),
    { maxLength: 4 },
  ),
  workItems: items,
  deployments: fc.array(
    fc.record({
      deployedAt: time,
      commit: orNull(fc.stringMatching(/^(?:[0-9a-f]{7}|[0-9a-f]{40})$/)),
      metadata: fc.record({
        pr_number: orNull(fc.integer({ min: 1, max: 99_999 })),
        pr_title: orNull(line),
        test_summary: fc.dictionary(line, count, { maxKeys: 3 }),
        constitutional_compliance: orNull(fc.boolean()),
        unresolved: fc.constant({ vendors: [], work_items: [] }),
        extra: fc.constant({}),
      }),
      vendors: fc.uniqueArray(line, { maxLength: 3 }),
      workItems: fc.uniqueArray(fc.oneof(line, fc.constant('other')), { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
  enhancements: fc.array(
    fc.record({
      title: line,
      priority: fc.constantFrom(1, 2, 3, 4, 5),
      status: fc.constantFrom('planned', 'approved', 'implementing'),
      quarter: orNull(fc.constantFrom('2026-Q1', '2027-Q4')),
    }),
    { maxLength: 3 },
  ),
  notes: fc.constant([]),
});

describe('the status report of a database', () => {
  let first: InMemoryStore | null = null;
  let second: InMemoryStore | null = null;
  before(async () => {
    first = await InMemoryStore.open();
    second = await InMemoryStore.open();
  });
  after(async () => {
    await first?.close();
    await second?.close();
  });

  it('imported into an empty database gives the same rows, and the same report', async function () {
    this.timeout(600_000);
    const [one, two] = [first, second];
    assert.ok(one !== null && two !== null);
    await fc.assert(
      fc.asyncProperty(rowsArbitrary, async (rows) => {
        empty(one);
        empty(two);
        await store(one, rows);
        const report = await reportOf(one);
        await store(two, readReport({ path, text: report.text }, false).rows);
        const again = await reportOf(two);
        assert.deepEqual(again.rows, report.rows);
        assert.equal(again.text, report.text);
        // And once more into the database that it came from: nothing is new to it.
        const { differences, counts } = await one.query(imports.rehearse, {
          ...{ kind: 'project_status', path, hash: 'b'.repeat(64), account: {} },
          rows: readReport({ path, text: report.text }, false).rows,
        });
        assert.deepEqual(differences, []);
        for (const { created, updated } of Object.values(counts))
          assert.deepEqual([created, updated], [0, 0]);
      }),
      { numRuns: times(60, 5000) },
    );
  });
});
