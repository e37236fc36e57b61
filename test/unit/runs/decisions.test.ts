import assert from 'node:assert/strict';
import { triggerDefinitionSchema } from '../../../src/model/trigger';
import { subtasks } from '../../../src/store/repositories/subtasks';
import { triggers as triggerRows } from '../../../src/store/repositories/triggers';
import { decide, gateOf, plan, withPlan } from '../../support/carried-out-plan';
import { person, type RunsWorld } from '../../support/runs-world';
import { until } from '../../support/until';
import { refused } from '../../support/refused';
import { checkResult, held } from '../../support/fake-agent';

function reject(world: RunsWorld, key: string, type = 'style', reason = 'Shorter, please.') {
  const { planId } = world.plan().entry;
  return world.room.desks.rejections.reject(planId, key, { type, reason }, person);
}

describe('a plan whose last subtask a person closes', () => {
  for (const action of ['accept', 'skip'] as const) {
    it(`is completed by that: ${action}`, () =>
      withPlan(plan({ T01: [], T02: [] }), async (world) => {
        world.checks.answer = async (_validator, { values }) => {
          return checkResult(values['subtask_key'] === 'T02' ? 'failed' : 'passed');
        };
        assert.equal((await world.carryOut()).state, 'failed');
        assert.notEqual(world.plan().plan.state, 'completed');
        await world.decide('T02', action);
        await world.room.state.settled();
        assert.equal(world.plan().plan.state, 'completed');
      }));
  }

  it('is completed by a proof without a run as well', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      await world.carryOut();
      world.checks.byCommand({});
      await world.room.service.verify(world.plan().entry.planId, 'T01', person);
      await world.room.state.settled();
      assert.equal(world.plan().plan.state, 'completed');
    }));

  it('goes on to be one that is under way while something is open', () =>
    withPlan(plan({ T01: [], T02: [] }), async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      await world.carryOut();
      await world.decide('T01', 'accept');
      await world.room.state.settled();
      assert.notEqual(world.plan().plan.state, 'completed');
    }));
});

describe('rejected work', () => {
  it('loses its tick and its proof, and is done again by an agent that knows why', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      await world.carryOut();
      assert.match(await world.read(), /\[x\] T01/);
      const hold = world.agent.hold('T01');
      const { status } = await reject(world, 'T01');
      assert.equal(status, 'pending');
      await until(() => world.agent.begun.length === 2, 'the rework');
      assert.match(await world.read(), /\[ \] T01/);
      hold.release();
      await world.settled(() => world.subtask('T01').status === 'done');
      assert.equal(world.run('T01').started_because, 'route');
      assert.match(world.agent.tasks.at(-1)?.prompt ?? '', /Rejected \(style\): Shorter, please\./);
      assert.deepEqual(world.statuses(), ['T01 proven']);
      const next = await reject(world, 'T01');
      assert.equal(next.round, 1);
    }));

  it('is taken up again by an execution that goes on', () =>
    withPlan(plan({ T01: [], T02: [] }), async (world) => {
      const hold = world.agent.hold('T02');
      const execution = await world.start();
      await world.settled(() => world.subtask('T01').status === 'done');
      await reject(world, 'T01');
      await until(() => world.agent.begun.filter((id) => id === 'T01').length === 2);
      hold.release();
      assert.equal((await world.ended(execution)).state, 'completed');
    }));

  it('that was rejected too often waits for a person, whatever is started', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      await world.carryOut();
      for (const round of [1, 2, 3]) {
        assert.equal((await reject(world, 'T01')).round, round);
        await world.settled(() => world.room.state.liveRuns().length === 0);
        await until(() => !world.room.executor.isBusy());
      }
      const begun = world.agent.begun.length;
      assert.deepEqual(world.statuses(), ['T01 needs_attention']);
      // Even pending it is not started.
      const step = { subtaskId: world.subtask('T01').id, to: 'pending' as const };
      await world.store.command(subtasks.step, step, { actor: person });
      await world.room.state.settled();
      const { state, message } = await world.carryOut();
      assert.equal(state, 'failed');
      assert.match(message ?? '', /escalated/);
      assert.equal(world.agent.begun.length, begun);

      const [open] = world.room.desks.open.escalations;
      world.checks.byCommand({});
      const words = { resolution: 'Leave the header alone.', again: true };
      await world.room.desks.rejections.resolveEscalation(open?.id ?? '', words, person);
      await world.settled(() => world.subtask('T01').status === 'done');
      await world.room.desks.open.settled();
      assert.deepEqual(world.room.desks.open.escalations, []);
      assert.match(world.agent.tasks.at(-1)?.prompt ?? '', /Leave the header alone/);
      assert.deepEqual(world.statuses(), ['T01 proven']);
    }));
});

const twoPhases = `## First

${plan({ T01: [] })}- gate: Look first
  - criterion-check: npm run look
  - criterion: It reads well

## Second

${plan({ T02: [] })}`;

const withCheckpoint = `## First

${plan({ T01: [] })}- checkpoint: It holds
  - criterion-check: npm run look

## Second

${plan({ T02: [] })}`;

describe('a checkpoint', () => {
  it('does not pass by checks during which its phase was opened again', () =>
    withPlan(withCheckpoint, async (world) => {
      await world.room.gatekeeper.trust();
      const [looking, released] = [held(), held()];
      const { answer } = world.checks;
      world.checks.answer = async (validator, ...rest) => {
        if (!validator.id.startsWith('criterion')) return answer(validator, ...rest);
        looking.open();
        await released.opened;
        return checkResult('passed');
      };
      const execution = await world.start();
      await looking.opened;
      await world.room.service.stop({ executionId: execution.id }, person);
      await world.decide('T01', 'reset');
      await world.room.state.settled();
      released.open();
      await world.settled(() => gateOf(world).state === 'waiting');
      assert.deepEqual(world.statuses(), ['T01 pending', 'T02 pending']);
      world.checks.answer = answer;
      assert.equal((await world.carryOut()).state, 'completed');
      assert.equal(gateOf(world).state, 'approved');
    }));
});

describe('a gate', () => {
  it('that is rejected sends back what it names, and goes on when that is mended', () =>
    withPlan(twoPhases, async (world) => {
      await world.room.gatekeeper.trust();
      const execution = await world.start();
      await world.waits(execution);
      const words = { reason: 'Say why.', type: 'clarity', subtasks: ['T01'], round: 1 };
      const gate = await world.room.desks.rejections.rejectGate(gateOf(world).id, words, person);
      assert.equal(gate.state, 'rejected');
      await until(() => world.agent.begun.length === 2, 'the rework');
      await world.ended(execution);
      assert.match(world.agent.tasks.at(-1)?.prompt ?? '', /Rejected \(clarity\): Say why\./);
      assert.deepEqual(world.statuses(), ['T01 proven', 'T02 pending']);
      await decide(world, 'reopen', 'Mended.');
      await decide(world, 'approve');
      await world.room.state.settled();
      assert.equal((await world.carryOut()).state, 'completed');
    }));

  it('that is rejected for a subtask of another plan changes nothing', () =>
    withPlan(twoPhases, async (world) => {
      const execution = await world.start();
      await world.waits(execution);
      const words = { reason: 'No.', type: 'other', subtasks: ['T99'], round: null };
      const id = gateOf(world).id;
      await refused('not_found', world.room.desks.rejections.rejectGate(id, words, person));
      assert.equal(gateOf(world).state, 'open');
      await world.room.service.stop({}, person);
    }));

  it('is asked again on approval what was met on another commit', () =>
    withPlan(twoPhases, async (world) => {
      await world.room.gatekeeper.trust();
      const execution = await world.start();
      await world.settled(() => gateOf(world).criteria[0]?.state === 'met');
      const looks = () =>
        world.checks.ran.filter(({ validator }) => validator.id.startsWith('criterion')).length;
      const before = looks();
      world.store.connection.run(
        'UPDATE verifications SET commit_hash = ? WHERE gate_id IS NOT NULL',
        'b'.repeat(40),
      );
      await decide(world, 'approve');
      assert.equal(looks(), before + 1);
      await world.ended(execution);
    }));

  it('is not reopened while what it let pass goes on', () =>
    withPlan(twoPhases, async (world) => {
      const hold = world.agent.hold('T02');
      const execution = await world.start();
      await world.waits(execution);
      await decide(world, 'override', 'It is late.');
      await world.untilBegun('T02');
      await refused('not_ready', decide(world, 'reopen', 'Wait.'), /T02/);
      hold.release();
      await world.ended(execution);
      assert.equal((await decide(world, 'reopen', 'Wait.')).state, 'open');
    }));

  it('that nothing opens is opened by a person, and is waited for', () =>
    withPlan(twoPhases, async (world) => {
      // As a format makes it whose trigger nobody could read.
      world.store.connection.exec(
        `CREATE TRIGGER by_hand AFTER UPDATE OF title ON gates BEGIN
           UPDATE gates SET trigger_type = 'manual', trigger_phase_id = NULL; END`,
      );
      await world.edit(`${twoPhases}\n`);
      await world.room.gatekeeper.trust();
      const execution = await world.start();
      assert.match(await world.waits(execution), /Look first/);
      assert.equal(gateOf(world).state, 'waiting');
      const opened = await world.room.gatekeeper.openByHand(gateOf(world).id, person);
      assert.deepEqual(
        [opened.state, opened.criteria.map(({ state }) => state)],
        ['open', ['met', 'unchecked']],
      );
      await world.room.state.settled();
      assert.equal(gateOf(world).state, 'open');
      await decide(world, 'approve');
      assert.equal((await world.ended(execution)).state, 'completed');
    }));

  it('that is closed stops every way to a run: by name, resumed, verified, decided', () =>
    withPlan(twoPhases, async (world) => {
      const { planId } = world.plan().entry;
      const execution = await world.carryOut({ subtasks: ['T02'] });
      assert.equal(execution.state, 'failed');
      assert.match(execution.message ?? '', /The gate Look first is closed/);
      const going = await world.start();
      await world.waits(going);
      await world.room.executor.abandon();
      await world.startEngine();
      await world.room.service.resume();
      await world.waits(going);
      await world.room.service.verify(planId, 'T02', person);
      assert.deepEqual(world.agent.begun, ['T01']);
      await world.room.service.stop({}, person);
    }));

  it('that is closed stops a trigger, and a claim behind it that turns out to be wrong', () =>
    withPlan(twoPhases.replace('[ ] T02', '[x] T02'), async (world) => {
      const { triggers } = world.room.desks;
      await triggers.trust();
      const definition = triggerDefinitionSchema.parse({
        ...{ name: 't', source: { kind: 'plan' }, fires_on: 'manual' },
        ...{ action: 'start_subtask', target: `${world.plan().entry.path}#T02` },
      });
      await world.store.command(triggerRows.set, definition, { actor: person });
      world.checks.byCommand({ 'npm test': 'failed' });
      const named = await world.carryOut({ subtasks: ['T02'] });
      assert.match(named.message ?? '', /The gate Look first is closed/);
      await triggers.fire('t', person);
      await until(() => !world.room.executor.isBusy());
      await world.room.state.settled();
      assert.deepEqual(world.agent.begun, []);
      assert.deepEqual(world.statuses(), ['T01 pending', 'T02 pending']);
    }));
});
