import assert from 'node:assert/strict';
import { z } from 'zod';
import { RunsheetError } from '../../../src/model/errors';
import { permissions } from '../../../src/store/repositories/permissions';
import type { CommandOptions, Store } from '../../../src/store/store';
import type { Command } from '../../../src/store/command';
import { aborted, checkResult, completed, held, question } from '../../support/fake-agent';
import type { RunsWorld } from '../../support/runs-world';
import { person } from '../../support/runs-world';
import { until } from '../../support/until';
import { plan, withPlan, endOf, attempts, merged } from '../../support/one-run';

describe('the set-up command of a run', () => {
  const text = `---
setup: npm ci
---

- [ ] T01 Build it
  - check: npm test
`;

  it('runs before the agent, and its failure is told', () =>
    withPlan(async (world) => {
      world.checks.byCommand({ 'npm ci': 'failed' });
      await world.carryOut();
      const { code, status, reason } = endOf(world);
      assert.deepEqual([code, status], ['setup', 'needs_attention']);
      assert.match(reason, /set-up command failed/);
      assert.deepEqual(world.agent.begun, []);
      assert.equal(attempts(world), 0);
    }, text));

  it('runs in the merged tree, too, before that is checked', () =>
    withPlan(async (world) => {
      await world.carryOut();
      const branch = world.repository.branch;
      const where = world.checks.ran.map(({ validator, context }) => [
        validator.id === 'setup' ? 'setup' : 'check',
        context.directory === branch.path ? 'merged' : 'worktree',
      ]);
      assert.deepEqual(where, [
        ['setup', 'worktree'],
        ['check', 'worktree'],
        ['setup', 'merged'],
        ['check', 'merged'],
      ]);
    }, text));
});

describe('stopping a run', () => {
  /** Where the run is when it is stopped: it reaches `arrive` and goes on only when stopped. */
  const phases: Readonly<
    Record<string, (world: RunsWorld, arrive: () => void) => void | Promise<void>>
  > = {
    'set-up': (world, arrive) => {
      world.checks.answer = async ({ id }, { signal }) => {
        if (id !== 'setup') return checkResult('passed');
        arrive();
        await aborted(signal);
        return checkResult('skipped');
      };
    },
    agent: (world, arrive) => {
      world.agent.script('T01', async (_task, _host, signal) => {
        arrive();
        await aborted(signal);
        return { kind: 'cancelled' };
      });
    },
    'the end of its agent': (world, arrive) => {
      world.agent.script('T01', async (_task, _host, signal) => {
        arrive();
        await aborted(signal);
        return completed;
      });
    },
    'a failing agent': (world, arrive) => {
      world.agent.script('T01', async (_task, _host, signal) => {
        arrive();
        await aborted(signal);
        throw new Error('killed');
      });
    },
    'checks in its worktree': (world, arrive) => {
      world.checks.answer = async ({ id }, { signal }) => {
        if (id === 'setup') return checkResult('passed');
        arrive();
        await aborted(signal);
        return checkResult('skipped');
      };
    },
    'checks that passed at the last moment': (world, arrive) => {
      world.checks.answer = async ({ id }, { signal }) => {
        if (id === 'setup') return checkResult('passed');
        arrive();
        await aborted(signal);
        return checkResult('passed');
      };
    },
    'checks of the merged tree': (world, arrive) => {
      world.checks.answer = async (_validator, { directory, signal }) => {
        if (directory !== world.repository.branch.path) return checkResult('passed');
        arrive();
        await aborted(signal);
        return checkResult('passed');
      };
    },
  };
  const text = `---
setup: npm ci
---

- [ ] T01 Build it
  - check: npm test
`;
  for (const [phase, prepare] of Object.entries(phases)) {
    it(`during ${phase} cancels it; nothing is merged and no attempt is used`, () =>
      withPlan(async (world) => {
        const arrived = held();
        await prepare(world, arrived.open);
        const execution = await world.start();
        await arrived.opened;
        await world.room.state.settled();
        const stopped = await world.room.service.stop({ runId: world.run('T01').id }, person);
        assert.equal(stopped, 1);
        await world.ended(execution);
        const { outcome, status } = endOf(world);
        assert.deepEqual([outcome, status], ['cancelled', 'pending']);
        assert.equal(merged(world), 0);
        assert.equal(attempts(world), 0);
      }, text));
  }

  it('while it waits for its turn to merge cancels it', () =>
    withPlan(async (world) => {
      const turn = held();
      const arrived = held();
      const execution = await world.start();
      world.repository.branch.beforeMerge = async () => {
        arrived.open();
        await turn.opened;
      };
      await arrived.opened;
      await world.room.service.stop({ runId: world.run('T01').id }, person);
      turn.open();
      await world.ended(execution);
      assert.deepEqual([endOf(world).outcome, endOf(world).status], ['cancelled', 'pending']);
      assert.equal(merged(world), 0);
    }));

  it('while its agent asks a person closes the question', () =>
    withPlan(async (world) => {
      world.agent.script('T01', async (_task, host, signal) => {
        await host.onPermission(question(), signal);
        return { kind: 'cancelled' };
      });
      const execution = await world.start();
      await until(() => world.room.state.permissions.length === 1);
      await world.room.service.stop({ executionId: execution.id }, person);
      await world.room.state.settled();
      assert.deepEqual(await world.store.query(permissions.allOpen, undefined), []);
      assert.equal(endOf(world).outcome, 'cancelled');
    }));
});

describe('a run whose engine lost the database', () => {
  it('ends without another word, and nothing more is started', async () => {
    let lost = false;
    const losing = (store: Store): Store => ({
      query: (query, input) => store.query(query, input),
      onChanges: (listener) => store.onChanges(listener),
      close: () => store.close(),
      command<I, O>(command: Command<I, O>, input: I, options: CommandOptions): Promise<O> {
        if (lost) return Promise.reject(new RunsheetError('ownership_lost', 'Another engine.'));
        return store.command(command, input, options);
      },
    });
    await withPlan(
      async (world) => {
        world.agent.script('T01', async () => {
          lost = true;
          return completed;
        });
        await world.start();
        await until(() => lost && !world.room.executor.isBusy());
        const row = world.store.connection.get(
          z.object({ state: z.string() }),
          'SELECT state FROM runs',
        );
        assert.equal(row?.state, 'running');
        assert.deepEqual(world.agent.begun, ['T01']);
      },
      `${plan}- [ ] T02 Next\n  - depends: T01\n  - check: npm test\n`,
      { store: losing },
    );
  });
});
