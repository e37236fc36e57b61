import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ReplayReader, type ReplayedRun } from '../../../src/runs/replay-reader';
import { assertReplays } from '../../support/assert-replays';
import { completed } from '../../support/fake-agent';
import { withPlan } from '../../support/one-run';
import type { RunsWorld } from '../../support/runs-world';

function read(world: RunsWorld): Promise<ReplayedRun> {
  return new ReplayReader(world.store, world.room.recorder).read(world.run('T01').id);
}

/** Changes rows behind the engine's back, looks, and puts back what the world compares at its end. */
async function tampered(world: RunsWorld, change: string, back: string): Promise<ReplayedRun> {
  // The schema itself lets nobody do this; a damaged file may hold anything.
  for (const guard of ['runs_ended', 'events_no_update'])
    world.store.connection.exec(`DROP TRIGGER IF EXISTS ${guard}`);
  world.store.connection.exec(change);
  const seen = await read(world);
  await assert.rejects(assertReplays(world.store, world.room.recorder), /run /);
  world.store.connection.exec(back);
  return seen;
}

const longOutput = 'x'.repeat(10_000);

describe('a run that is rebuilt from its events', () => {
  it('equals its rows', () =>
    withPlan(async (world) => {
      await world.carryOut();
      const { told, stored, gaps, differences } = await read(world);
      assert.deepEqual([gaps, differences], [[], []]);
      assert.deepEqual(told.run, stored.run);
      assert.deepEqual(
        [told.run.outcome, told.run.verdict, told.run.agent, told.run.turns],
        ['completed', 'passed', 'fake', world.run('T01').turns_used],
      );
      assert.equal(told.run.merge, world.run('T01').merge_commit);
      assert.deepEqual(
        told.verifications.map(({ tree, verdict, checks }) => [tree, verdict, checks]),
        [
          ['worktree', 'passed', ['passed']],
          ['merged', 'passed', ['passed']],
        ],
      );
    }));

  it('shows a row that was changed by somebody else', () =>
    withPlan(async (world) => {
      await world.carryOut();
      const { differences } = await tampered(
        world,
        'UPDATE runs SET tokens_in = tokens_in + 5',
        'UPDATE runs SET tokens_in = tokens_in - 5',
      );
      assert.deepEqual(differences, [{ what: 'run.tokensIn', told: '0', stored: '5' }]);
    }));

  it('shows a hole in its story', () =>
    withPlan(async (world) => {
      await world.carryOut();
      const { gaps } = await tampered(
        world,
        'UPDATE events SET sequence = sequence + 1000 WHERE sequence > 3',
        'UPDATE events SET sequence = sequence - 1000 WHERE sequence > 1000',
      );
      assert.deepEqual(gaps, ['Events 4 to 1003 are missing.']);
    }));

  it('shows an artifact that is gone, and still tells the rest', () =>
    withPlan(async (world) => {
      world.agent.script('T01', async (_task, host) => {
        await host.onEvent({
          ...{ type: 'tool_result', toolCallId: 'c', title: 'Read', status: 'completed' },
          output: longOutput,
        });
        return completed;
      });
      await world.carryOut();
      const artifacts = join(world.workspace, '.runsheet', 'artifacts');
      assert.deepEqual((await read(world)).gaps, []);
      await rename(artifacts, `${artifacts}.away`);
      const { gaps, differences } = await read(world);
      await rename(`${artifacts}.away`, artifacts);
      assert.equal(gaps.length, 1);
      assert.match(gaps[0] ?? '', /^An artifact \(log\) cannot be read: .* is gone\.$/);
      assert.deepEqual(differences, []);
      const pruned = await tampered(
        world,
        "UPDATE artifacts SET storage = 'pruned' WHERE storage = 'file'",
        "UPDATE artifacts SET storage = 'file' WHERE storage = 'pruned'",
      );
      assert.match(pruned.gaps[0] ?? '', /\(tool_result\) told in full was cleared away\.$/);
    }));
});
