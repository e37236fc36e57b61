import assert from 'node:assert/strict';
import { RunsheetError } from '../../../src/model/errors';
import { plan, withPlan } from '../../support/carried-out-plan';
import { held } from '../../support/fake-agent';
import { person, type RunsWorld } from '../../support/runs-world';
import { valuesOf } from '../../support/plan-rows';

const two = plan({ T01: [], T02: ['depends: T01'] });

function target(world: RunsWorld, part: { subtasks?: string[]; phases?: string[] } = {}) {
  const { planId } = world.plan().entry;
  return { planId, subtasks: part.subtasks ?? null, phases: part.phases ?? null };
}

async function storyOf(world: RunsWorld, key: string): Promise<string[]> {
  const { id } = world.run(key);
  const rows = valuesOf(
    world.store,
    `SELECT event_type, actor FROM events WHERE run_id = '${id}' ORDER BY sequence`,
  );
  return rows.map((row) => JSON.stringify(row));
}

describe('a plan that is paused', () => {
  it('starts nothing more, freezes what runs, and goes on as if no time had passed', () =>
    withPlan(two, async (world) => {
      const hold = world.agent.hold('T01');
      const row = await world.start();
      await world.untilBegun('T01');
      const { pauses } = world.room;
      assert.equal(await pauses.pause(target(world), 'Lunch.', person), 1);
      await world.settled(() => world.run('T01').state === 'paused');
      assert.equal(world.agent.tasks[0]?.pause.isPaused, true);
      assert.equal(world.execution(row).state, 'paused');
      await world.clock.pass(60_000);
      assert.equal(await pauses.resume(target(world), '', person), 1);
      await world.settled(() => world.run('T01').state === 'running');
      assert.equal(world.run('T01').paused_ms, 60_000);
      assert.equal(world.agent.tasks[0].pause.isPaused, false);
      hold.release();
      assert.equal((await world.ended(row)).state, 'completed');
      const story = (await storyOf(world, 'T01')).join('\n');
      assert.match(story, /"paused".*person:ada/);
      assert.match(story, /"resumed".*person:ada/);
    }));

  it('starts nothing while it is paused, also under a new engine', () =>
    withPlan(two, async (world) => {
      const hold = world.agent.hold('T01');
      const row = await world.start();
      await world.untilBegun('T01');
      await world.room.pauses.pause(target(world), '', person);
      await world.startEngine();
      hold.release();
      await world.room.service.resume();
      await world.decide('T01', 'accept');
      await world.room.state.settled();
      assert.deepEqual(world.agent.begun, ['T01']);
      assert.equal(world.execution(row).state, 'paused');
      await world.room.pauses.resume(target(world), '', person);
      assert.equal((await world.ended(row)).state, 'completed');
      assert.deepEqual(world.agent.begun, ['T01', 'T02']);
    }));

  it('holds work that is between its agent and its merge', () =>
    withPlan(two, async (world) => {
      const checking = held();
      const reached = held();
      const { answer } = world.checks;
      world.checks.answer = async (...args) => {
        reached.open();
        await checking.opened;
        return answer(...args);
      };
      const row = await world.start();
      await reached.opened;
      await world.room.pauses.pause(target(world), '', person);
      checking.open();
      await world.room.state.settled();
      assert.deepEqual(
        [...world.repository.branches.values()].flatMap(({ merged }) => merged),
        [],
      );
      await world.room.pauses.resume(target(world), '', person);
      assert.equal((await world.ended(row)).state, 'completed');
    }));

  it('begins none of the checks that are left', () =>
    withPlan(plan({ T01: ['check: one', 'check: two'] }), async (world) => {
      const { answer } = world.checks;
      const asked: string[] = [];
      const paused = held();
      world.checks.answer = async (validator, ...rest) => {
        asked.push(validator.id);
        if (asked.length === 1) {
          await world.room.pauses.pause(target(world), '', person);
          paused.open();
        }
        return answer(validator, ...rest);
      };
      const row = await world.start();
      await paused.opened;
      await world.room.state.settled();
      assert.equal(asked.length, 1);
      await world.room.pauses.resume(target(world), '', person);
      assert.equal((await world.ended(row)).state, 'completed');
      assert.equal(new Set(asked).size, 3);
    }));

  it('keeps nobody from merging', () =>
    withPlan(plan({ T01: ['check: one'], T02: ['check: two'] }), async (world) => {
      const { answer } = world.checks;
      const merging = held();
      const paused = held();
      let ones = 0;
      // Two in its worktree, and the first of two on the merged tree.
      const firstMerged = 3;
      world.checks.answer = async (validator, context, ...rest) => {
        if (context.values['subtask_key'] === 'T02') await merging.opened;
        else if (++ones === firstMerged) {
          await world.room.pauses.pause(target(world, { subtasks: ['T01'] }), '', person);
          merging.open();
          paused.open();
        }
        return answer(validator, context, ...rest);
      };
      const row = await world.start();
      await paused.opened;
      await world.settled(() => world.subtask('T02').proof === 'proven');
      assert.equal((await world.ended(row)).state, 'completed');
    }));

  it('is refused when nothing of it runs', () =>
    withPlan(two, async (world) => {
      await assert.rejects(world.room.pauses.pause(target(world), '', person), (error) =>
        RunsheetError.is(error, 'not_ready'),
      );
    }));
});

describe('a subtask or phase that is paused', () => {
  it('is not started, with who and why, while the rest goes on', () =>
    withPlan(plan({ T01: [], T02: [] }), async (world) => {
      await world.room.pauses.pause(target(world, { subtasks: ['T01'] }), 'Not yet.', person);
      const row = await world.start();
      assert.match(await world.waits(row), /T01: It was paused by ada \(Not yet\.\)\./);
      assert.deepEqual(world.agent.begun, ['T02']);
      assert.equal(
        await world.room.pauses.resume(target(world, { subtasks: ['T01'] }), '', person),
        1,
      );
      assert.equal((await world.ended(row)).state, 'completed');
    }));

  it('freezes with its phase', () =>
    withPlan(`## One\n\n${two}`, async (world) => {
      const hold = world.agent.hold('T01');
      const row = await world.start();
      await world.untilBegun('T01');
      const phase = target(world, { phases: ['One'] });
      await world.room.pauses.pause(phase, '', person);
      await world.settled(() => world.run('T01').state === 'paused');
      await world.room.pauses.resume(phase, '', person);
      await world.settled(() => world.run('T01').state === 'running');
      hold.release();
      assert.equal((await world.ended(row)).state, 'completed');
    }));

  it('can be stopped while it stands still', () =>
    withPlan(two, async (world) => {
      world.agent.hold('T01');
      const row = await world.start();
      await world.untilBegun('T01');
      await world.room.pauses.pause(target(world), '', person);
      await world.settled(() => world.run('T01').state === 'paused');
      await world.room.service.stop({ executionId: row.id }, person);
      await world.room.state.settled();
      assert.equal(world.run('T01').outcome, 'cancelled');
      assert.equal(world.execution(row).state, 'cancelled');
    }));
});
