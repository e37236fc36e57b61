import assert from 'node:assert/strict';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunsheetError } from '../../src/model/errors';
import type { GitRepository } from '../../src/workspaces/git-repository';
import {
  wholeTree,
  type OwnWorktree,
  type WorktreeInspection,
  type PlanBranch,
  type RunWorktree,
} from '../../src/workspaces/workspace';
import { held } from '../support/fake-agent';
import { TestRepository } from '../support/git-repository';

describe('the worktrees that were made for a workspace', () => {
  let repository: TestRepository;
  let base: string;
  let opened: GitRepository;
  let plan: PlanBranch;
  beforeEach(async () => {
    repository = new TestRepository();
    base = repository.commit({ 'a.txt': 'a\n', 'app/b.txt': 'b\n', '.gitignore': 'cache/\n' });
    opened = await repository.open();
    plan = await opened.openPlanBranch('runsheet/demo', base, wholeTree);
  });
  afterEach(() => repository.dispose());

  const find = async (id: string, from = opened): Promise<OwnWorktree & WorktreeInspection> => {
    const found = (await from.ownWorktrees()).find((one) => one.id === id);
    assert.ok(found !== undefined, id);
    return { ...found, ...(await from.inspectWorktree(found)) };
  };
  const lost = async (id: string): Promise<string[]> => {
    const { uncommitted, unmerged } = (await find(id)).lost;
    return [...uncommitted, ...unmerged.map(({ subject }) => subject)];
  };
  const open = (name: string): Promise<RunWorktree> => plan.openRunWorktree({ name });
  const refused = (error: unknown): boolean => RunsheetError.is(error, 'version_conflict');

  it('are listed, and lose nothing while nothing was done in them', async () => {
    const run = await open('T01');
    const list = await opened.ownWorktrees();
    assert.deepEqual(
      list.map(({ id, kind, branch }) => `${id} ${kind} ${branch ?? ''}`),
      ['runs/t01 run runsheet/run/t01', 'plans/demo plan runsheet/demo'],
    );
    mkdirSync(join(run.path, 'cache'));
    writeFileSync(join(run.path, 'cache', 'x'), 'ignored files are not work');
    assert.equal((await find('runs/t01')).lost.digest, null);
  });

  it('name what would be lost: files, and commits that nothing else has', async () => {
    const run = await open('T01');
    repository.write('new ☃.txt', 'x', run.path);
    repository.write('a.txt', 'changed', run.path);
    assert.deepEqual(await lost('runs/t01'), ['a.txt', 'new ☃.txt']);
    const commit = (await run.commitAll('T01: Do it', [])) ?? '';
    assert.deepEqual(await lost('runs/t01'), ['T01: Do it']);
    await plan.merge(commit, 'm', async () => true);
    assert.deepEqual(await lost('runs/t01'), []);
  });

  it('count commits that the agent left on a detached HEAD, and not those on a branch that stays', async () => {
    const run = await open('T01');
    repository.gitIn(run.path, 'checkout', '-q', '--detach');
    repository.commit({ x: 'x' }, 'detached', run.path);
    assert.deepEqual(await lost('runs/t01'), ['detached']);
    repository.gitIn(run.path, 'checkout', '-q', '-b', 'kept');
    assert.deepEqual(await lost('runs/t01'), []);
  });

  it('are deleted with their branch when nothing is lost by it, or exactly that was agreed to', async () => {
    const run = await open('T01');
    repository.write('new.txt', 'x', run.path);
    await assert.rejects(opened.removeWorktree('runs/t01', null), refused);
    const { digest } = (await find('runs/t01')).lost;
    repository.write('more.txt', 'since then', run.path);
    await assert.rejects(opened.removeWorktree('runs/t01', digest), (error) => {
      assert.ok(refused(error) && error instanceof Error);
      assert.match(error.message, /more\.txt/);
      return true;
    });
    assert.ok(existsSync(join(run.path, 'new.txt')));
    const second = (await find('runs/t01')).lost.digest;
    repository.write('new.txt', 'written anew since then', run.path);
    await assert.rejects(opened.removeWorktree('runs/t01', second), refused);
    await opened.removeWorktree('runs/t01', (await find('runs/t01')).lost.digest);
    assert.equal(existsSync(run.path), false);
    assert.equal(repository.git('branch', '--list', run.branch), '');
    await assert.rejects(opened.removeWorktree('runs/t01', null), (error) =>
      RunsheetError.is(error, 'not_found'),
    );
  });

  it('are found with their commits when only their folder was deleted', async () => {
    const run = await open('T01');
    repository.write('new.txt', 'x', run.path);
    await run.commitAll('T01: Do it', []);
    rmSync(run.path, { recursive: true });
    assert.equal((await find('runs/t01')).condition, 'gone');
    assert.deepEqual(await lost('runs/t01'), ['T01: Do it']);
    await assert.rejects(opened.removeWorktree('runs/t01', null), refused);
    assert.notEqual(repository.git('branch', '--list', run.branch), '');
  });

  it('are half-made when a crash came before their files were checked out', async () => {
    const run = await open('T01');
    const folder = repository.gitIn(run.path, 'rev-parse', '--absolute-git-dir');
    renameSync(join(folder, 'index'), join(folder, 'index.lock'));
    const { condition, lost: would } = await find('runs/t01');
    assert.deepEqual([condition, would.digest], ['half_made', null]);
    await opened.removeWorktree('runs/t01', null);
    assert.equal(existsSync(run.path), false);
  });

  it('are work when somebody has deleted the index of their files', async () => {
    const run = await open('T01');
    repository.write('new.txt', 'x', run.path);
    rmSync(join(repository.gitIn(run.path, 'rev-parse', '--absolute-git-dir'), 'index'));
    assert.ok((await lost('runs/t01')).includes('new.txt'));
    await assert.rejects(opened.removeWorktree('runs/t01', null), refused);
    const found = await plan.findRunWorktree(run.path, run.branch, base);
    const commit = (await found?.commitAll('T01: Do it', [])) ?? '';
    assert.equal(repository.git('show', `${commit}:new.txt`), 'x');
  });

  it('are work when git does not know a folder of theirs any more', async () => {
    const run = await open('T01');
    rmSync(join(run.path, '.git'));
    repository.git('worktree', 'prune');
    assert.equal((await find('runs/t01')).condition, 'folder');
    await assert.rejects(opened.removeWorktree('runs/t01', null), refused);
    assert.ok(existsSync(join(run.path, 'a.txt')));
  });

  it("keep a person's change in the plan's worktree, and its branch when that is deleted", async () => {
    repository.write('a.txt', 'by hand', plan.path);
    assert.deepEqual(await lost('plans/demo'), ['a.txt']);
    await assert.rejects(opened.removeWorktree('plans/demo', null), refused);
    repository.gitIn(plan.path, 'checkout', '-q', '--', '.');
    await opened.removeWorktree('plans/demo', null);
    assert.equal(existsSync(plan.path), false);
    const run = await open('T01');
    repository.write('b.txt', 'x', run.path);
    const commit = (await run.commitAll('work', [])) ?? '';
    assert.equal((await plan.merge(commit, 'm', async () => true)).kind, 'merged');
  });

  it('are not deleted in the middle of a merge', async () => {
    const run = await open('T01');
    repository.write('b.txt', 'x', run.path);
    const commit = (await run.commitAll('work', [])) ?? '';
    const gate = held();
    const begun = held();
    const merging = plan.merge(commit, 'm', async ({ path }) => {
      begun.open();
      await gate.opened;
      return existsSync(join(path, 'b.txt'));
    });
    await begun.opened;
    const removing = opened.removeWorktree('plans/demo', null);
    gate.open();
    assert.equal((await merging).kind, 'merged');
    await removing;
    assert.equal(existsSync(plan.path), false);
  });

  it('are in use until this engine is done with them', async () => {
    const run = await open('T01');
    assert.equal((await find('runs/t01')).inUse, true);
    assert.equal((await find('runs/t01', await repository.open())).inUse, false);
    await run.removeIfMerged();
    const again = await open('T01');
    await again.discard();
    assert.deepEqual(
      (await opened.ownWorktrees()).map(({ id }) => id),
      ['plans/demo'],
    );
  });

  it('are nobody else’s: workspaces of one repository have folders of their own', async () => {
    const inner = await repository.open(join(repository.root, 'app'));
    assert.deepEqual(await inner.ownWorktrees(), []);
    const other = await inner.openPlanBranch('runsheet/inner', base, wholeTree);
    await other.openRunWorktree({ name: 'T01' });
    assert.equal((await opened.ownWorktrees()).length, 1);
    assert.deepEqual(
      (await inner.ownWorktrees()).map(({ id }) => id),
      ['runs/t01', 'plans/inner'],
    );
  });
}).timeout(30_000);
