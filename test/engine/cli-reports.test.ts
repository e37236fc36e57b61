import assert from 'node:assert/strict';
import { z } from 'zod';
import { inWorkspace, type CliEnd } from '../support/workspace';

const old = `# Project Status

## Vendors (3 total)
- acme: operational (10/12 tests passed, 2 skipped) [Excel, CSV] v1.2.3
- bolt: broken (5/10 tests passed) [OCR]

## Deployments (1 total)
### 2026-01-02 - PR #7
- Commit: 0123456789abcdef0123456789abcdef01234567
- Vendors: acme, bolt
- Tests: 45 passed

## Future Enhancements (1 total)
- Faster (Priority: High, Q3 2026)
`;
const plan = JSON.stringify({
  feature: 'Kites',
  phases: [{ id: 'phase-1', name: 'Frame', subtasks: [{ id: 'a', description: 'Cut wood' }] }],
});
const files = {
  'old/.project_status.md': old,
  'spec/implementation_plan.json': plan,
  'demo.plan.md': '- [ ] T01 Work\n',
};

function ended(code: number, end: CliEnd): string {
  assert.equal(end.code, code, `stdout: ${end.stdout}\nstderr: ${end.stderr}`);
  return end.stdout;
}

const accountSchema = z.object({
  applied: z.boolean(),
  counts: z.record(
    z.string(),
    z.object({ stated: z.int().nullable(), found: z.int(), stored: z.int(), created: z.int() }),
  ),
});
const account = (end: CliEnd) => accountSchema.parse(JSON.parse(ended(0, end)));

describe('status reports at the command line', () => {
  it('are imported when told to, once; the report that is written then is the database’s', () =>
    inWorkspace(files, async (workspace) => {
      const file = 'old/.project_status.md';
      const seen = account(await workspace.cli('import', file, '--json'));
      assert.equal(seen.applied, false);
      assert.deepEqual(seen.counts['vendors'], { stated: 3, found: 2, stored: 2, created: 2 });
      const told = ended(0, await workspace.cli('import', file));
      assert.match(told, /\| Vendors \| 3 \| 2 \| 2 \| 2 \| 0 \|/);
      assert.match(told, /Vendors: the file states 3 and has 2\./);
      assert.match(told, /--apply stores it/);
      const stored = account(await workspace.cli('import', file, '--apply', '--json'));
      assert.equal(stored.counts['deployments']?.created, 1);
      const again = account(await workspace.cli('import', file, '--apply', '--json'));
      assert.deepEqual(
        Object.values(again.counts).map(({ created }) => created),
        [0, 0, 0, 0, 0, 0],
      );
      assert.equal(workspace.read(file), old);

      ended(0, await workspace.cli('report', '--write'));
      const written = '.project_status.md';
      const report = workspace.read(written);
      assert.match(report, /## Operational Vendors \(1\/2\)/);
      assert.match(report, /## Plans \(2\)/);
      const own = account(await workspace.cli('import', '.project_status.md', '--json'));
      assert.deepEqual(own.counts['vendors'], { stated: 2, found: 2, stored: 2, created: 0 });
      workspace.write(written, 'My words.\n');
      const refusal = await workspace.cli('report', '--write');
      assert.equal(refusal.code, 1);
      assert.match(refusal.stderr, /kept by hand/);
      assert.equal(workspace.read(written), 'My words.\n');
    }));

  it('write the log of a plan whose format has one', () =>
    inWorkspace(files, async (workspace) => {
      const shown = ended(0, await workspace.cli('log', 'spec/implementation_plan.json'));
      assert.match(shown, /- Phase 1 \(Frame\): 1 subtask, no dependencies/);
      ended(0, await workspace.cli('log', 'spec/implementation_plan.json', '--write'));
      const log = workspace.read('spec/build-progress.txt');
      assert.match(log, /- \[pending\] `a` Cut wood/);
      const refusal = await workspace.cli('log', 'demo.plan.md');
      assert.equal(refusal.code, 1);
      assert.match(refusal.stderr, /has no progress log/);
    }));
});
