import assert from 'node:assert/strict';
import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { ArtifactFiles } from '../../../src/store/artifact-files';
import { artifacts } from '../../../src/store/repositories/events';
import { checkResult } from '../../support/fake-agent';
import { withPlan } from '../../support/one-run';
import type { RunsWorld } from '../../support/runs-world';

const day = 24 * 3_600_000;
const large = (letter: string): string => letter.repeat(10_000);
const folderOf = (world: RunsWorld): string => join(world.workspace, '.runsheet', 'artifacts');
const files = (world: RunsWorld): number => readdirSync(folderOf(world)).length;

/** As if all that lies there had been written at the world's present time. */
function aged(world: RunsWorld): void {
  const at = new Date(world.clock.now());
  for (const name of readdirSync(folderOf(world))) utimesSync(join(folderOf(world), name), at, at);
}

/** Outputs of a run: `a` and `b` of today, `b` once more 40 days later, then `c`. */
async function withOutputs(work: (world: RunsWorld, ids: string[]) => Promise<void>) {
  await withPlan(async (world) => {
    await world.carryOut();
    const { recorder } = world.room;
    const { id } = world.run('T01');
    const keep = (letter: string, type = 'log') => recorder.keep(id, type, large(letter));
    const ids = [await keep('a'), await keep('b')];
    aged(world);
    await world.clock.pass(40 * day);
    ids.push(await keep('b', 'transcript'));
    await world.clock.pass(day);
    ids.push(await keep('c'));
    aged(world);
    await work(world, ids);
  });
}

describe('stored outputs', () => {
  it('are pruned by age unless something newer names the same content; their rows stay', () =>
    withOutputs(async (world, [a = '', b = '', again = '', c = '']) => {
      const old = new Date(world.clock.now() - 41 * day);
      for (const name of readdirSync(folderOf(world)))
        utimesSync(join(folderOf(world), name), old, old);
      const request = { olderThanMs: 30 * day, maxBytes: null };
      const given = await world.room.artifactKeeper.prune(request, 'person:ada');
      assert.deepEqual(given, { files: 1, bytes: 10_000 });
      assert.equal(files(world), 2);
      const { recorder } = world.room;
      assert.equal(await recorder.read(a), null);
      for (const id of [b, again, c]) assert.ok((await recorder.read(id)) !== null);
      assert.equal((await world.store.query(artifacts.byId, a))?.storage, 'pruned');
      assert.deepEqual(await world.room.artifactKeeper.usage(), { files: 2, bytes: 20_000 });
    }));

  it('are pruned down to a size, the oldest first', () =>
    withOutputs(async (world, [a = '', b = '', , c = '']) => {
      await world.clock.pass(1000);
      const request = { olderThanMs: null, maxBytes: 15_000 };
      const given = await world.room.artifactKeeper.prune(request, 'person:ada');
      assert.deepEqual(given, { files: 2, bytes: 20_000 });
      const { recorder } = world.room;
      const left = await Promise.all([a, b, c].map((id) => recorder.read(id)));
      assert.deepEqual(
        left.map((text) => text?.length ?? null),
        [null, null, 10_000],
      );
    }));

  it('keep a file that was asked for a moment ago: a row may be on its way to it', () =>
    withOutputs(async (world, [a = '']) => {
      // The same content again: its row is newer, its file was touched.
      await world.room.recorder.keep(world.run('T01').id, 'metric', large('a'));
      const request = { olderThanMs: 30 * day, maxBytes: null };
      await world.room.artifactKeeper.prune(request, 'person:ada');
      assert.equal((await world.room.recorder.read(a))?.length, 10_000);
    }));

  it('that no row names are given back with the next pruning, unless they are young', () =>
    withPlan(async (world) => {
      const stored = new ArtifactFiles(folderOf(world));
      await stored.write(Buffer.from(large('x')));
      aged(world);
      const request = { olderThanMs: 30 * day, maxBytes: null };
      const prune = () => world.room.artifactKeeper.prune(request, 'person:ada');
      assert.deepEqual(await prune(), { files: 0, bytes: 0 });
      await world.clock.pass(2 * 3_600_000);
      assert.deepEqual(await prune(), { files: 1, bytes: 10_000 });
      assert.equal(files(world), 0);
    }));

  it('of checks without a run are not stored, as no row could name them', () =>
    withPlan(async (world) => {
      await world.carryOut();
      const before = existsSync(folderOf(world)) ? files(world) : 0;
      world.checks.answer = async () => ({ ...checkResult('passed'), output: large('y') });
      const { planId } = world.plan().entry;
      await world.room.service.verify(planId, 'T01', 'person:ada');
      assert.equal(existsSync(folderOf(world)) ? files(world) : 0, before);
    }));
});
