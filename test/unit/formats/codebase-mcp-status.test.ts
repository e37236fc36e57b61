import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parentsOf } from '../../../src/formats/codebase-mcp/status-generated';
import { codebaseMcpFormat } from '../../../src/formats/codebase-mcp/format';
import {
  isGeneratedReport,
  readStatusReport,
} from '../../../src/formats/codebase-mcp/status-report';
import {
  statusOfWord,
  vendorFormats,
  wordOfStatus,
  workItemTypes,
  type WorkItemRow,
} from '../../../src/formats/codebase-mcp/status-rows';
import {
  writeStatusReport,
  type GeneratedRows,
} from '../../../src/formats/codebase-mcp/status-write';
import { formatOf } from '../../../src/formats/registry';

const hash = '0123456789abcdef0123456789abcdef01234567';
const legacy = (vendors = 2, commit = hash) => `# Project Status

## Vendors (${vendors} total)
- acme: operational (10/12 tests passed, 2 skipped) [Excel, CSV] v1.2.3
- bolt: broken (5/6 tests passed, 2 skipped) [OCR]

## Deployments (1 total)
### 2026-01-02 - PR #7
- Commit: ${commit}
- Work Items: #T001, #T002
- Vendors: acme, bolt
- Tests: 45 passed, 0 failed
- Constitutional Compliance: ✓

## Future Enhancements (2 total)
- Faster (than before) (Priority: High, Q3 2026)
- Quieter

## Session Prompts (1 total)
### Session 2026-01-02
---
session_id: sess_9
token_budget: 5000
---
First.

## Heading of the prompt
`;

const rules = (text: string) => readStatusReport(text).problems.map(({ rule }) => rule);

describe('a status report kept by hand', () => {
  it('is read into rows', () => {
    const { variant, rows } = readStatusReport(legacy());
    assert.equal(variant, 'legacy');
    assert.deepEqual(rows.vendors[0], {
      name: 'acme',
      status: 'operational',
      tests: { passing: 10, total: 12, skipped: 2 },
      formats: ['excel', 'csv'],
      version: '1.2.3',
    });
    assert.deepEqual(rows.deployments, [
      {
        at: '2026-01-02',
        pr: 7,
        title: null,
        commit: hash,
        tests: [
          { name: 'passed', count: 45 },
          { name: 'failed', count: 0 },
        ],
        compliant: true,
        vendors: ['acme', 'bolt'],
        workItems: ['T001', 'T002'],
      },
    ]);
    assert.deepEqual(rows.enhancements, [
      { title: 'Faster (than before)', priority: 2, quarter: '2026-Q3', status: null },
      { title: 'Quieter', priority: null, quarter: null, status: null },
    ]);
    assert.deepEqual(rows.sessions, [
      {
        title: '2026-01-02',
        id: 'sess_9',
        tokenBudget: 5000,
        text: 'First.\n\n## Heading of the prompt',
      },
    ]);
  });

  it('is checked: counts of headings, hashes, tests, lines that nobody understands', () => {
    assert.deepEqual(rules(legacy()), ['bad-test-counts']);
    assert.deepEqual(rules(legacy(45)), ['bad-test-counts', 'count-mismatch']);
    assert.deepEqual(rules(legacy(2, '0a1b2c3')), ['bad-test-counts', 'bad-commit-hash']);
    assert.deepEqual(rules('## Vendors (0 total)\nand so on\n'), ['unknown-line']);
  });

  it('gives no plan, and its counts', () => {
    const { kind, plans, facts } = codebaseMcpFormat.read({
      path: '.project_status.md',
      text: legacy(),
    });
    assert.deepEqual([kind, plans.length], ['project_status', 0]);
    assert.deepEqual(facts, {
      variant: 'legacy',
      vendors: 2,
      work_items: 0,
      deployments: 1,
      enhancements: 2,
      session_prompts: 1,
    });
  });
});

describe('a status report in prose', () => {
  it('is a note without counts', () => {
    const { facts, problems } = readStatusReport(
      '# Shop - Status\n## Completed\n1. a\n## Next\n- b\n',
    );
    assert.deepEqual([facts, problems], [{ variant: 'free' }, []]);
  });
});

const items = `# Project Status - 2026-03-02 09:15:00 UTC
## Active Work Items (3)
### Pier (old) (project)
- **Status**: in-progress
- **Created**: 2026-02-20 08:00:00 UTC
### Pier (old) (task)
  ### Plank (task)
  - **Status**: complete
  - **Parent**: Pier (old)
<!-- FALLBACK_WRITE: 2026-03-01 | {"a": 1} -->
`;

describe('a generated status report', () => {
  it('takes the type from the last parentheses, the depth from the indent, old words for new', () => {
    const { rows, generatedAt } = readStatusReport(items);
    assert.equal(generatedAt, '2026-03-02T09:15:00Z');
    assert.deepEqual(
      rows.workItems.map(({ title, type, depth, status }) => [title, type, depth, status]),
      [
        ['Pier (old)', 'project', 0, 'active'],
        ['Pier (old)', 'task', 0, 'active'],
        ['Plank', 'task', 1, 'completed'],
      ],
    );
    assert.equal(rows.workItems[0]?.createdAt, '2026-02-20T08:00:00Z');
  });

  it('says which parent is not sure, and which writes wait', () => {
    const { problems, fallbackWrites } = readStatusReport(items);
    assert.deepEqual(
      problems.map(({ rule }) => rule),
      ['ambiguous-parent', 'fallback-write-pending'],
    );
    assert.deepEqual(fallbackWrites, [{ time: '2026-03-01', json: '{"a": 1}', line: 10 }]);
  });

  it('counts the operational vendors that its heading states', () => {
    const text = '## Operational Vendors (2/1)\n- **a**: broken\n  (1/1 tests)\n  [none]\n';
    assert.deepEqual(rules(text), ['count-mismatch']);
  });

  it('is the only one that may be written anew', () => {
    assert.ok(isGeneratedReport(items));
    assert.ok(!isGeneratedReport(legacy()));
    assert.ok(!isGeneratedReport('# Shop - Project Status\n'));
  });

  it('is found in the root of a workspace, or by its headings', () => {
    const formatAt = (path: string, text: string) => formatOf({ path, text })?.name ?? null;
    assert.equal(formatAt('.project_status.md', 'anything'), 'codebase-mcp');
    assert.equal(formatAt('docs/now.md', legacy()), 'codebase-mcp');
    assert.equal(formatAt('docs/now.md', '# Status\n## Vendors\n- a: operational\n'), null);
  });
});

describe('the tree of a status report', () => {
  const rows = readStatusReport(`## Active Work Items (5)
### A (project)
  ### c (task)
  - **Parent**: A
### A (project)
  ### c (task)
  - **Parent**: A
  ### d (task)
  - **Parent**: B
`);
  it('has as parent the nearest of that name above, one level higher', () => {
    assert.deepEqual(parentsOf(rows.rows.workItems), [null, 0, null, 2, null]);
  });

  it('is not sure where two of that name are above', () => {
    assert.deepEqual(
      rows.problems.map(({ rule, line }) => [rule, line]),
      [
        ['ambiguous-parent', 6],
        ['missing-parent', 8],
      ],
    );
  });

  it('is told with how much its headings state', () => {
    assert.deepEqual(rows.stated, {
      ...{ vendors: null, workItems: 5, deployments: null, enhancements: null, sessions: null },
    });
  });
});

describe('the words of a status report', () => {
  it('never make work done: what is completed is claimed', () => {
    assert.equal(statusOfWord('need to be done'), 'pending');
    assert.equal(statusOfWord('in-progress'), 'in_progress');
    assert.equal(statusOfWord('Complete'), 'claimed');
    assert.equal(statusOfWord('odd'), null);
    assert.equal(statusOfWord(wordOfStatus('done')), 'claimed');
    assert.equal(statusOfWord(wordOfStatus('blocked')), 'blocked');
  });
});

const line = fc
  .array(
    fc.constantFrom('a', 'Ü', '(task)', '(High)', '###', '- ', '**', '**:', '`b`', '|', '😀', 'ב'),
    {
      minLength: 1,
      maxLength: 5,
    },
  )
  .map((parts) => `x${parts.join(' ')}`.replace(/\s+/g, ' ').trim());
const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
const time = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => `${date.toISOString().slice(0, 19)}Z`);
const orNull = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });

const rowsArbitrary: fc.Arbitrary<GeneratedRows> = fc.record({
  vendors: fc.uniqueArray(
    fc.record({
      name: line,
      status: fc.constantFrom('operational', 'broken'),
      tests: orNull(fc.record({ passing: fc.nat(50), skipped: fc.nat(9), total: fc.nat(99) })),
      formats: fc.subarray([...vendorFormats]),
      version: orNull(fc.constantFrom('1.2.3', '2.0-beta')),
    }),
    { selector: ({ name }) => name, maxLength: 4 },
  ),
  workItems: fc.array(
    fc.record<WorkItemRow>({
      title: line,
      type: fc.constantFrom(...workItemTypes),
      depth: fc.nat(5),
      status: fc.constantFrom('pending', 'active', 'blocked', 'completed', 'in_review'),
      createdAt: orNull(time),
      branch: orNull(word),
      parent: orNull(line),
    }),
    { maxLength: 5 },
  ),
  deployments: fc.uniqueArray(
    fc.record({
      at: time,
      pr: orNull(fc.integer({ min: 1, max: 9999 })),
      title: orNull(line),
      commit: orNull(fc.stringMatching(/^[0-9a-f]{40}$/)),
      tests: fc.array(fc.record({ name: word, count: fc.nat(500) }), { maxLength: 3 }),
      compliant: orNull(fc.boolean()),
      vendors: fc.array(fc.oneof(word, fc.constantFrom('a, b', 'a\\', '\\,')), { maxLength: 3 }),
      workItems: fc.array(word, { maxLength: 3 }),
    }),
    { selector: ({ at }) => at, maxLength: 4 },
  ),
  enhancements: fc.array(
    fc
      .record({
        title: line,
        priority: orNull(
          fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const, 5 as const),
        ),
        quarter: orNull(fc.constantFrom('2026-Q1', '2027-Q4')),
        status: fc.constantFrom(null, 'approved' as const, 'implementing' as const),
      })
      // Without the others there are no parentheses to say it in.
      .map((row) => ((row.priority ?? row.quarter) === null ? { ...row, status: null } : row)),
    { maxLength: 3 },
  ),
});

describe('a status report that is written', () => {
  it('reads back to equal rows, without a finding about its form', () => {
    fc.assert(
      fc.property(rowsArbitrary, time, (rows, at) => {
        const text = writeStatusReport(rows, at);
        const read = readStatusReport(text);
        const vendors = rows.vendors.toSorted((a, b) => (a.name < b.name ? -1 : 1));
        const deployments = rows.deployments.toSorted((a, b) => (a.at < b.at ? 1 : -1));
        assert.deepEqual(
          read.rows,
          structuredClone({ ...rows, vendors, deployments, sessions: [] }),
        );
        assert.equal(read.generatedAt, at);
        const allowed = new Set(['bad-test-counts', 'ambiguous-parent', 'missing-parent']);
        assert.deepEqual(
          read.problems.filter(({ rule }) => !allowed.has(rule)),
          [],
        );
        assert.equal(writeStatusReport(read.rows, at), text);
      }),
      { numRuns: 300 },
    );
  });

  it('says beside its rows what readers pass over', () => {
    fc.assert(
      fc.property(rowsArbitrary, time, (rows, at) => {
        const remarks = {
          sections: { vendors: 'All claimed.', workItems: '1 of 2 proven.', deployments: 'x' },
          items: new Map([[0, 'Proven.']]),
          plans: { remark: '1 plan.', lines: ['`a`: 1/2 done', '## Vendors (9 total)'] },
          comments: [],
        };
        const read = readStatusReport(writeStatusReport(rows, at, remarks));
        assert.deepEqual(read.rows, readStatusReport(writeStatusReport(rows, at)).rows);
        assert.deepEqual(
          read.problems.filter(({ rule }) => rule === 'unknown-line'),
          [],
        );
      }),
      { numRuns: 100 },
    );
  });

  it('keeps what is in a title on its line', () => {
    const row = {
      type: 'task',
      depth: 0,
      status: 'active',
      createdAt: null,
      branch: null,
      parent: null,
    } as const;
    const rows = {
      vendors: [],
      deployments: [],
      enhancements: [],
      workItems: [{ ...row, title: 'a\n## b' }],
    };
    const read = readStatusReport(writeStatusReport(rows, '2026-01-02T03:04:05Z'));
    assert.deepEqual(
      read.rows.workItems.map(({ title }) => title),
      ['a ## b'],
    );
  });
});
