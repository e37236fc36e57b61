import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wholeTree, type PlanBranch, type RunWorktree } from '../../src/workspaces/workspace';
import { TestRepository } from '../support/git-repository';

const yes = async (): Promise<boolean> => true;

describe("a run's worktree that takes the plan's branch in", () => {
  let repository: TestRepository;
  let base: string;
  let plan: PlanBranch;
  let run: RunWorktree;
  let own: string;

  beforeEach(async () => {
    repository = new TestRepository();
    base = repository.commit({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'demo.plan.md': '- [ ] one\n' });
    plan = await (await repository.open()).openPlanBranch('runsheet/demo', base, wholeTree);
    run = await plan.openRunWorktree({ name: 'T02' });
    repository.write('a.txt', 'second\n', run.path);
    own = (await run.commitAll('T02', [])) ?? '';
    await mergeOther({ 'a.txt': 'first\n', 'other.txt': 'x\n' });
  });
  afterEach(() => repository.dispose());

  const git = (...args: string[]): string => repository.gitIn(run.path, ...args);
  const read = (path: string): string => readFileSync(join(run.path, path), 'utf8');
  const write = (path: string, text: string): void => repository.write(path, text, run.path);
  const mergeOther = async (files: Readonly<Record<string, string>>): Promise<void> => {
    const other = await plan.openRunWorktree({ name: 'other' });
    for (const [path, text] of Object.entries(files)) repository.write(path, text, other.path);
    const commit = (await other.commitAll('other', [])) ?? '';
    assert.equal((await plan.merge(commit, 'other', yes)).kind, 'merged');
  };
  const takeIn = () => run.takeIn('Merge', ['demo.plan.md']);

  it('has the conflict in its files, and the changes that are its own since the new base', async () => {
    const { worktree, conflicts } = await takeIn();
    assert.deepEqual(conflicts, ['a.txt']);
    assert.equal(worktree.baseCommit, await plan.head());
    assert.match(read('a.txt'), /<<<<<<<[^]*second[^]*=======[^]*first[^]*>>>>>>>/);
    assert.equal(read('other.txt'), 'x\n');
    assert.deepEqual(await worktree.changedPaths(), ['a.txt']);
  });

  it('commits the resolution as a merge of both, which merges without a conflict', async () => {
    const { worktree } = await takeIn();
    write('a.txt', 'first and second\n');
    const commit = (await worktree.commitAll('resolved', ['demo.plan.md'])) ?? '';
    assert.deepEqual(git('log', '-1', '--format=%P', commit).split(' '), [
      own,
      worktree.baseCommit,
    ]);
    assert.deepEqual(await worktree.conflictMarkers(commit), []);
    assert.equal((await plan.merge(commit, 'm', yes)).kind, 'merged');
    assert.equal(readFileSync(join(plan.path, 'a.txt'), 'utf8'), 'first and second\n');
    assert.ok(existsSync(join(plan.path, 'other.txt')));
    assert.equal(await worktree.removeIfMerged(), true);
  });

  it('names the files that the agent left with markers', async () => {
    const { worktree } = await takeIn();
    write('b.txt', 'about <<<<<<< in prose\n');
    const commit = (await worktree.commitAll('torn', [])) ?? '';
    assert.deepEqual(await worktree.conflictMarkers(commit), ['a.txt']);
  });

  it('takes a resolution that the agent committed itself', async () => {
    const { worktree } = await takeIn();
    write('a.txt', 'both\n');
    git('commit', '-q', '-a', '-m', 'by the agent');
    const head = git('rev-parse', 'HEAD');
    assert.equal(await worktree.commitAll('nothing more', []), head);
    assert.equal((await plan.merge(head, 'm', yes)).kind, 'merged');
  });

  for (const [how, giveUp] of Object.entries({
    'aborts the merge': () => git('merge', '--abort'),
    'throws everything away': () => git('reset', '-q', '--hard'),
    'goes back to the base': () => git('checkout', '-q', '-f', '-B', run.branch, base),
  }))
    it(`never undoes the work of others when the agent ${how}`, async () => {
      const { worktree } = await takeIn();
      giveUp();
      write('more.txt', 'x\n');
      const commit = (await worktree.commitAll('work', [])) ?? '';
      const { kind } = await plan.merge(commit, 'm', yes);
      assert.ok(existsSync(join(plan.path, 'other.txt')));
      assert.equal(readFileSync(join(plan.path, 'a.txt'), 'utf8'), 'first\n');
      assert.equal(kind, how === 'goes back to the base' ? 'merged' : 'conflict');
    });

  it('goes on with a merge that is open, also after another engine found it', async () => {
    const { worktree } = await takeIn();
    write('more.txt', 'x\n');
    const found = await (
      await (await repository.open()).openPlanBranch('runsheet/demo', base, wholeTree)
    ).findRunWorktree(run.path, run.branch, base);
    const again = await found?.takeIn('Merge', []);
    assert.deepEqual(again?.conflicts, ['a.txt']);
    assert.equal(again.worktree.baseCommit, worktree.baseCommit);
    assert.equal(read('more.txt'), 'x\n');
  });

  it('commits a merge without a conflict, and the plan file stays as the branch has it', async () => {
    const fine = await plan.openRunWorktree({ name: 'fine' });
    repository.write('b.txt', 'mine\n', fine.path);
    repository.write('demo.plan.md', '- [x] one\n', fine.path);
    await mergeOther({ 'late.txt': 'x\n' });
    const { worktree, conflicts } = await fine.takeIn('Merge', ['demo.plan.md']);
    assert.deepEqual(conflicts, []);
    assert.equal((await worktree.state()).dirty, false);
    assert.deepEqual(await worktree.changedPaths(), ['b.txt']);
    assert.ok(existsSync(join(fine.path, 'late.txt')));
  });

  it('has nothing to do when the branch has nothing new', async () => {
    const { worktree } = await takeIn();
    write('a.txt', 'both\n');
    await worktree.commitAll('resolved', []);
    const again = await worktree.takeIn('Merge', []);
    assert.deepEqual(again.conflicts, []);
    assert.equal(again.worktree.baseCommit, worktree.baseCommit);
  });
}).timeout(30_000);
