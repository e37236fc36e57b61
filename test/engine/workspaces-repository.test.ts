import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunsheetError, type ErrorCode } from '../../src/model/errors';
import { openRepository } from '../../src/workspaces/open-repository';
import { wholeTree } from '../../src/workspaces/workspace';
import { TestRepository } from '../support/git-repository';

const refusal =
  (code: ErrorCode, ...words: string[]) =>
  (error: unknown): boolean => {
    assert.ok(RunsheetError.is(error, code), String(error));
    for (const word of words) assert.ok(error.message.includes(word), error.message);
    return true;
  };

describe('opening a repository', () => {
  let repository: TestRepository;
  beforeEach(() => (repository = new TestRepository()));
  afterEach(() => repository.dispose());

  const open = (folder: string, env = repository.env, program = 'git') =>
    openRepository(folder, repository.tools(env, program), { worktreeParent: null });

  it('names the folder and the way out where there is none', async () => {
    const plain = join(repository.folder, 'plain');
    mkdirSync(plain);
    await assert.rejects(open(plain), refusal('not_a_repository', plain, 'git init'));
  });

  it('asks for a first commit where there is none', async () => {
    await assert.rejects(open(repository.root), refusal('not_a_repository', 'git commit'));
  });

  it('refuses a bare repository', async () => {
    const bare = join(repository.folder, 'bare.git');
    repository.git('init', '-q', '--bare', bare);
    await assert.rejects(open(bare), refusal('not_a_repository', 'bare', 'git clone'));
  });

  it('says when the folder is missing, not that git is', async () => {
    const gone = join(repository.folder, 'gone');
    await assert.rejects(open(gone), refusal('not_found', gone));
  });

  it('says when git is not installed', async () => {
    const env = { ...repository.env, PATH: repository.folder };
    await assert.rejects(open(repository.root, env), refusal('unavailable', 'Install git'));
  });

  it('says when git is too old', async () => {
    const old = join(repository.folder, 'old-git');
    writeFileSync(old, '#!/bin/sh\necho git version 2.17.1\n');
    chmodSync(old, 0o755);
    const opening = open(repository.root, repository.env, old);
    await assert.rejects(opening, refusal('unavailable', '2.17.1', '2.30'));
  });

  it('finds the top of the checkout from a folder within it, links or not', async () => {
    repository.commit({ 'packages/app/a.txt': 'a' });
    const opened = await open(join(repository.root, 'packages', 'app'));
    assert.equal(opened.root, repository.root);
    assert.equal(opened.prefix, 'packages/app');
    assert.equal((await repository.open()).prefix, '');
  });

  it('is not led astray by GIT_ variables of its own environment', async () => {
    const commit = repository.commit({ a: 'a' });
    const other = new TestRepository();
    try {
      other.commit({ b: 'b' });
      const env = { ...repository.env, GIT_DIR: join(other.root, '.git') };
      assert.equal((await (await open(repository.root, env)).head()).commit, commit);
    } finally {
      other.dispose();
    }
  });

  it('refuses a folder for worktrees inside the repository', async () => {
    repository.commit({});
    const inside = { worktreeParent: join(repository.root, 'trees') };
    const opening = openRepository(repository.root, repository.tools(), inside);
    await assert.rejects(opening, refusal('validation', 'inside the repository'));
  });
}).timeout(30_000);

describe('a repository', () => {
  let repository: TestRepository;
  let first: string;
  beforeEach(() => {
    repository = new TestRepository();
    first = repository.commit({ 'a.txt': 'a' });
  });
  afterEach(() => repository.dispose());

  it('knows branch and commit, and that HEAD is detached', async () => {
    const opened = await repository.open();
    assert.deepEqual(await opened.head(), { branch: 'main', commit: first });
    repository.git('checkout', '-q', '--detach');
    assert.deepEqual(await opened.head(), { branch: null, commit: first });
  });

  it('resolves refs, and names one that is not there', async () => {
    const opened = await repository.open();
    assert.equal(await opened.resolve('main'), first);
    for (const ref of ['nope', '--all', '', 'main:a.txt', 'a\0b'])
      await assert.rejects(opened.resolve(ref), refusal('not_found', JSON.stringify(ref)));
  });

  it('lists every changed path but the excepted ones', async () => {
    const names = ['blank name', 'snow ☃', 'new\nline', '"quoted"', 'tab\there'];
    for (const name of names) repository.write(name, 'x');
    repository.write('specs/plan.md', 'x');
    repository.git('mv', 'a.txt', 'moved.txt');
    const dirty = await (await repository.open()).dirtyPaths(['specs/plan.md']);
    assert.deepEqual(new Set(dirty), new Set([...names, 'a.txt', 'moved.txt']));
  });

  it('makes the plan branch beside the repository and leaves a dirty checkout alone', async () => {
    repository.write('a.txt', 'edited');
    repository.write('new.txt', 'new');
    repository.git('add', 'new.txt');
    const before = repository.git('status', '--porcelain');
    const plan = await (await repository.open()).openPlanBranch('runsheet/demo', first, wholeTree);
    assert.equal(plan.path, join(`${repository.root}.runsheet`, 'plans', 'demo'));
    assert.equal(await plan.head(), first);
    assert.equal(readFileSync(join(plan.path, 'a.txt'), 'utf8'), 'a');
    assert.equal(repository.git('status', '--porcelain'), before);
    assert.equal(repository.git('rev-parse', '--abbrev-ref', 'HEAD'), 'main');
    assert.throws(() => repository.git('config', '--get-regexp', '^branch'), 'nothing is tracked');
  });

  it('opens a plan branch that exists where it stands, once for all who ask', async () => {
    const opened = await repository.open();
    const [one, two] = await Promise.all([
      opened.openPlanBranch('runsheet/demo', first, wholeTree),
      opened.openPlanBranch('runsheet/demo', first, wholeTree),
    ]);
    assert.equal(one, two);
    const second = repository.commit({ 'b.txt': 'b' }, 'more', one.path);
    const again = await (
      await repository.open()
    ).openPlanBranch('runsheet/demo', 'nonsense', wholeTree);
    assert.equal(await again.head(), second);
  });

  it('makes the worktree of a plan branch again when its folder was deleted', async () => {
    const plan = await (await repository.open()).openPlanBranch('runsheet/demo', first, wholeTree);
    renameSync(plan.path, join(repository.folder, 'elsewhere'));
    const again = await (await repository.open()).openPlanBranch('runsheet/demo', first, wholeTree);
    assert.ok(existsSync(join(again.path, 'a.txt')));
  });

  it('does not empty a folder that is in the way', async () => {
    const path = join(`${repository.root}.runsheet`, 'plans', 'demo');
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'precious'), 'x');
    const opened = await repository.open();
    const opening = opened.openPlanBranch('runsheet/demo', first, wholeTree);
    await assert.rejects(opening, refusal('dirty_tree', path, 'Move it away'));
    assert.equal(readFileSync(join(path, 'precious'), 'utf8'), 'x');
    renameSync(path, `${path}-old`);
    await opened.openPlanBranch('runsheet/demo', first, wholeTree);
  });

  it('names the place where the plan branch is checked out already', async () => {
    repository.git('checkout', '-q', '-b', 'runsheet/demo');
    const opening = (await repository.open()).openPlanBranch('runsheet/demo', first, wholeTree);
    await assert.rejects(opening, refusal('version_conflict', repository.root, 'switch'));
  });

  it('names the branch that stands in the way of ours', async () => {
    repository.git('branch', 'runsheet');
    const opening = (await repository.open()).openPlanBranch('runsheet/demo', first, wholeTree);
    await assert.rejects(opening, refusal('version_conflict', 'git branch -m runsheet'));
  });

  it('refuses names that cannot be a plan branch', async () => {
    const opened = await repository.open();
    for (const branch of ['runsheet/run', 'runsheet/run/x', 'a..b', '-x', 'x.lock'])
      await assert.rejects(
        opened.openPlanBranch(branch, first, wholeTree),
        refusal('validation', branch),
      );
  });

  it('finishes a half-made plan worktree', async () => {
    const plan = await (await repository.open()).openPlanBranch('runsheet/demo', first, wholeTree);
    const gitDirectory = repository.gitIn(plan.path, 'rev-parse', '--absolute-git-dir');
    // As `git worktree add` leaves it when it is killed during the checkout.
    writeFileSync(join(gitDirectory, 'locked'), 'initializing\n');
    writeFileSync(join(gitDirectory, 'index.lock'), '');
    renameSync(join(plan.path, 'a.txt'), join(repository.folder, 'a.txt'));
    const again = await (await repository.open()).openPlanBranch('runsheet/demo', first, wholeTree);
    assert.equal(repository.gitIn(again.path, 'status', '--porcelain'), '');
    assert.equal(existsSync(join(gitDirectory, 'locked')), false);
  });

  it('says which folder cannot be made', async () => {
    writeFileSync(`${repository.root}.runsheet`, 'a file in the way');
    const opening = (await repository.open()).openPlanBranch('runsheet/demo', first, wholeTree);
    await assert.rejects(opening, refusal('read_only', `${repository.root}.runsheet`));
  });

  it("leaves the person's other worktrees as they are, even one that is unplugged", async () => {
    const other = join(repository.folder, 'other');
    repository.git('worktree', 'add', '-q', '-b', 'other', other);
    renameSync(other, `${other}-unplugged`);
    await (await repository.open()).openPlanBranch('runsheet/demo', first, wholeTree);
    assert.ok(repository.git('worktree', 'list', '--porcelain').includes(other));
  });
}).timeout(30_000);
