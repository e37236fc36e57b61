import assert from 'node:assert/strict';
import { RunsheetError } from '../../../src/model/errors';
import type { OwnWorktree, WorktreeInspection } from '../../../src/workspaces/workspace';
import { checkResult } from '../../support/fake-agent';
import { withPlan } from '../../support/one-run';
import type { RunsWorld } from '../../support/runs-world';

const nothing = { uncommitted: [], unmerged: [], digest: null };
const work = {
  uncommitted: ['a.ts'],
  unmerged: [{ commit: 'c'.repeat(40), subject: 'T01: Build it' }],
  digest: 'd1',
};

type Worktree = OwnWorktree & WorktreeInspection;

function worktree(id: string, parts: Partial<Worktree> = {}): Worktree {
  const kind = id.startsWith('plans/') ? 'plan' : 'run';
  return {
    ...{ id, kind, path: `/trees/${id}`, branch: `runsheet/${id}`, condition: 'whole' },
    ...{ inUse: false, lost: nothing },
    ...parts,
  };
}

const states = async (world: RunsWorld): Promise<string[]> =>
  (await world.room.worktrees.list()).map(({ worktree: { id }, state }) => `${id} ${state}`);

/** One failed run of T01, whose worktree lies on the disk. */
async function failedRun(world: RunsWorld, parts: Partial<Worktree> = {}): Promise<Worktree> {
  world.checks.answer = async () => checkResult('failed');
  await world.carryOut();
  const path = world.run('T01').worktree_path ?? '';
  const own = worktree('runs/t01', { path, ...parts });
  world.repository.own.push(own);
  return own;
}

describe('the worktrees of a workspace', () => {
  it('belong to subtasks, and say whether they hold work', () =>
    withPlan(async (world) => {
      await failedRun(world, { lost: work });
      const [kept] = await world.room.worktrees.list();
      assert.equal(kept?.state, 'work');
      assert.equal(kept.subtask?.subtask_key, 'T01');
      assert.equal(kept.plan?.entry.path, 'demo.plan.md');
      assert.equal(kept.run?.id, world.run('T01').id);
    }));

  it('are live while a run goes on in them, or their plan is carried out', () =>
    withPlan(async (world) => {
      const gate = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      const path = world.run('T01').worktree_path ?? '';
      world.repository.own = [worktree('runs/t01', { path }), worktree('plans/demo-plan-md')];
      assert.deepEqual(await states(world), ['runs/t01 live', 'plans/demo-plan-md live']);
      gate.release();
      await world.ended(execution);
      assert.deepEqual(await states(world), ['runs/t01 merged', 'plans/demo-plan-md plan']);
    }));

  it('are live when the next attempt goes on in them', () =>
    withPlan(async (world) => {
      let ran = 0;
      world.checks.answer = async () => checkResult(++ran === 1 ? 'failed' : 'passed');
      const execution = await world.start();
      await world.waits(execution);
      const path = world.run('T01').worktree_path ?? '';
      world.repository.own = [worktree('runs/t01', { path })];
      assert.deepEqual(await states(world), ['runs/t01 live']);
    }, '---\nrunsheet: 1\nretry: fixed 1 60s\n---\n\n- [ ] T01 Build it\n  - check: npm test\n'));

  it('are leftovers when no run knows them, unless this engine is at work in them', () =>
    withPlan(async (world) => {
      world.repository.own = [
        worktree('runs/t09-1234'),
        worktree('runs/verify-t01'),
        worktree('runs/gate-look'),
        worktree('runs/t10-5678', { inUse: true }),
        worktree('runs/t11-9abc', { lost: work }),
      ];
      assert.deepEqual(await states(world), [
        'runs/t09-1234 leftover',
        'runs/verify-t01 checks',
        'runs/gate-look checks',
        'runs/t10-5678 live',
        'runs/t11-9abc work',
      ]);
      assert.equal(await world.room.worktrees.clearLeftovers(), 3);
      assert.deepEqual(await states(world), ['runs/t10-5678 live', 'runs/t11-9abc work']);
    }));
});

describe('giving disk space back', () => {
  const left = (world: RunsWorld): string[] => world.repository.own.map(({ id }) => id);

  it('deletes in one go what holds nothing, and nothing else', () =>
    withPlan(async (world) => {
      await failedRun(world, { lost: work });
      world.repository.own.push(worktree('plans/other'), worktree('runs/verify-t01'));
      const { removed, kept } = await world.room.worktrees.clean({ allMerged: true, discard: [] });
      assert.deepEqual(
        removed.map(({ worktree: { id } }) => id),
        ['plans/other', 'runs/verify-t01'],
      );
      assert.deepEqual(kept, []);
      assert.deepEqual(left(world), ['runs/t01']);
    }));

  it('deletes work only when it is named with exactly what would be lost', () =>
    withPlan(async (world) => {
      await failedRun(world, { lost: work });
      const clean = (digest: string | null) =>
        world.room.worktrees.clean({ allMerged: false, discard: [{ id: 'runs/t01', digest }] });
      for (const digest of [null, 'd0']) {
        const { removed, kept } = await clean(digest);
        assert.deepEqual([removed.length, kept.length], [0, 1]);
        assert.deepEqual(left(world), ['runs/t01']);
      }
      assert.equal((await clean('d1')).removed.length, 1);
      assert.deepEqual(left(world), []);
    }));

  it('keeps what is live, even when it is named', () =>
    withPlan(async (world) => {
      const gate = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      const path = world.run('T01').worktree_path ?? '';
      world.repository.own = [worktree('runs/t01', { path, lost: work })];
      const discard = [{ id: 'runs/t01', digest: 'd1' }];
      const { kept } = await world.room.worktrees.clean({ allMerged: false, discard });
      assert.match(kept[0]?.reason ?? '', /A run of T01 goes on/);
      gate.release();
      await world.ended(execution);
      assert.deepEqual(left(world), ['runs/t01']);
    }));

  it('keeps what has become live while all were looked at', () =>
    withPlan(async (world) => {
      const { repository } = world;
      const own = worktree('runs/t09-1234');
      repository.own = [own];
      const inspect = repository.inspectWorktree.bind(repository);
      repository.inspectWorktree = async (one) => {
        const found = await inspect(one);
        own.inUse = true;
        return found;
      };
      const { kept } = await world.room.worktrees.clean({ allMerged: true, discard: [] });
      assert.match(kept[0]?.reason ?? '', /being done in it/);
      assert.deepEqual(left(world), ['runs/t09-1234']);
    }));

  it('names an id that is none, and does nothing then', () =>
    withPlan(async (world) => {
      world.repository.own = [worktree('runs/verify-t01')];
      const discard = [{ id: 'runs/nowhere', digest: null }];
      await assert.rejects(
        world.room.worktrees.clean({ allMerged: true, discard }),
        (error) => RunsheetError.is(error, 'not_found') && error.message.includes('runs/nowhere'),
      );
      assert.deepEqual(left(world), ['runs/verify-t01']);
    }));
});
