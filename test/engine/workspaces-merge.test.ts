import assert from 'node:assert/strict';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { RunsheetError, type ErrorCode } from '../../src/model/errors';
import { wholeTree, type PlanBranch, type RunWorktree } from '../../src/workspaces/workspace';
import { TestRepository } from '../support/git-repository';

const refusal = (code: ErrorCode) => (error: unknown) => RunsheetError.is(error, code);
const yes = async (): Promise<boolean> => true;

describe("merging into a plan's branch", () => {
  let repository: TestRepository;
  let base: string;
  let plan: PlanBranch;

  beforeEach(async () => {
    repository = new TestRepository();
    base = repository.commit({ 'a.txt': '1\n2\n3\n', '.gitignore': 'cache/\n' });
    plan = await (await repository.open()).openPlanBranch('runsheet/demo', base, wholeTree);
  });
  afterEach(() => repository.dispose());

  const inPlan = (...args: string[]): string => repository.gitIn(plan.path, ...args);
  const runWith = async (
    files: Readonly<Record<string, string>>,
  ): Promise<{ run: RunWorktree; commit: string }> => {
    const run = await plan.openRunWorktree({ name: 'run' });
    for (const [path, text] of Object.entries(files)) repository.write(path, text, run.path);
    return { run, commit: (await run.commitAll('work', [])) ?? '' };
  };
  const assertClean = (): void => {
    assert.equal(inPlan('status', '--porcelain'), '');
    assert.equal(inPlan('symbolic-ref', 'HEAD'), 'refs/heads/runsheet/demo');
  };

  it('verifies the merged tree and moves the branch to exactly that commit', async () => {
    const one = await runWith({ 'one.txt': '1' });
    const two = await runWith({ 'two.txt': '2' });
    await plan.merge(one.commit, 'first', yes);
    let seen = '';
    const message = 'Merge T002\n\nRunsheet-Subtask: T002\nRunsheet-Run: 42\n';
    const result = await plan.merge(two.commit, message, async ({ path, commit }) => {
      assert.equal(path, plan.path);
      for (const name of ['one.txt', 'two.txt']) assert.ok(existsSync(join(path, name)));
      assert.equal(repository.gitIn(path, 'rev-parse', 'HEAD'), commit);
      seen = commit;
      return true;
    });
    assert.deepEqual(result, { kind: 'merged', commit: seen });
    assert.equal(await plan.head(), seen);
    assert.equal(inPlan('log', '-1', '--format=%B'), message);
    assert.equal(
      inPlan('log', '-1', '--format=%(trailers:key=Runsheet-Subtask,valueonly)'),
      'T002\n',
    );
    assert.equal(inPlan('rev-list', '--parents', '-1', 'HEAD').split(' ').length, 3);
    assertClean();
    assert.equal(repository.git('rev-parse', 'main'), base);
    assert.deepEqual(repository.git('ls-files'), '.gitignore\na.txt');
  });

  it('makes a merge commit even where the branch could be moved forward', async () => {
    const { commit } = await runWith({ x: 'x' });
    const result = await plan.merge(commit, 'm', yes);
    assert.ok(result.kind === 'merged' && result.commit !== commit);
  });

  it('leaves branch and worktree as they were when refused, whatever the checks did', async () => {
    const { commit } = await runWith({ 'a.txt': 'changed' });
    const result = await plan.merge(commit, 'm', async ({ path }) => {
      repository.write('a.txt', 'by a check', path);
      repository.write('report.xml', 'by a check', path);
      repository.write('cache/warm', 'ignored', path);
      repository.gitIn(path, 'checkout', '-q', '-f', '-b', 'by-a-check');
      return false;
    });
    assert.deepEqual(result, { kind: 'refused' });
    assert.equal(await plan.head(), base);
    assert.equal(readFileSync(join(plan.path, 'a.txt'), 'utf8'), '1\n2\n3\n');
    assertClean();
    assert.ok(existsSync(join(plan.path, 'cache', 'warm')), 'caches are kept');
  });

  it('leaves branch and worktree as they were when the verification throws', async () => {
    const { commit } = await runWith({ x: 'x' });
    const failing = plan.merge(commit, 'm', async () => Promise.reject(new Error('broken')));
    await assert.rejects(failing, /broken/);
    assert.equal(await plan.head(), base);
    assertClean();
    assert.equal((await plan.merge(commit, 'm', yes)).kind, 'merged');
  });

  it('lists the paths in conflict and restores the tree without verifying', async () => {
    const one = await runWith({ 'a.txt': 'one\n', 'snow ☃\n.txt': 'one\n' });
    const two = await runWith({ 'a.txt': 'two\n', 'snow ☃\n.txt': 'two\n', 'fine.txt': 'x' });
    const result = await plan.merge(one.commit, 'm', yes);
    const head = await plan.head();
    const second = await plan.merge(two.commit, 'm', async () => assert.fail('not asked'));
    assert.equal(result.kind, 'merged');
    assert.deepEqual(second, { kind: 'conflict', paths: ['a.txt', 'snow ☃\n.txt'] });
    assert.equal(await plan.head(), head);
    assertClean();
  });

  it('verifies the branch as it is when the commit is in it already', async () => {
    const { commit } = await runWith({ x: 'x' });
    await plan.merge(commit, 'm', yes);
    const head = await plan.head();
    const merge = (passed: boolean) =>
      plan.merge(commit, 'm', async (merged) => {
        assert.deepEqual(merged, { path: plan.path, commit: head });
        repository.write('report.xml', 'by a check', plan.path);
        return passed;
      });
    assert.deepEqual(await merge(true), { kind: 'nothing_to_merge', commit: head });
    assert.deepEqual(await merge(false), { kind: 'refused' });
    assert.equal(await plan.head(), head);
    assertClean();
  });

  it('serves merges one after another', async () => {
    const works = await Promise.all(
      Array.from({ length: 4 }, (_, index) => runWith({ [`f${index}`]: 'x' })),
    );
    let atOnce = 0;
    const results = await Promise.all(
      works.map(({ commit }) =>
        plan.merge(commit, 'm', async ({ path }) => {
          assert.equal(++atOnce, 1);
          repository.gitIn(path, 'status');
          await new Promise(setImmediate);
          atOnce -= 1;
          return true;
        }),
      ),
    );
    assert.ok(results.every(({ kind }) => kind === 'merged'));
    assert.equal(inPlan('rev-list', '--count', '--merges', 'HEAD'), '4');
    assert.equal(inPlan('ls-files').split('\n').length, 6);
  });

  it('merges and verifies again when somebody else moved the branch meanwhile', async () => {
    const { commit } = await runWith({ x: 'x' });
    const tree = inPlan('rev-parse', 'HEAD^{tree}');
    let asked = 0;
    const result = await plan.merge(commit, 'm', async () => {
      asked += 1;
      if (asked > 1) return true;
      const foreign = inPlan('commit-tree', tree, '-p', base, '-m', 'foreign');
      inPlan('update-ref', 'refs/heads/runsheet/demo', foreign);
      return true;
    });
    assert.equal(asked, 2);
    assert.equal(result.kind, 'merged');
    assert.ok(inPlan('log', '--format=%s').includes('foreign'));
    assertClean();
  });

  it('gives up when somebody else keeps moving the branch', async () => {
    const { commit } = await runWith({ x: 'x' });
    const tree = inPlan('rev-parse', 'HEAD^{tree}');
    const merging = plan.merge(commit, 'm', async () => {
      const head = await plan.head();
      inPlan(
        'update-ref',
        'refs/heads/runsheet/demo',
        inPlan('commit-tree', tree, '-p', head, '-m', 'f'),
      );
      return true;
    });
    await assert.rejects(merging, refusal('version_conflict'));
    assertClean();
  });

  it("keeps what a person did in the plan's worktree, and says so", async () => {
    const { commit } = await runWith({ x: 'x' });
    repository.write('a.txt', 'by hand', plan.path);
    await assert.rejects(plan.merge(commit, 'm', yes), refusal('dirty_tree'));
    assert.equal(readFileSync(join(plan.path, 'a.txt'), 'utf8'), 'by hand');
    repository.commit({}, 'by hand', plan.path);
    assert.equal((await plan.merge(commit, 'm', yes)).kind, 'merged');
    assert.equal(inPlan('show', 'HEAD:a.txt'), 'by hand');
  });

  it('undoes at the next start what a crash left in the middle of a merge', async () => {
    const one = await runWith({ 'a.txt': 'one\n' });
    const two = await runWith({ 'a.txt': 'two\n' });
    await plan.merge(one.commit, 'm', yes);
    const head = await plan.head();
    // What is on the disk when the engine dies between `git merge` and the end of the checks.
    inPlan('update-ref', '--no-deref', 'HEAD', head);
    assert.throws(() => inPlan('merge', '--no-ff', '--no-commit', two.commit));
    repository.write('half.txt', 'x', plan.path);
    writeFileSync(join(inPlan('rev-parse', '--absolute-git-dir'), 'index.lock'), '');
    const again = await (await repository.open()).openPlanBranch('runsheet/demo', base, wholeTree);
    assert.equal(await again.head(), head);
    assertClean();
    assert.throws(() => inPlan('rev-parse', '--verify', '-q', 'MERGE_HEAD'));
    assert.equal((await again.merge(two.commit, 'm', yes)).kind, 'conflict');
  });

  it('commits and merges arbitrary sets of files exactly', async () => {
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((name) => !/[/\0\\]/.test(name) && !/^\.{1,2}$|^\.git/i.test(name.normalize('NFKC')))
      .filter((name) => Buffer.byteLength(name) < 100);
    const odd = fc.constantFrom(' lead', 'trail ', 'new\nline', '*', ':(top)', '-rf', '"q"', 'ä☃');
    const path = fc
      .tuple(fc.constantFrom('', 'd/', 'e f/'), fc.oneof(segment, odd))
      .map(([folder, name]) => `${folder}x${name}`);
    const files = fc.dictionary(path, fc.string({ maxLength: 30 }), { minKeys: 1, maxKeys: 8 });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(files, async (wanted) => {
        const unique = Object.fromEntries(
          Object.entries(wanted).map(([name, text]) => [`${(round += 1)}/${name}`, text]),
        );
        const { run, commit } = await runWith(unique);
        assert.deepEqual(await run.changedPaths(), Object.keys(unique).sort());
        assert.equal((await plan.merge(commit, 'm', yes)).kind, 'merged');
        for (const [name, text] of Object.entries(unique)) {
          assert.ok(lstatSync(join(plan.path, name)).isFile());
          assert.equal(readFileSync(join(plan.path, name), 'utf8'), text);
        }
        assertClean();
        assert.equal(await run.removeIfMerged(), true);
      }),
      { numRuns: 15 },
    );
  });
}).timeout(30_000);
