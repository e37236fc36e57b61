import assert from 'node:assert/strict';
import { verifications } from '../../../src/store/repositories/verifications';
import { person, planPath, RunsWorld } from '../../support/runs-world';

const text = `- [ ] T01 With files
  - files: src/a.ts, docs/
  - check: npm test
- [ ] T02 Without
  - check: npm test
  - depends: T01
- [ ] T03 Globs
  - files: test/**/*.ts
  - check: npm test
  - depends: T02
`;

/** A plan of which everything is proven, with the steps of its branch as runs have made them. */
const withProofs = (work: (world: RunsWorld) => Promise<void>): Promise<void> =>
  RunsWorld.with({ [planPath]: text }, async (world) => {
    await world.carryOut();
    assert.deepEqual(world.statuses(), ['T01 proven', 'T02 proven', 'T03 proven']);
    const own: Record<string, string[]> = {
      T01: ['src/a.ts'],
      T02: ['lib/b.ts'],
      T03: ['test/c.ts'],
    };
    world.repository.steps = Object.entries(own).map(([key, paths]) => {
      return { commit: world.run(key).merge_commit ?? '', subtask: key, paths };
    });
    await work(world);
  });

let steps = 0;

/** What is old after somebody has changed these paths on the plan's branch. */
async function oldAfter(world: RunsWorld, ...paths: string[]): Promise<string[]> {
  const commit = (steps += 1).toString(16).padStart(40, 'e');
  world.repository.steps.push({ commit, subtask: null, paths });
  return old(world);
}

async function old(world: RunsWorld): Promise<string[]> {
  await world.startEngine();
  const { proofAges } = world.room;
  await proofAges.settled();
  const plan = world.plan();
  return [...plan.subtasks.values()]
    .filter(({ id }) => proofAges.isOutdated(plan.plan.id, id))
    .map(({ subtask_key: key }) => key);
}

describe('a proof', () => {
  it('is not old because other work was merged after it', () =>
    withProofs(async (world) => assert.deepEqual(await old(world), [])));

  it('is old when a file that its subtask declares was changed since', () =>
    withProofs(async (world) => {
      assert.deepEqual(await oldAfter(world, 'README.md'), []);
      assert.deepEqual(await oldAfter(world, 'src/a.ts'), ['T01']);
    }));

  it('is old when something changed in a folder, or by a glob, that it declares', () =>
    withProofs(async (world) => {
      assert.deepEqual(await oldAfter(world, 'docs/deep/x.md'), ['T01']);
      assert.deepEqual(await oldAfter(world, 'test/deep/y.ts'), ['T01', 'T03']);
    }));

  it('without declared files is about what its own merge has changed', () =>
    withProofs(async (world) => {
      assert.deepEqual(await oldAfter(world, 'lib/b.ts'), ['T02']);
    }));

  it('is new again when the checks pass again, and clients are told of both', () =>
    withProofs(async (world) => {
      assert.deepEqual(await oldAfter(world, 'src/a.ts'), ['T01']);
      const told: string[] = [];
      const { proofAges, service } = world.room;
      proofAges.onChange((planId) => told.push(planId));
      const { planId } = world.plan().entry;
      world.checks.byCommand({ 'npm test': 'failed' });
      await service.verify(planId, 'T01', person);
      await world.room.state.settled();
      await proofAges.settled();
      assert.equal(proofAges.isOutdated(planId, world.subtask('T01').id), false);
      assert.deepEqual(told, [planId]);
    }));
});

describe('a verification', () => {
  async function stale(world: RunsWorld, key: string): Promise<[string, boolean][]> {
    const records = await world.store.query(verifications.ofSubtask, world.subtask(key).id);
    const ids = await world.room.staleness.among(world.plan().entry.planId, records);
    return records.map(({ verification: { tree, id } }) => [tree, ids.has(id)]);
  }

  it('is stale as soon as the branch holds other files', () =>
    withProofs(async (world) => {
      // Its worktree is gone, and with it what could have changed.
      assert.deepEqual(await stale(world, 'T03'), [
        ['worktree', false],
        ['merged', false],
      ]);
      assert.deepEqual(await stale(world, 'T01'), [
        ['worktree', false],
        ['merged', true],
      ]);
    }));

  it('of a worktree is stale when its files are not as they were judged', () =>
    withProofs(async (world) => {
      const { head_commit: head, worktree_path: path } = world.run('T01');
      assert(head !== null && path !== null);
      const at = async (tree: string, changed: boolean) => {
        world.repository.committed.set(path, { tree, changed });
        return (await stale(world, 'T01'))[0];
      };
      assert.deepEqual(await at(head, false), ['worktree', false]);
      assert.deepEqual(await at(head, true), ['worktree', true]);
      assert.deepEqual(await at('f'.repeat(40), false), ['worktree', true]);
    }));

  it('counts as stale when nobody can say', () =>
    withProofs(async (world) => {
      world.repository.treeOf = () => Promise.reject(new Error('no git'));
      assert.deepEqual((await stale(world, 'T03'))[1], ['merged', true]);
    }));
});
