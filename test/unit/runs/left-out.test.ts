import assert from 'node:assert/strict';
import { needViews } from '../../../src/server/needs';
import { planView } from '../../../src/server/views';
import { plan, withPlan } from '../../support/carried-out-plan';
import { checkResult } from '../../support/fake-agent';
import type { RunsWorld } from '../../support/runs-world';

const without = (text: string, ...ids: string[]) =>
  ids.reduce((all, id) => all.replace(`[ ] ${id}`, `[-] ${id}`), text);

const countsOf = (world: RunsWorld) => {
  const view = planView(world.plan(), world.room.state, 0);
  const { done, total, leftOut } = view.counts;
  return { state: view.state, done, total, leftOut };
};

describe('what the file leaves out', () => {
  const twoPhases = `## First\n\n${plan({ T01: [], T02: [] })}\n## Second\n\n${plan({ T03: [] })}`;

  it('is neither done nor open: the rest completes the plan, and the message names it', () =>
    withPlan(without(twoPhases, 'T01'), async (world) => {
      const { state, message } = await world.carryOut();
      assert.equal(message, "2 proven of 2, 1 left out by the plan's file: T01.");
      assert.equal(state, 'completed');
      assert.deepEqual(world.agent.begun, ['T02', 'T03']);
      assert.equal(world.subtask('T01').status, 'pending');
      assert.deepEqual(countsOf(world), { state: 'completed', done: 2, total: 2, leftOut: 1 });
      assert.deepEqual(
        world.plan().phases.map((phase) => phase.status),
        ['done', 'done'],
      );
    }));

  it('holds up what is declared to depend on it, until a person skips it', () =>
    withPlan(without(plan({ T01: [], T02: ['depends: T01'] }), 'T01'), async (world) => {
      const { state, message } = await world.carryOut();
      assert.equal(state, 'failed');
      assert.equal(
        message,
        '1 not done. T02 (pending): It waits for T01, which its file leaves out (its mark is [-]): skip T01 with a reason, or change the file.',
      );
      await world.decide('T01', 'skip', 'Not in this release.');
      const after = await world.carryOut();
      assert.equal(after.message, '1 proven, 1 skipped of 2.');
      assert.deepEqual(countsOf(world), { state: 'completed', done: 1, total: 2, leftOut: 0 });
    }));

  it('is not started when it is asked for by name, and the message says what to change', () =>
    withPlan(without(plan({ T01: [] }), 'T01'), async (world) => {
      const { state, message } = await world.carryOut({ subtasks: ['T01'] });
      assert.equal(state, 'failed');
      assert.match(message ?? '', /T01 .*Its file leaves it out: its mark is \[-\]\. To have it/);
      assert.deepEqual(world.agent.begun, []);
    }));

  it('is started once the file says otherwise', () =>
    withPlan(without(plan({ T01: [] }), 'T01'), async (world) => {
      assert.match((await world.carryOut()).message ?? '', /^0 proven of 0, 1 left out/);
      await world.edit(plan({ T01: [] }));
      assert.equal((await world.carryOut()).message, '1 proven of 1.');
    }));

  it('waits for nobody, where it had failed before', () =>
    withPlan(plan({ T01: [], T02: [] }), async (world) => {
      world.checks.answer = async () => checkResult('failed');
      assert.equal((await world.carryOut({ subtasks: ['T01'] })).state, 'failed');
      const needs = () => needViews(world.room.state, world.room.desks.open);
      const before = needs();
      assert.deepEqual(
        before.map(({ kind }) => kind),
        ['attention'],
      );
      await world.edit(without(plan({ T01: [], T02: [] }), 'T01'));
      assert.deepEqual(needs(), []);
      world.checks.answer = async () => checkResult('passed');
      assert.match((await world.carryOut()).message ?? '', /^1 proven of 1, 1 left out/);
    }));
});
