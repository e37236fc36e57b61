import assert from 'node:assert/strict';
import { z } from 'zod';
import { inWorkspace, type CliEnd, type Workspace } from '../support/workspace';

const plan = `# Shop

- [ ] T01 Build
  - files: one.txt
  - run: echo one > one.txt
  - check: grep -q one one.txt
  - check: changes only files
  - check: confirm: The shop looks right.
- [ ] T02 Other
  - depends: T01
  - files: two.txt
  - run: echo two > two.txt; sleep 0
  - check: exists two.txt
`;

const resultSchema = z.object({
  verification: z.object({ verdict: z.string(), message: z.string() }),
});
const listSchema = z.object({
  verifications: z.array(
    z.object({
      tree: z.string(),
      stale: z.boolean(),
      treeHash: z.string().nullable(),
      verdict: z.string().nullable(),
      checks: z.array(z.object({ id: z.string(), outcome: z.string().nullable() })),
    }),
  ),
});

function read<T>(schema: z.ZodType<T>, end: CliEnd): T {
  return schema.parse(JSON.parse(end.stdout));
}

const verify = (workspace: Workspace, ...more: string[]) =>
  workspace.cli('verify', 'shop.plan.md', 'T01', '--json', ...more);

describe('checks without a run, from the terminal', () => {
  it('prove work once a person has said what no program can find out', () =>
    inWorkspace({ 'shop.plan.md': plan }, async (workspace) => {
      const run = await workspace.cli('run', 'shop.plan.md', '--approve-commands');
      assert.equal(run.code, 1, run.stderr);
      const first = await verify(workspace);
      assert.equal(first.code, 1, first.stderr);
      assert.equal(read(resultSchema, first).verification.verdict, 'unverified');

      const said = await workspace.cli('checks', 'confirm', 'shop.plan.md', 'T01', 'check-3');
      assert.equal(said.code, 0, said.stderr);
      const second = await verify(workspace);
      assert.equal(second.code, 0, second.stdout + second.stderr);
      const head = workspace.repository.git('rev-parse', 'runsheet/shop-plan-md^{tree}');
      const list = read(
        listSchema,
        await workspace.cli('checks', 'list', 'shop.plan.md', 'T01', '--json'),
      );
      const [newest] = list.verifications;
      assert.deepEqual(
        [newest?.tree, newest?.verdict, newest?.stale, newest?.treeHash],
        ['merged', 'passed', false, head],
      );

      const alone = await verify(workspace, '--check', 'check-2');
      assert.equal(alone.code, 0, alone.stdout + alone.stderr);
      const unknown = await verify(workspace, '--check', 'nope');
      assert.equal(unknown.code, 1);
      assert.match(unknown.stderr, /no check nope/);

      const rest = await workspace.cli('run', 'shop.plan.md', '--approve-commands');
      assert.equal(rest.code, 0, rest.stdout + rest.stderr);
      const later = read(
        listSchema,
        await workspace.cli('checks', 'list', 'shop.plan.md', 'T01', '--json'),
      );
      // What T02 has merged makes the tree another one.
      assert.ok(later.verifications.every(({ tree, stale }) => tree !== 'merged' || stale));
    }));
});
