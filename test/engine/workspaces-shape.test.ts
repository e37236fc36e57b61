import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunsheetError } from '../../src/model/errors';
import { openRepository } from '../../src/workspaces/open-repository';
import { wholeTree, type PlanBranch, type TreeShape } from '../../src/workspaces/workspace';
import { TestRepository } from '../support/git-repository';

const yes = async (): Promise<boolean> => true;

describe('the shape of worktrees', () => {
  let repository: TestRepository;
  let base: string;
  beforeEach(() => {
    repository = new TestRepository();
    base = repository.commit({
      'top.txt': 't\n',
      'app/app.txt': 'a\n',
      'app/src/deep/a.txt': 'a\n',
      'lib/b.txt': 'b\n',
      'docs/c.txt': 'c\n',
    });
  });
  afterEach(() => repository.dispose());

  const open = async (shape: Partial<TreeShape>, folder = repository.root): Promise<PlanBranch> =>
    (await repository.open(folder)).openPlanBranch('runsheet/demo', base, {
      ...wholeTree,
      ...shape,
    });
  const inTree = (path: string): string[] => readdirSync(path).filter((name) => name !== '.git');

  it('holds only the folders that are asked for, in the worktrees of runs and of the plan', async () => {
    const plan = await open({ sparse: ['app/src/', 'lib'] });
    const run = await plan.openRunWorktree({ name: 'T01' });
    for (const path of [plan.path, run.path]) {
      assert.deepEqual(inTree(path).sort(), ['app', 'lib', 'top.txt']);
      assert.deepEqual(inTree(join(path, 'app')).sort(), ['app.txt', 'src']);
      assert.equal(repository.gitIn(path, 'status', '--porcelain'), '');
    }
    assert.deepEqual(inTree(repository.root).sort(), ['app', 'docs', 'lib', 'top.txt']);
  });

  it("commits and merges all that the agent did, also outside of them, and nobody's files are lost", async () => {
    const plan = await open({ sparse: ['lib'] });
    const run = await plan.openRunWorktree({ name: 'T01' });
    repository.write('lib/b.txt', 'changed\n', run.path);
    repository.write('docs/new.txt', 'new\n', run.path);
    assert.deepEqual(await run.changedPaths(), ['docs/new.txt', 'lib/b.txt']);
    assert.match(await run.diff(), /docs\/new\.txt/);
    const commit = (await run.commitAll('work', [])) ?? '';
    const merging = plan.merge(commit, 'm', async ({ path }) => {
      assert.deepEqual(inTree(path).sort(), ['lib', 'top.txt']);
      return true;
    });
    assert.equal((await merging).kind, 'merged');
    const changed = repository.git('diff', '--name-status', base, 'runsheet/demo');
    assert.deepEqual(changed.split('\n'), ['A\tdocs/new.txt', 'M\tlib/b.txt']);
    assert.equal(await run.removeIfMerged(), true);
  });

  it('follows what is asked for later, with the next merge', async () => {
    await open({ sparse: ['lib'] });
    const plan = await open({ sparse: ['docs'] });
    await plan.merge(base, 'm', async ({ path }) => {
      assert.deepEqual(inTree(path).sort(), ['docs', 'top.txt']);
      return true;
    });
    await (
      await open({})
    ).merge(base, 'm', async ({ path }) => {
      assert.deepEqual(inTree(path).sort(), ['app', 'docs', 'lib', 'top.txt']);
      return true;
    });
  });

  it('counts folders from the workspace, where that lies within its repository', async () => {
    const plan = await open({ sparse: ['src'] }, join(repository.root, 'app'));
    const run = await plan.openRunWorktree({ name: 'T01' });
    assert.deepEqual(inTree(run.path).sort(), ['app', 'top.txt']);
    assert.ok(existsSync(join(run.path, 'app', 'src', 'deep', 'a.txt')));
  });

  it('is whole where git is too old for it', async () => {
    const old = join(repository.folder, 'old-git');
    const script =
      '#!/bin/sh\ncase "$*" in *--version) echo git version 2.30.1;; *) exec git "$@";; esac\n';
    writeFileSync(old, script, { mode: 0o755 });
    const tools = repository.tools(repository.env, old);
    const opened = await openRepository(repository.root, tools, { worktreeParent: null });
    const plan = await opened.openPlanBranch('runsheet/demo', base, { copy: [], sparse: ['lib'] });
    assert.deepEqual(inTree(plan.path).sort(), ['app', 'docs', 'lib', 'top.txt']);
    assert.equal((await plan.merge(base, 'm', yes)).kind, 'nothing_to_merge');
  });
}).timeout(30_000);

describe("the ignored files of a plan's own worktree", () => {
  let repository: TestRepository;
  let plan: PlanBranch;
  beforeEach(async () => {
    repository = new TestRepository();
    const base = repository.commit({ '.gitignore': '.env\n', 'a.txt': 'a\n' });
    repository.write('.env', 'ONE=1\n');
    const shape = { ...wholeTree, copy: ['.env', 'local.json'] };
    plan = await (await repository.open()).openPlanBranch('runsheet/demo', base, shape);
  });
  afterEach(() => repository.dispose());

  const work = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const run = await plan.openRunWorktree({ name: 'T01' });
    for (const [path, text] of Object.entries(files)) repository.write(path, text, run.path);
    return (await run.commitAll('work', [])) ?? '';
  };
  it('are refused in a commit of an agent that ignores them no more', async () => {
    const refused = (error: unknown): boolean =>
      RunsheetError.is(error, 'validation') && /would commit \.env/.test(error.message);
    const run = await plan.openRunWorktree({ name: 'T03' });
    repository.write('.gitignore', '', run.path);
    await assert.rejects(run.commitAll('work', []), refused);
    repository.write('.gitignore', '.env\nmore\n', run.path);
    repository.gitIn(run.path, 'reset', '-q');
    assert.notEqual(await run.commitAll('work', []), null);
    const other = await plan.openRunWorktree({ name: 'T04' });
    repository.gitIn(other.path, 'add', '-f', '.env');
    repository.gitIn(other.path, 'commit', '-q', '-m', 'a secret');
    repository.gitIn(other.path, 'rm', '-q', '--cached', '.env');
    await assert.rejects(other.commitAll('work', []), refused);
  });

  const merged = async (commit: string): Promise<string | null> => {
    let seen: string | null = null;
    const result = await plan.merge(commit, 'm', async ({ path }) => {
      const file = join(path, '.env');
      seen = existsSync(file) ? readFileSync(file, 'utf8') : null;
      return true;
    });
    assert.notEqual(result.kind, 'conflict');
    assert.equal(repository.gitIn(plan.path, 'status', '--porcelain'), '');
    return seen;
  };

  it('are there for the checks on the merged tree, as the checkout has them by then', async () => {
    assert.equal(await merged(await work({ 'b.txt': 'b' })), 'ONE=1\n');
    repository.write('.env', 'TWO=22\n');
    assert.equal(await merged(await work({ 'c.txt': 'c' })), 'TWO=22\n');
  });

  it('never make it dirty, nor get into a commit, where its branch does not ignore them', async () => {
    // The person ignores one more file than any commit does.
    repository.write('.gitignore', '.env\nlocal.json\n');
    repository.write('local.json', '{"secret":1}\n');
    const first = await work({ 'b.txt': 'b' });
    assert.equal(await merged(first), 'ONE=1\n');
    const names = repository.git('ls-tree', '-r', '--name-only', 'runsheet/demo');
    assert.ok(!names.includes('local.json'), names);
    // A merge that stops ignoring what lies there.
    const run = await plan.openRunWorktree({ name: 'T02' });
    repository.write('.gitignore', '', run.path);
    rmSync(join(run.path, '.env'));
    await merged((await run.commitAll('work', [])) ?? '');
    assert.ok(!existsSync(join(plan.path, '.env')));
    assert.equal(await merged(await work({ 'd.txt': 'd' })), null);
  });
}).timeout(30_000);

describe('a checkout', () => {
  it('is stopped in the middle, and nothing is left of it', async () => {
    const repository = new TestRepository();
    try {
      // A filter that waits lets a checkout take its time.
      repository.git('config', 'filter.slow.smudge', 'sleep 600; cat');
      repository.commit({ '.gitattributes': '*.slow filter=slow\n', 'a.txt': 'a\n' });
      const base = repository.commit({ 'b.slow': 'b\n' });
      repository.git('config', 'filter.slow.smudge', 'cat');
      const plan = await (await repository.open()).openPlanBranch('runsheet/demo', base, wholeTree);
      repository.git(
        'config',
        'filter.slow.smudge',
        `touch "${repository.folder}/began"; sleep 600`,
      );
      const stop = new AbortController();
      const opening = plan.openRunWorktree({ name: 'T01', signal: stop.signal });
      const began = setInterval(() => {
        if (existsSync(join(repository.folder, 'began'))) stop.abort();
      }, 20);
      await assert.rejects(opening, (error) => RunsheetError.is(error, 'unavailable'));
      clearInterval(began);
      assert.deepEqual(readdirSync(join(`${repository.root}.runsheet`, 'runs')), []);
      assert.equal(repository.git('branch', '--list', 'runsheet/run/*'), '');
      assert.equal(repository.git('worktree', 'list').split('\n').length, 2);
      repository.git('config', 'filter.slow.smudge', 'cat');
      assert.ok(existsSync(join((await plan.openRunWorktree({ name: 'T01' })).path, 'b.slow')));
    } finally {
      repository.dispose();
    }
  });
}).timeout(30_000);
