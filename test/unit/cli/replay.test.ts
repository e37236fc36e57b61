import assert from 'node:assert/strict';
import { z } from 'zod';
import { replayCommand } from '../../../src/cli/replay';
import type { EngineClient } from '../../../src/protocol/engine-client';
import { completed } from '../../support/fake-agent';
import { EngineWorld } from '../../support/engine-world';
import { planPath, type RunsWorld } from '../../support/runs-world';

interface Replayed {
  code: number;
  lines: string[];
}

const text = '- [ ] T01 One\n  - check: npm test\n';

function withRun(
  work: (world: RunsWorld, replay: (json?: boolean) => Promise<Replayed>) => Promise<void>,
): Promise<void> {
  return EngineWorld.with({ [planPath]: text }, async (engine) => {
    const { world } = engine;
    using client = await engine.connect();
    await engine.passing(world.carryOut());
    await work(world, (json = false) => replayed(client, world.run('T01').id, json));
  });
}

async function replayed(client: EngineClient, runId: string, json: boolean): Promise<Replayed> {
  let out = '';
  const io = { stdout: (more: string) => void (out += more), stderr: () => undefined, cwd: '/' };
  const code = await replayCommand({ client, io, json }, runId);
  return { code, lines: out.trimEnd().split('\n') };
}

const answer = z.object({
  run: z.object({ outcome: z.string(), merge: z.string() }),
  verifications: z.array(z.object({ tree: z.string(), checks: z.array(z.string()) })),
  gaps: z.array(z.string()),
  differences: z.array(z.unknown()),
  intact: z.boolean(),
  events: z.array(z.object({ sequence: z.int(), type: z.string() })),
});

describe('runsheet replay', () => {
  it('tells the story, the state in the end, and that nothing is missing', () =>
    withRun(async (_world, replay) => {
      const { code, lines } = await replay();
      assert.equal(code, 0);
      assert.match(lines[0] ?? '', /^1 \S+ dispatched attempt 1 · fake/);
      assert.ok(lines.includes('outcome: completed'));
      assert.ok(lines.includes('verdict: passed'));
      assert.ok(
        lines.some((line) => /^verification of the merged \S+: passed \(passed\)/.test(line)),
      );
      assert.equal(lines.at(-1), 'The story is intact.');
    }));

  it('gives all of it as JSON', () =>
    withRun(async (world, replay) => {
      const { code, lines } = await replay(true);
      assert.equal(code, 0);
      const given = answer.parse(JSON.parse(lines.join('\n')));
      assert.equal(given.run.merge, world.run('T01').merge_commit);
      assert.deepEqual([given.gaps, given.differences, given.intact], [[], [], true]);
      assert.deepEqual(
        given.verifications.map(({ tree, checks }) => [tree, ...checks]),
        [
          ['worktree', 'passed'],
          ['merged', 'passed'],
        ],
      );
      assert.deepEqual(
        given.events.map(({ sequence }) => sequence),
        given.events.map((_event, index) => index + 1),
      );
    }));

  it('ends with 1 when the database says something else', () =>
    withRun(async (world, replay) => {
      const { connection } = world.store;
      connection.exec("DROP TRIGGER runs_ended; UPDATE runs SET model = 'another'");
      const { code, lines } = await replay();
      connection.exec('UPDATE runs SET model = NULL');
      assert.equal(code, 1);
      const said = 'difference: run.model is nothing by its events and another in the database';
      assert.ok(lines.includes(said), lines.join('\n'));
    }));

  it('compares nothing while the run goes on', () =>
    EngineWorld.with({ [planPath]: text }, async (engine) => {
      const { world } = engine;
      using client = await engine.connect();
      world.agent.script('T01', async (_task, _host, signal) => {
        const { lines, code } = await replayed(client, world.run('T01').id, false);
        assert.equal(code, 0);
        assert.ok(lines.includes('state: running'), lines.join('\n'));
        assert.ok(lines.includes('The run goes on: nothing is compared yet.'));
        return signal.aborted ? { kind: 'cancelled' } : completed;
      });
      const execution = await engine.passing(world.carryOut());
      assert.equal(execution.state, 'completed');
    }));
});
