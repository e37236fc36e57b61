import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RunsheetError } from '../../../src/model/errors';
import type { GateDecision } from '../../../src/model/status';
import { aborted, checkResult, held } from '../../support/fake-agent';
import { person, planPath, RunsWorld } from '../../support/runs-world';
import { until } from '../../support/until';

const withPlan = (text: string, work: (world: RunsWorld) => Promise<void>): Promise<void> =>
  RunsWorld.with({ [planPath]: text }, work);

/** Subtasks of one phase with a check each; the fields of each come below it. */
function plan(subtasks: Readonly<Record<string, readonly string[]>>, head = ''): string {
  const items = Object.entries(subtasks).map(([id, fields]) =>
    [`- [ ] ${id} Do ${id}`, '  - check: npm test', ...fields.map((field) => `  - ${field}`)].join(
      '\n',
    ),
  );
  return `${head}${items.join('\n')}\n`;
}

const gated = `${plan({ T01: [] })}- gate: Look first

## Second

${plan({ T02: [] })}`;

function gateOf(world: RunsWorld) {
  const [gate] = world.plan().gates;
  assert(gate !== undefined);
  return gate;
}

function decide(world: RunsWorld, decision: GateDecision, reason = '') {
  return world.room.gatekeeper.decide(gateOf(world).id, decision, reason, person);
}

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

describe('a plan that changes while it is carried out', () => {
  it('gets its new subtasks started', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      await world.edit(plan({ T01: [], T02: [] }));
      await world.untilBegun('T02');
      hold.release();
      assert.equal((await world.ended(execution)).state, 'completed');
      assert.deepEqual(world.statuses(), ['T01 proven', 'T02 proven']);
    }));

  it('keeps what runs attached to a subtask whose id was changed', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      await world.edit(
        plan({ T01: [], T02: ['depends: X-1'] }).replace('T01 Do T01', 'X-1 Do T01'),
      );
      hold.release();
      assert.equal((await world.ended(execution)).state, 'completed');
      assert.deepEqual(world.statuses(), ['X-1 proven', 'T02 proven']);
      assert.match(await world.read(), /\[x\] X-1/);
    }));

  it('lets a run end whose subtask was removed', () =>
    withPlan(plan({ T01: [], T02: [] }), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      await world.edit(plan({ T02: [] }));
      hold.release();
      await world.ended(execution);
      assert.deepEqual(world.room.state.liveRuns(), []);
      await world.edit(plan({ T01: [], T02: [] }));
      assert.deepEqual(world.statuses(), ['T01 proven', 'T02 proven']);
    }));

  it('keeps to its last reading while the file is broken, and nothing new is started by a person', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      await world.edit('');
      assert.notEqual(world.plan().entry.problems.length, 0);
      await assert.rejects(world.start(), (error) => RunsheetError.is(error, 'validation'));
      hold.release();
      assert.equal((await world.ended(execution)).state, 'completed');
    }));

  it('ends with a sentence when its file is gone', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      await rm(join(world.workspace, planPath));
      await world.room.library.refresh(planPath);
      hold.release();
      const { state, message } = await world.ended(execution);
      assert.equal(state, 'failed');
      assert.match(message ?? '', /not in the workspace any more/);
    }));

  it('runs no command that nobody approved', () => {
    const text = (command: string) =>
      plan({ T01: [], T02: ['depends: T01', `run: ${command}`] }, '---\nagent: fake\n---\n\n');
    return withPlan(text('echo good'), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start({ agent: null });
      await world.untilBegun('T01');
      await world.edit(text('echo evil'));
      hold.release();
      assert.equal((await world.ended(execution)).state, 'failed');
      assert.deepEqual(world.agent.begun, ['T01']);
      assert.match(world.subtask('T02').status_reason ?? '', /Nobody has approved.*echo evil/);
    });
  });
});

describe('what cannot be started', () => {
  it('says so when its agent is not known any more', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      world.agents = [];
      hold.release();
      const { state, message } = await world.ended(execution);
      assert.equal(state, 'failed');
      assert.match(message ?? '', /There is no agent "fake" any more/);
      assert.deepEqual(world.agent.begun, ['T01']);
    }));
});

describe('after the death of an engine', () => {
  it('goes on with what was begun, once a person is there', () =>
    withPlan(plan({ T01: [], T02: ['depends: T01'] }), async (world) => {
      world.agent.script('T01', async (_task, _host, signal) => {
        await aborted(signal);
        return { kind: 'cancelled' };
      });
      const execution = await world.start({ agent: 'fake', workers: 1 });
      await world.untilBegun('T01');
      await world.room.state.settled();
      const { id } = world.run('T01');
      await world.startEngine();
      assert.deepEqual(world.stoppedLeftovers, [id]);
      assert.deepEqual(world.run('T01').outcome, 'interrupted');
      // An agent had the prompt already, so it is not sent again without a word.
      assert.deepEqual(world.statuses(), ['T01 needs_attention', 'T02 pending']);
      await world.room.service.decide(
        world.plan().entry.planId,
        'T01',
        'accept',
        'What it left is good.',
        person,
      );
      await world.room.service.resume();
      const { state } = await world.ended(execution);
      assert.equal(state, 'completed');
      assert.deepEqual(world.statuses(), ['T01 accepted', 'T02 proven']);
    }));

  it('starts again what had no prompt yet, and counts no attempt', () =>
    withPlan(plan({ T01: [] }, '---\nsetup: npm ci\n---\n\n'), async (world) => {
      const arrived = held();
      world.checks.answer = async (_validator, { signal }) => {
        arrived.open();
        await aborted(signal);
        return checkResult('skipped');
      };
      const execution = await world.start();
      await arrived.opened;
      world.checks.byCommand({});
      await world.startEngine();
      assert.deepEqual(world.statuses(), ['T01 pending']);
      await world.room.service.resume();
      assert.equal((await world.ended(execution)).state, 'completed');
      assert.equal(world.run('T01').attempt, 2);
      assert.equal(world.plan().attempts.get(world.subtask('T01').id)?.used, 1);
    }));
});
