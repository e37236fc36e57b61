import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { wholeTree, type PlanBranch, type Repository } from '../../src/workspaces/workspace';
import { TestRepository } from '../support/git-repository';

describe('the trees of a repository', () => {
  let repository: TestRepository;
  let opened: Repository;
  let plan: PlanBranch;
  let base: string;

  beforeEach(async () => {
    repository = new TestRepository();
    base = repository.commit({ 'a.txt': 'a\n', '.gitignore': 'ignored\n' });
    opened = await repository.open();
    plan = await opened.openPlanBranch('runsheet/demo', base, wholeTree);
  });
  afterEach(() => repository.dispose());

  const yes = () => Promise.resolve(true);

  /** Merges a change as a run of a subtask does. */
  async function merge(key: string, files: Readonly<Record<string, string>>): Promise<string> {
    const run = await plan.openRunWorktree({ name: key });
    for (const [path, text] of Object.entries(files)) repository.write(path, text, run.path);
    const commit = await run.commitAll(`${key}\n\nRunsheet-Subtask: ${key}`, []);
    assert(commit !== null);
    const result = await plan.merge(commit, `Merge ${key}\n\nRunsheet-Subtask: ${key}`, yes);
    assert(result.kind === 'merged');
    return result.commit;
  }

  it('have one hash for the same files, whatever commit holds them', async () => {
    const first = await merge('T01', { 'b.txt': 'b\n' });
    const run = await plan.openRunWorktree({ name: 'T02' });
    const state = await run.state();
    assert.equal(await plan.treeOf(first), state.tree);
    assert.equal(await opened.treeOf('runsheet/demo'), state.tree);
    assert.notEqual(await plan.treeOf(base), state.tree);
    await assert.rejects(opened.treeOf('no-such-branch'));
  });

  it('differ by paths and lines', async () => {
    const first = await merge('T01', { 'b.txt': 'b\n', 'sub/c.txt': 'c\n' });
    assert.deepEqual(await plan.changedPaths(base, first), ['b.txt', 'sub/c.txt']);
    assert.match(await plan.diff(base, first), /^\+b$/m);
    assert.deepEqual(await plan.changedPaths(first, first), []);
  });

  it('are told as the files are now, ignored ones left out, and nothing is changed by it', async () => {
    const run = await plan.openRunWorktree({ name: 'T01' });
    const clean = await plan.snapshot(run.path);
    assert.equal(clean, (await run.state()).tree);
    repository.write('ignored', 'x', run.path);
    assert.equal(await plan.snapshot(run.path), clean);
    const before = repository.gitIn(run.path, 'status', '--porcelain');
    repository.write('sub/new.txt', 'n\n', run.path);
    const added = await plan.snapshot(join(run.path, 'sub'));
    repository.write('a.txt', 'other\n', run.path);
    const changed = await plan.snapshot(run.path);
    assert.equal(new Set([clean, added, changed]).size, 3);
    repository.write('a.txt', 'a\n', run.path);
    assert.equal(await plan.snapshot(run.path), added);
    assert.equal(before, '');
    assert.equal(repository.gitIn(run.path, 'status', '--porcelain'), '?? sub/');
  });

  it('say whether a worktree is still as it was committed, untracked files left out', async () => {
    const run = await plan.openRunWorktree({ name: 'T01' });
    const { tree } = await run.state();
    repository.write('coverage.txt', 'x', run.path);
    assert.deepEqual(await opened.committedTree(run.path), { tree, changed: false });
    repository.write('a.txt', 'other\n', run.path);
    assert.deepEqual(await opened.committedTree(run.path), { tree, changed: true });
    rmSync(run.path, { recursive: true });
    assert.equal(await opened.committedTree(run.path), null);
  });

  it('have a history of steps, each with its subtask and its paths', async () => {
    const one = await merge('T01', { 'b.txt': 'b\n' });
    const two = await merge('T02', { 'c d.txt': 'c\n', 'b.txt': 'b2\n' });
    const { steps, isWhole } = await opened.history('runsheet/demo', null);
    assert.equal(isWhole, true);
    assert.deepEqual(steps, [
      { commit: base, subtask: null, paths: ['.gitignore', 'a.txt'] },
      { commit: one, subtask: 'T01', paths: ['b.txt'] },
      { commit: two, subtask: 'T02', paths: ['b.txt', 'c d.txt'] },
    ]);
    const later = await opened.history('runsheet/demo', one);
    assert.deepEqual(later, { steps: steps.slice(2), isWhole: false });
    const strange = await opened.history('runsheet/demo', 'f'.repeat(40));
    assert.deepEqual(strange, { steps, isWhole: true });
    assert.deepEqual((await opened.history('runsheet/demo', two)).steps, []);
  });
});
