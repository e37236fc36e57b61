import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { RunsheetError } from '../../src/model/errors';
import { wholeTree, type PlanBranch, type RunWorktree } from '../../src/workspaces/workspace';
import { TestRepository } from '../support/git-repository';

const emptyCommit = ['commit', '-q', '--allow-empty', '-m', 'inner'];

describe("a run's worktree", () => {
  let repository: TestRepository;
  let base: string;
  let plan: PlanBranch;
  let run: RunWorktree;

  beforeEach(async () => {
    repository = new TestRepository();
    base = repository.commit({
      'a.txt': 'a\n',
      'specs/plan.md': '- [ ] one\n',
      'sub/b.txt': 'b\n',
    });
    plan = await (await repository.open()).openPlanBranch('runsheet/demo', base, wholeTree);
    run = await plan.openRunWorktree({ name: 'T001 first' });
  });
  afterEach(() => repository.dispose());

  const git = (...args: string[]): string => repository.gitIn(run.path, ...args);
  const write = (path: string, text: string): void => repository.write(path, text, run.path);
  const read = (path: string): string => readFileSync(join(run.path, path), 'utf8');
  const committed = (commit: string): string[] =>
    git('ls-tree', '-r', '--name-only', commit).split('\n');

  it("has a readable name, a branch of its own and the plan's head as its base", async () => {
    assert.equal(run.path, join(`${repository.root}.runsheet`, 'runs', 't001-first'));
    assert.equal(run.branch, 'runsheet/run/t001-first');
    assert.equal(run.baseCommit, base);
    const again = await plan.openRunWorktree({ name: 'T001 first' });
    assert.equal(again.branch, 'runsheet/run/t001-first-2');
  });

  it('can be opened eight times at once', async () => {
    const request = { name: 'same' };
    const runs = await Promise.all(Array.from({ length: 8 }, () => plan.openRunWorktree(request)));
    assert.equal(new Set(runs.map(({ path }) => path)).size, 8);
    await Promise.all(
      runs.map(async (one, index) => {
        repository.write(`file-${index}`, 'x', one.path);
        assert.match((await one.commitAll(`work ${index}`, [])) ?? '', /^[0-9a-f]{40}$/);
      }),
    );
  });

  it('commits what was added, changed and deleted, with the person as its author', async () => {
    write('new file ☃.txt', 'new');
    write('a.txt', 'changed\n');
    rmSync(join(run.path, 'sub'), { recursive: true });
    assert.deepEqual(await run.changedPaths(), ['a.txt', 'new file ☃.txt', 'sub/b.txt']);
    assert.equal((await run.state()).dirty, true);
    const commit = await run.commitAll('Subject\n\nRunsheet-Run: 7\n', []);
    assert.ok(commit);
    assert.deepEqual(await run.state(), {
      commit,
      tree: git('rev-parse', `${commit}^{tree}`),
      dirty: false,
    });
    assert.equal(git('rev-parse', run.branch), commit);
    assert.equal(
      git('log', '-1', '--format=%an <%ae>|%cn|%P'),
      `Ada <ada@example.org>|Ada|${base}`,
    );
    assert.equal(git('log', '-1', '--format=%(trailers:key=Runsheet-Run,valueonly)'), '7\n');
    assert.deepEqual(await run.changedPaths(), ['a.txt', 'new file ☃.txt', 'sub/b.txt']);
  });

  it('commits as Runsheet when the person has no identity', async () => {
    repository.git('config', '--unset', 'user.email');
    const fresh = await (await repository.open()).openPlanBranch('runsheet/other', base, wholeTree);
    const other = await fresh.openRunWorktree({ name: 'x' });
    repository.write('x', 'x', other.path);
    const commit = await other.commitAll('x', []);
    const who = git('log', '-1', '--format=%an <%ae>', commit ?? '');
    assert.equal(who, 'Runsheet <runsheet@localhost>');
  });

  it('is neither stopped nor asked by hooks and signing', async () => {
    for (const hook of ['pre-commit', 'commit-msg', 'post-checkout', 'reference-transaction']) {
      const path = join(repository.root, '.git', 'hooks', hook);
      writeFileSync(path, `#!/bin/sh\ntouch "${repository.folder}/ran"\nexit 1\n`, { mode: 0o755 });
    }
    repository.git('config', 'commit.gpgSign', 'true');
    repository.git('config', 'user.signingKey', 'nobody');
    const other = await plan.openRunWorktree({ name: 'hooked' });
    repository.write('x', 'x', other.path);
    const commit = (await other.commitAll('x', [])) ?? '';
    assert.equal((await plan.merge(commit, 'm', async () => true)).kind, 'merged');
    assert.equal(existsSync(join(repository.folder, 'ran')), false);
  });

  it('answers null when nothing changed, even with commits that cancel each other', async () => {
    assert.equal(await run.commitAll('nothing', []), null);
    repository.commit({ 'a.txt': 'x' }, 'do', run.path);
    repository.commit({ 'a.txt': 'a\n' }, 'undo', run.path);
    assert.equal(await run.commitAll('nothing', []), null);
    assert.deepEqual(await run.changedPaths(), []);
  });

  it('keeps the commits that the agent made, and adds one only for the rest', async () => {
    const own = repository.commit({ 'own.txt': 'x' }, 'by the agent', run.path);
    assert.equal(await run.commitAll('rest', []), own);
    write('left.txt', 'x');
    const rest = await run.commitAll('rest', []);
    assert.equal(git('rev-parse', `${rest ?? ''}^`), own);
  });

  for (const [what, misbehave] of Object.entries({
    'amends the base commit': () => git('commit', '-q', '--amend', '-m', 'mine'),
    'goes to another branch': () => git('checkout', '-q', '-b', 'elsewhere'),
    'detaches HEAD': () => git('checkout', '-q', '--detach'),
    'starts an unborn branch': () => git('checkout', '-q', '--orphan', 'fresh'),
    'deletes its branch': () => {
      git('checkout', '-q', '--detach');
      return git('branch', '-q', '-D', run.branch);
    },
  }))
    it(`still ends on its own branch when the agent ${what}`, async () => {
      misbehave();
      write('work.txt', 'x');
      const commit = (await run.commitAll('work', [])) ?? '';
      assert.equal(git('symbolic-ref', 'HEAD'), `refs/heads/${run.branch}`);
      assert.equal(git('merge-base', base, commit), base);
      assert.deepEqual(git('diff', '--name-only', base, commit), 'work.txt');
      assert.equal((await run.state()).dirty, false);
    });

  it('commits the files of a merge that the agent left in conflict, and ends the merge', async () => {
    git('checkout', '-q', '-b', 'side');
    repository.commit({ 'a.txt': 'side\n' }, 'side', run.path);
    git('checkout', '-q', run.branch);
    repository.commit({ 'a.txt': 'here\n' }, 'here', run.path);
    assert.throws(() => git('merge', 'side'));
    const commit = await run.commitAll('torn', []);
    assert.ok(read('a.txt').includes('<<<<<<<'));
    assert.equal(git('show', `${commit ?? ''}:a.txt`).includes('<<<<<<<'), true);
    assert.throws(() => git('rev-parse', '--verify', '-q', 'MERGE_HEAD'));
  });

  it('puts protected files back and leaves new ones out', async () => {
    write('specs/plan.md', '- [x] one\n');
    write('specs/new.md', 'new');
    write('work.txt', 'x');
    const commit = (await run.commitAll('work', ['specs'])) ?? '';
    assert.deepEqual(committed(commit), ['a.txt', 'specs/plan.md', 'sub/b.txt', 'work.txt']);
    assert.equal(read('specs/plan.md'), '- [ ] one\n');
    assert.equal(existsSync(join(run.path, 'specs', 'new.md')), false);
    assert.equal(await run.commitAll('again', ['specs']), commit);
  });

  it("puts protected files back from the agent's own commits, deletions and links", async () => {
    repository.commit({ 'specs/plan.md': 'changed' }, 'by the agent', run.path);
    rmSync(join(run.path, 'specs'), { recursive: true });
    symlinkSync(repository.folder, join(run.path, 'specs'));
    write('work.txt', 'x');
    const commit = (await run.commitAll('work', ['specs/plan.md', 'not/there.md'])) ?? '';
    assert.deepEqual(git('diff', '--name-only', base, commit), 'work.txt');
    assert.equal(read('specs/plan.md'), '- [ ] one\n');
    assert.equal(existsSync(join(repository.folder, 'plan.md')), false);
  });

  it('does not take a protected path for a pattern', async () => {
    write('a.txt', 'changed\n');
    assert.ok(await run.commitAll('work', ['*.txt', ':/']));
  });

  it('answers null when only protected files changed', async () => {
    write('specs/plan.md', '- [x] one\n');
    assert.equal(await run.commitAll('work', ['specs/plan.md']), null);
    assert.equal((await run.state()).dirty, false);
  });

  it('refuses a repository inside, names it, and commits once it is gone', async () => {
    mkdirSync(join(run.path, 'vendor', 'lib'), { recursive: true });
    repository.gitIn(join(run.path, 'vendor', 'lib'), 'init', '-q');
    write('vendor/lib/code.js', 'x');
    await assert.rejects(run.commitAll('work', []), (error) => {
      assert.ok(RunsheetError.is(error, 'validation'));
      assert.ok(error.message.includes('vendor/lib/'), error.message);
      return true;
    });
    assert.deepEqual(await run.changedPaths(), ['vendor/lib']);
    assert.equal(await run.diff(), '');
    assert.equal(await run.removeIfMerged(), false);
    rmSync(join(run.path, 'vendor', 'lib', '.git'), { recursive: true });
    assert.ok(committed((await run.commitAll('work', [])) ?? '').includes('vendor/lib/code.js'));
  });

  it('refuses a repository inside that the agent committed as a bare hash', async () => {
    const inner = join(run.path, 'lib');
    mkdirSync(inner);
    repository.gitIn(inner, 'init', '-q');
    repository.gitIn(inner, '-c', 'user.name=x', '-c', 'user.email=x', ...emptyCommit);
    git('add', 'lib');
    git('commit', '-q', '-m', 'by the agent');
    await assert.rejects(run.commitAll('work', []), /lib/);
    rmSync(join(inner, '.git'), { recursive: true });
    write('lib/code.js', 'x');
    assert.ok(committed((await run.commitAll('work', [])) ?? '').includes('lib/code.js'));
  });

  it('shows untracked files in the diff and leaves the index as it is', async () => {
    write('a.txt', 'changed\n');
    write('new [x] ☃.txt', 'brand new\n');
    const index = git('status', '--porcelain');
    const diff = await run.diff();
    assert.ok(diff.includes('+changed') && diff.includes('+brand new'), diff);
    assert.equal(git('status', '--porcelain'), index);
  });

  it('outlives the lock of a git process that was killed', async () => {
    const lock = join(git('rev-parse', '--absolute-git-dir'), 'index.lock');
    writeFileSync(lock, '');
    write('work.txt', 'x');
    assert.ok(await run.commitAll('work', []));
    assert.equal(existsSync(lock), false);
  });

  it('is found again, and not when it is gone, foreign or half-made', async () => {
    const find = (path: string) => plan.findRunWorktree(path, run.branch, base);
    assert.equal((await find(run.path))?.baseCommit, base);
    assert.equal(await find(join(run.path, 'sub')), null);
    assert.equal(await find(repository.root), null);
    writeFileSync(join(git('rev-parse', '--absolute-git-dir'), 'locked'), 'initializing');
    assert.equal(await find(run.path), null);
    assert.equal(existsSync(run.path), false);
    assert.equal(repository.git('branch', '--list', run.branch), '');
  });

  it('is deleted with its branch when everything in it is merged', async () => {
    write('work.txt', 'x');
    const commit = (await run.commitAll('work', [])) ?? '';
    assert.equal(await run.removeIfMerged(), false);
    await plan.merge(commit, 'm', async () => true);
    assert.equal(await run.removeIfMerged(), true);
    assert.equal(existsSync(run.path), false);
    assert.equal(repository.git('branch', '--list', run.branch), '');
    assert.equal(await run.removeIfMerged(), true);
  });

  it('is discarded with all that is in it when it was made only to check', async () => {
    write('report.xml', 'x');
    await run.discard();
    assert.equal(existsSync(run.path), false);
    assert.equal(repository.git('branch', '--list', run.branch), '');
  });

  it('is not deleted with uncommitted, untracked or unmerged work', async () => {
    write('untracked.txt', 'x');
    assert.equal(await run.removeIfMerged(), false);
    rmSync(join(run.path, 'untracked.txt'));
    git('checkout', '-q', '-b', 'elsewhere');
    repository.commit({ 'x.txt': 'x' }, 'elsewhere', run.path);
    assert.equal(await run.removeIfMerged(), false);
    git('checkout', '-q', run.branch);
    assert.equal(await run.removeIfMerged(), true);
  });
}).timeout(30_000);

describe('files that git ignores', () => {
  let repository: TestRepository;
  before(() => {
    repository = new TestRepository();
    repository.commit({
      '.gitignore': '.env*\nbuild/\nnode_modules/\n*.link\n.runsheet/\n',
      '.worktreeinclude': '.env*\n!.env.production\nbuild/keep/\n*.link\nwork.txt\n.runsheet/\n',
    });
    for (const path of ['.env', '.env.production', 'sub dir/.env.local', 'build/keep/a', 'build/b'])
      repository.write(path, path);
    repository.write('node_modules/x/index.js', 'x');
    repository.write('work.txt', 'not ignored');
    repository.write('.runsheet/runsheet.db', 'live');
    symlinkSync('.env', join(repository.root, 'good.link'));
    symlinkSync('../secret', join(repository.root, 'escaping.link'));
    symlinkSync(join(repository.root, '.env'), join(repository.root, 'absolute.link'));
  });
  after(() => repository.dispose());

  it('are copied when .worktreeinclude or the request names them, links only within', async () => {
    const shape = { ...wholeTree, copy: ['node_modules/', '../secret'] };
    const plan = await (await repository.open()).openPlanBranch('runsheet/demo', 'HEAD', shape);
    const run = await plan.openRunWorktree({ name: 'x' });
    const has = (path: string): boolean =>
      lstatSync(join(run.path, path), { throwIfNoEntry: false }) !== undefined;
    const copied = ['.env', 'sub dir/.env.local', 'build/keep/a', 'node_modules/x/index.js'];
    for (const path of [...copied, 'good.link']) assert.ok(has(path), path);
    const left = ['.env.production', 'build/b', 'work.txt', 'escaping.link', 'absolute.link'];
    for (const path of [...left, '.runsheet']) assert.ok(!has(path), path);
    assert.equal((await run.state()).dirty, false);
  });
}).timeout(30_000);

describe('a repository with submodules', () => {
  it('keeps the submodule through commit and merge', async () => {
    const library = new TestRepository();
    const repository = new TestRepository();
    try {
      library.commit({ 'lib.txt': 'x' });
      repository.git(
        '-c',
        'protocol.file.allow=always',
        'submodule',
        'add',
        '-q',
        library.root,
        'lib',
      );
      repository.git('config', 'submodule.recurse', 'true');
      const base = repository.commit({ 'a.txt': 'a' });
      const plan = await (await repository.open()).openPlanBranch('runsheet/demo', base, wholeTree);
      const run = await plan.openRunWorktree({ name: 'x' });
      repository.write('work.txt', 'x', run.path);
      const more = ['submodule', 'add', '-q', library.root, 'more'];
      const other = await plan.openRunWorktree({ name: 'y' });
      repository.gitIn(other.path, '-c', 'protocol.file.allow=always', ...more);
      assert.ok(await other.commitAll('one more submodule', []));
      const commit = (await run.commitAll('work', [])) ?? '';
      assert.equal(repository.git('diff', '--name-only', base, commit), 'work.txt');
      assert.equal((await plan.merge(commit, 'm', async () => true)).kind, 'merged');
      assert.equal(await run.removeIfMerged(), true);
      assert.ok(existsSync(join(repository.root, 'lib', 'lib.txt')));
    } finally {
      library.dispose();
      repository.dispose();
    }
  });
}).timeout(30_000);
