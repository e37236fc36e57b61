import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { wholeTree, type PlanBranch } from '../../src/workspaces/workspace';
import { held } from '../support/fake-agent';
import { TestRepository } from '../support/git-repository';

describe("the queue of a plan's merges", () => {
  let repository: TestRepository;
  let plan: PlanBranch;

  beforeEach(async () => {
    repository = new TestRepository();
    const base = repository.commit({ 'a.txt': 'a\n' });
    plan = await (await repository.open()).openPlanBranch('runsheet/demo', base, wholeTree);
  });
  afterEach(() => repository.dispose());

  const workOf = async (name: string): Promise<string> => {
    const run = await plan.openRunWorktree({ name });
    repository.write(`${name}.txt`, name, run.path);
    return (await run.commitAll(name, [])) ?? '';
  };

  it('is served in the order in which merges came, and says how many are ahead', async () => {
    const gate = held();
    const order: string[] = [];
    const commits = [await workOf('one'), await workOf('two'), await workOf('three')];
    assert.equal(plan.mergesAhead, 0);
    const merges = commits.map((commit, index) => {
      assert.equal(plan.mergesAhead, index);
      return plan
        .merge(
          commit,
          `merge ${index}`,
          async () => {
            if (index === 0) await gate.opened;
            return true;
          },
          { onTurn: async () => void order.push(`turn ${index}`) },
        )
        .then(({ kind }) => order.push(`${kind} ${index}`));
    });
    gate.open();
    await Promise.all(merges);
    const each = [0, 1, 2].flatMap((index) => [`turn ${index}`, `merged ${index}`]);
    assert.deepEqual(order, each);
    assert.equal(plan.mergesAhead, 0);
  });

  it('is left at once by a merge that is stopped before its turn', async () => {
    const gate = held();
    const stop = new AbortController();
    const [first, second, third] = [
      await workOf('one'),
      await workOf('two'),
      await workOf('three'),
    ];
    const merging = plan.merge(first, 'm', async () => {
      await gate.opened;
      return true;
    });
    const stopped = plan.merge(second, 'm', async () => assert.fail('it has no turn'), {
      signal: stop.signal,
      onTurn: async () => assert.fail('it has no turn'),
    });
    const last = plan.merge(third, 'm', async () => true);
    stop.abort();
    assert.deepEqual(await stopped, { kind: 'refused' });
    gate.open();
    assert.equal((await merging).kind, 'merged');
    assert.equal((await last).kind, 'merged');
  });

  it("makes the plan's worktree again when somebody has deleted it meanwhile", async () => {
    const commit = await workOf('one');
    rmSync(plan.path, { recursive: true });
    assert.equal((await plan.merge(commit, 'm', async () => true)).kind, 'merged');
    assert.ok(existsSync(join(plan.path, 'one.txt')));
  });
}).timeout(30_000);
