import assert from 'node:assert/strict';
import { RunsheetError } from '../../../src/model/errors';
import { person } from '../../support/runs-world';
import { until } from '../../support/until';
import { withPlan, plan, gated, gateOf, decide } from '../../support/carried-out-plan';

describe('an execution', () => {
  it('starts what depends on something only when that is done', () =>
    withPlan(plan({ T01: ['depends: T02'], T02: [], T03: ['depends: T01'] }), async (world) => {
      const execution = await world.carryOut();
      assert.deepEqual(world.agent.begun, ['T02', 'T01', 'T03']);
      assert.equal(execution.state, 'completed');
      assert.equal(execution.message, '3 proven of 3.');
    }));

  it('runs side by side what it may, and no more than its workers', () =>
    withPlan(plan({ T01: [], T02: [], T03: [], T04: [] }), async (world) => {
      const holds = ['T01', 'T02', 'T03', 'T04'].map((id) => world.agent.hold(id));
      const execution = await world.start({ workers: 2 });
      await until(() => world.agent.working === 2);
      for (const hold of holds) hold.release();
      await world.ended(execution);
      assert.equal(world.agent.most, 2);
      assert.equal(world.agent.begun.length, 4);
    }));

  it('takes the number of workers from the plan when nobody asks for another', () =>
    withPlan(plan({ T01: [], T02: [], T03: [] }, '---\nworkers: 1\n---\n\n'), async (world) => {
      await world.carryOut();
      assert.equal(world.agent.most, 1);
    }));

  it('keeps apart what names the same file', () =>
    withPlan(
      plan({ T01: ['files: src/a.ts'], T02: ['files: src/'], T03: ['files: b.ts'] }),
      async (world) => {
        const first = world.agent.hold('T01');
        const third = world.agent.hold('T03');
        const execution = await world.start();
        await world.untilBegun('T01', 'T03');
        third.release();
        await until(() => world.subtask('T03').status === 'done');
        assert.deepEqual(world.agent.begun.includes('T02'), false);
        first.release();
        await world.ended(execution);
        assert.equal(world.agent.begun.at(-1), 'T02');
      },
    ));

  it('tells an agent what the subtask depends on', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      await world.carryOut();
      assert.match(world.agent.tasks[1]?.prompt ?? '', /- T01: Do T01 \(proven\)/);
    }));

  it('stands still at a gate, and goes on when a person has approved it', () =>
    withPlan(gated, async (world) => {
      const execution = await world.start();
      assert.match(await world.waits(execution), /Waits for the gate "Look first"/);
      assert.deepEqual(world.agent.begun, ['T01']);
      await decide(world, 'approve');
      assert.equal((await world.ended(execution)).state, 'completed');
      assert.deepEqual(world.agent.begun, ['T01', 'T02']);
    }));

  it('ends when its gate is rejected, and names it', () =>
    withPlan(gated, async (world) => {
      const execution = await world.start();
      await world.waits(execution);
      await decide(world, 'reject', 'Not like this.');
      const { state, message } = await world.ended(execution);
      assert.equal(state, 'failed');
      assert.match(message ?? '', /[Rr]ejected.*"Look first"/);
      assert.deepEqual(world.agent.begun, ['T01']);
    }));

  it('is not complete before the gate behind its last subtask', () =>
    withPlan(`${plan({ T01: [] })}- gate: Ship it\n`, async (world) => {
      const execution = await world.start();
      assert.match(await world.waits(execution), /"Ship it"/);
      await decide(world, 'approve');
      assert.equal((await world.ended(execution)).state, 'completed');
    }));

  it('does not wait for a gate that its own part has nothing to do with', () =>
    withPlan(plan({ T01: ['gate: Look first'], T02: ['depends: T01'], T03: [] }), async (world) => {
      await world.carryOut({ subtasks: ['T01'] });
      await until(() => gateOf(world).state === 'open');
      world.checks.byCommand({ 'npm test': 'failed' });
      const execution = await world.carryOut({ subtasks: ['T03'] });
      assert.equal(execution.state, 'failed');
      assert.match(execution.message ?? '', /T03 \(failed\)/);
    }));

  it('says what is not done and why', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      const { state, message } = await world.carryOut();
      assert.equal(state, 'failed');
      assert.equal(message, '2 not done. T01 (failed): npm test failed.');
    }));

  it('names what can never start', () =>
    withPlan(plan({ T01: ['depends: T99'] }), async (world) => {
      const { state, message } = await world.carryOut();
      assert.equal(state, 'failed');
      assert.match(message ?? '', /T01 \(pending\): It depends on T99, which is not in the plan/);
    }));

  it('is complete without its optional subtasks', () =>
    withPlan(plan({ T01: [], T02: ['optional: yes'] }), async (world) => {
      world.agent.script('T02', async () => {
        return { kind: 'failed', code: 'exit_code', message: 'no', exitCode: 1 };
      });
      const execution = await world.carryOut();
      assert.deepEqual(world.statuses(), ['T01 proven', 'T02 failed']);
      assert.equal(execution.state, 'completed');
    }));

  it('fails when an optional subtask that was asked for by name fails', () =>
    withPlan(plan({ T01: [], T02: ['optional: yes'] }), async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      const execution = await world.carryOut({ subtasks: ['T02'] });
      assert.equal(execution.state, 'failed');
    }));

  it('starts only the phase or the subtasks that were asked for', () =>
    withPlan(`${plan({ T01: [] })}\n## Second\n\n${plan({ T02: [], T03: [] })}`, async (world) => {
      assert.equal((await world.carryOut({ subtasks: ['T01'] })).state, 'completed');
      assert.deepEqual(world.agent.begun, ['T01']);
      assert.equal((await world.carryOut({ phases: ['Second'] })).state, 'completed');
      assert.deepEqual(world.agent.begun.toSorted(), ['T01', 'T02', 'T03']);
    }));

  it('completes the plan, and a failure leaves the plan failed until it is started again', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      await world.carryOut();
      assert.equal(world.plan().plan.state, 'failed');
      world.checks.byCommand({});
      const execution = await world.start({ subtasks: ['T01'] });
      assert.equal(world.plan().plan.state, 'active');
      await world.ended(execution);
      assert.equal(world.plan().plan.state, 'completed');
    }));
});

describe('stopping', () => {
  const two = plan({ T01: [], T02: [] });

  it('one run lets the others go on, and does not start it again', () =>
    withPlan(two, async (world) => {
      world.agent.hold('T01');
      const other = world.agent.hold('T02');
      const execution = await world.start();
      await world.untilBegun('T01', 'T02');
      await world.room.state.settled();
      assert.equal(await world.room.service.stop({ runId: world.run('T01').id }, person), 1);
      await until(() => world.subtask('T01').status === 'pending');
      other.release();
      const { state, message } = await world.ended(execution);
      assert.deepEqual(world.statuses(), ['T01 pending', 'T02 proven']);
      assert.deepEqual(world.agent.begun.toSorted(), ['T01', 'T02']);
      assert.equal(state, 'failed');
      assert.match(message ?? '', /T01 \(pending\): Its run was stopped\./);
    }));

  it('a run that has ended does nothing to the one that followed it', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      await world.carryOut();
      const first = world.run('T01').id;
      world.checks.byCommand({});
      const hold = world.agent.hold('T01');
      const execution = await world.start({ subtasks: ['T01'] });
      await until(() => world.agent.begun.length === 2);
      assert.equal(await world.room.service.stop({ runId: first }, person), 0);
      hold.release();
      assert.equal((await world.ended(execution)).state, 'completed');
    }));

  it('an execution ends all its runs and starts nothing more', () =>
    withPlan(plan({ T01: [], T02: [], T03: ['depends: T01'] }), async (world) => {
      world.agent.hold('T01');
      world.agent.hold('T02');
      const execution = await world.start();
      await world.untilBegun('T01', 'T02');
      const stopped = await world.room.service.stop({ executionId: execution.id }, person);
      assert.equal(stopped, 2);
      const end = await world.ended(execution);
      assert.deepEqual([end.state, end.message], ['cancelled', 'Stopped.']);
      assert.deepEqual(world.statuses(), ['T01 pending', 'T02 pending', 'T03 pending']);
      assert.equal(world.agent.working, 0);
    }));

  it('one execution does not wait for the runs of another', () =>
    withPlan(two, async (world) => {
      const other = world.agent.hold('T01');
      world.agent.hold('T02');
      const first = await world.start({ subtasks: ['T01'] });
      const second = await world.start({ subtasks: ['T02'] });
      await world.untilBegun('T01', 'T02');
      assert.equal(await world.room.service.stop({ executionId: second.id }, person), 1);
      assert.equal(world.agent.working, 1);
      other.release();
      assert.equal((await world.ended(first)).state, 'completed');
    }));

  it('everything ends every execution', () =>
    withPlan(two, async (world) => {
      world.agent.hold('T01');
      world.agent.hold('T02');
      const executions = [
        await world.start({ subtasks: ['T01'] }),
        await world.start({ subtasks: ['T02'] }),
      ];
      await world.untilBegun('T01', 'T02');
      assert.equal(await world.room.service.stop({}, person), 2);
      for (const row of executions) assert.equal((await world.ended(row)).state, 'cancelled');
    }));

  it('a run that is unknown is an error that says so', () =>
    withPlan(two, async (world) => {
      await assert.rejects(world.room.service.stop({ runId: 'x' }, person), (error) =>
        RunsheetError.is(error, 'not_found'),
      );
    }));
});

describe('two executions of one plan', () => {
  it('wait for each other where one needs what the other works on', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      const hold = world.agent.hold('T01');
      const first = await world.start({ subtasks: ['T01'] });
      await world.untilBegun('T01');
      const second = await world.start({ subtasks: ['T02'] });
      await world.room.state.settled();
      assert.equal(world.execution(second).ended_at, null);
      hold.release();
      assert.equal((await world.ended(first)).state, 'completed');
      assert.equal((await world.ended(second)).state, 'completed');
      assert.deepEqual(world.statuses(), ['T01 proven', 'T02 proven']);
    }));

  it('end each when its own part is over', () =>
    withPlan(plan({ T01: [], T02: [] }), async (world) => {
      const hold = world.agent.hold('T01');
      const first = await world.start({ subtasks: ['T01'] });
      await world.untilBegun('T01');
      const second = await world.start({ subtasks: ['T02'] });
      await until(() => world.execution(second).ended_at !== null, 'the end of the second');
      assert.equal(world.execution(second).state, 'completed');
      hold.release();
      await world.ended(first);
    }));

  it('never run a subtask twice at the same time', () =>
    withPlan(plan({ T01: [], T02: [] }), async (world) => {
      const hold = world.agent.hold('T01');
      const first = await world.start();
      await world.untilBegun('T01');
      await assert.rejects(world.start({ subtasks: ['T01'] }), (error) =>
        RunsheetError.is(error, 'not_ready'),
      );
      const second = await world.start();
      hold.release();
      await world.ended(first);
      await world.ended(second);
      assert.deepEqual(world.agent.begun.toSorted(), ['T01', 'T02']);
    }));
});
