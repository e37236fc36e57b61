import assert from 'node:assert/strict';
import { triggerDefinitionSchema } from '../../../src/model/trigger';
import type { FiringRow } from '../../../src/store/repositories/firing-rows';
import { specs } from '../../../src/store/repositories/specs';
import { triggers } from '../../../src/store/repositories/triggers';
import { agentSpec } from '../../support/agent-specs';
import { plan } from '../../support/carried-out-plan';
import { fakeDefinition, person, planPath, RunsWorld } from '../../support/runs-world';
import { until } from '../../support/until';
import { refused } from '../../support/refused';

const layout = 'layout.plan.md';
const files = {
  [planPath]: plan({ T01: [] }, '---\nagent: fake\n---\n\n'),
  // Nothing names its agent.
  [layout]: plan({ T11: [] }),
};

const agents = ['fake', 'other', 'third'].map((key) => {
  return { definition: { ...fakeDefinition, key }, installed: true, version: '1' };
});

const withPlans = (work: (world: RunsWorld) => Promise<void>): Promise<void> =>
  RunsWorld.with(files, work);

function set(world: RunsWorld, values: object) {
  const definition = triggerDefinitionSchema.parse({
    ...{ name: 't', source: { kind: 'plan', ref: planPath }, fires_on: 'on_complete' },
    ...{ action: 'start_plan', target: layout, needs_confirmation: false },
    ...values,
  });
  return world.store.command(triggers.set, definition, { actor: person });
}

/** The newest firing, once everything that has fired was tried. */
async function firing(world: RunsWorld): Promise<FiringRow | undefined> {
  await world.room.desks.triggers.settled();
  const [newest] = await world.store.query(triggers.recentFirings, 1);
  return newest?.firing;
}

const begun = (world: RunsWorld, key: string) => world.agent.begun.includes(key);

async function rests(world: RunsWorld): Promise<void> {
  await world.room.desks.triggers.settled();
  await until(() => !world.room.executor.isBusy());
  await world.room.state.settled();
}

describe('a trigger that needs no confirmation', () => {
  it('starts another plan when its own is completed, and says what it started', () =>
    withPlans(async (world) => {
      await world.room.desks.triggers.trust();
      await set(world, {});
      await world.carryOut();
      await until(() => begun(world, 'T11'), 'the other plan');
      await rests(world);
      const fired = await firing(world);
      assert.deepEqual([fired?.state, fired?.decided_by], ['fired', 'engine']);
      const started = world.room.state.executions.get(fired?.started_ref ?? '');
      assert.equal(started?.trigger_firing_id, fired?.id);
      assert.equal(started?.plan_id, world.plan(layout).plan.id);
      const run = [...world.room.state.runs.values()].find(
        ({ plan_execution_id: id }) => id === started.id,
      );
      assert.equal(run?.started_because, 'trigger');
    }));

  it('leaves the choice of the agent to the plan that it starts', () =>
    RunsWorld.with(
      {
        ...files,
        [layout]: plan({ T11: [], T12: ['agent: third'] }, '---\nagent: other\n---\n\n'),
      },
      async (world) => {
        await world.room.desks.triggers.trust();
        await set(world, {});
        await world.carryOut();
        await until(() => begun(world, 'T11') && begun(world, 'T12'), 'the other plan');
        await rests(world);
        const agentOf = (key: string) => {
          const { id } = world.plan(layout).byKey(key) ?? { id: '' };
          const runs = [...world.room.state.runs.values()];
          return runs.find(({ subtask_id: of }) => of === id)?.agent_key;
        };
        assert.deepEqual([agentOf('T11'), agentOf('T12')], ['other', 'third']);
      },
      { agents },
    ));

  it('goes on by the same agent under the next engine', () =>
    withPlans(async (world) => {
      await world.room.desks.triggers.trust();
      await set(world, {});
      await world.edit(plan({ T11: [], T12: ['depends: T11'] }), layout);
      world.agent.hold('T11');
      await world.carryOut();
      await until(() => begun(world, 'T11'), 'the other plan');
      await world.room.state.settled();
      await world.startEngine();
      const { planId } = world.plan(layout).entry;
      const accept = { planId, subtasks: ['T11'], phases: null, action: 'accept' as const };
      await world.room.subtaskDecisions.decide({ ...accept, reason: 'Good.' }, person);
      await world.room.service.resume();
      await until(() => begun(world, 'T12'), 'the rest of it');
      await rests(world);
    }));

  it('starts nothing before a person who trusts the workspace is there', () =>
    withPlans(async (world) => {
      await set(world, {});
      await world.carryOut();
      await rests(world);
      assert.equal((await firing(world))?.state, 'waiting');
      assert.equal(begun(world, 'T11'), false);
      await world.room.desks.triggers.trust();
      await until(() => begun(world, 'T11'), 'the other plan');
      await rests(world);
    }));

  it('goes on after the engine has died in between', () =>
    withPlans(async (world) => {
      await set(world, {});
      await world.carryOut();
      await rests(world);
      await world.startEngine();
      await world.room.desks.triggers.trust();
      await until(() => begun(world, 'T11'), 'the other plan');
      await rests(world);
      assert.equal((await firing(world))?.state, 'fired');
    }));

  it('asks a person when it cannot start, with the reason', () =>
    withPlans(async (world) => {
      await world.room.desks.triggers.trust();
      await set(world, {});
      const other = files[layout].replace('npm test', 'npm run other');
      await world.edit(other, layout);
      await world.carryOut();
      await rests(world);
      const waiting = await firing(world);
      assert.equal(waiting?.state, 'waiting');
      assert.match(waiting.message ?? '', /npm run other/);
      const [open] = world.room.desks.open.firings;
      assert.equal(open?.firing.id, waiting.id);
      const confirm = () => world.room.desks.triggers.confirm(waiting.id, person);
      await refused('not_approved', confirm());
      const { planId } = world.plan(layout).entry;
      const scope = { planId, subtasks: null, phases: null, agent: 'fake' };
      const { commands } = await world.room.service.preview(scope);
      const hashes = commands.map(({ hash }) => hash);
      await world.room.service.approve(planId, hashes, person);
      await confirm();
      await until(() => begun(world, 'T11'), 'the other plan');
      await rests(world);
      const fired = await firing(world);
      assert.deepEqual([fired?.state, fired?.message, fired?.decided_by], ['fired', null, person]);
    }));

  it('fails when what it would start is gone', () =>
    withPlans(async (world) => {
      await world.room.desks.triggers.trust();
      await set(world, {});
      await world.remove(layout);
      await world.carryOut();
      await rests(world);
      const failed = await firing(world);
      assert.equal(failed?.state, 'failed');
      assert.match(failed.message ?? '', /not in the workspace any more/);
    }));
});

describe('a trigger that needs confirmation', () => {
  it('starts when a person says yes, once', () =>
    withPlans(async (world) => {
      await world.room.desks.triggers.trust();
      await set(world, { needs_confirmation: true });
      await world.carryOut();
      await rests(world);
      const id = (await firing(world))?.id ?? '';
      assert.equal(begun(world, 'T11'), false);
      await world.room.desks.triggers.confirm(id, person);
      await until(() => begun(world, 'T11'), 'the other plan');
      await rests(world);
      await refused('invalid_transition', world.room.desks.triggers.confirm(id, person), /fired/);
    }));

  it('starts once when two people say yes at the same time', () =>
    withPlans(async (world) => {
      await world.room.desks.triggers.trust();
      await set(world, { needs_confirmation: true });
      await world.carryOut();
      await rests(world);
      const id = (await firing(world))?.id ?? '';
      const { triggers: desk } = world.room.desks;
      const both = await Promise.allSettled([desk.confirm(id, person), desk.confirm(id, person)]);
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      await until(() => begun(world, 'T11'), 'the other plan');
      await rests(world);
      const { id: planId } = world.plan(layout).plan;
      const started = [...world.room.state.executions.values()].filter(
        ({ plan_id: of }) => of === planId,
      );
      assert.equal(started.length, 1);
    }));

  it('starts nothing when a person says no', () =>
    withPlans(async (world) => {
      await world.room.desks.triggers.trust();
      await set(world, { needs_confirmation: true });
      await world.carryOut();
      await rests(world);
      const id = (await firing(world))?.id ?? '';
      await world.room.desks.triggers.decline(id, person);
      assert.equal((await firing(world))?.state, 'declined');
      await refused('invalid_transition', world.room.desks.triggers.confirm(id, person));
      assert.equal(begun(world, 'T11'), false);
    }));

  it('that only tells something has told it when a person has seen it', () =>
    withPlans(async (world) => {
      await world.room.desks.triggers.trust();
      const notify = { action: 'notify', target: null, config: { message: 'Print it now.' } };
      await set(world, { ...notify, needs_confirmation: true });
      await world.carryOut();
      await rests(world);
      assert.equal(world.room.desks.open.firings.length, 1);
      await world.room.desks.triggers.confirm((await firing(world))?.id ?? '', person);
      await world.room.desks.open.settled();
      assert.equal(world.room.desks.open.firings.length, 0);
      assert.equal((await firing(world))?.message, 'Print it now.');
    }));
});

describe('a trigger', () => {
  it('fires at a person’s wish, whatever it waits for', () =>
    withPlans(async (world) => {
      await world.carryOut();
      await set(world, { fires_on: 'manual', needs_confirmation: true });
      await world.room.desks.triggers.fire('t', person);
      await until(() => begun(world, 'T11'), 'the other plan');
      await rests(world);
      assert.equal((await firing(world))?.state, 'fired');
    }));

  it('that was fired by hand in an engine that died waits for a person', () =>
    withPlans(async (world) => {
      await set(world, { fires_on: 'manual' });
      const id = await world.store.command(triggers.fire, 't', { actor: person });
      await world.room.desks.triggers.trust();
      await world.room.desks.open.settled();
      assert.deepEqual(
        world.room.desks.open.firings.map((one) => one.firing.id),
        [id],
      );
      assert.equal(begun(world, 'T11'), false);
    }));

  it('starts one subtask, and none that is closed', () =>
    withPlans(async (world) => {
      await world.room.desks.triggers.trust();
      await set(world, { action: 'start_subtask', target: `${layout}#T11` });
      await world.carryOut();
      await until(() => begun(world, 'T11'), 'the subtask');
      await rests(world);
      await refused(
        'invalid_transition',
        world.room.desks.triggers.fire('t', person),
        /T11 is done/,
      );
      assert.equal((await firing(world))?.state, 'failed');
    }));

  it('runs a spec for the subtask that fired it, and not for what comes of that again', () =>
    withPlans(async (world) => {
      await world.room.desks.triggers.trust();
      const spec = agentSpec({ name: 'doctor', objective: 'Find out why it failed.' });
      await world.store.command(specs.put, { spec }, { actor: person });
      await set(world, {
        ...{ source: { kind: 'subtask', ref: `${planPath}#T01` }, fires_on: 'on_fail' },
        ...{ action: 'run_spec', target: 'doctor' },
      });
      world.checks.byCommand({ 'npm test': 'failed' });
      const execution = await world.start();
      await until(() => world.agent.begun.length === 2, 'the doctor');
      await world.ended(execution);
      await rests(world);
      assert.match(world.agent.tasks.at(-1)?.prompt ?? '', /Find out why it failed/);
      await world.settled(() => world.room.state.liveRuns().length === 0);
      assert.deepEqual(await states(world), ['fired', 'refused_cycle']);
      assert.equal(world.agent.begun.length, 2);
    }));

  it('takes no subtask away from the run that is going on', () =>
    withPlans(async (world) => {
      await world.room.desks.triggers.trust();
      const spec = agentSpec({ name: 'doctor' });
      await world.store.command(specs.put, { spec }, { actor: person });
      const subtask = `${planPath}#T01`;
      await set(world, {
        fires_on: 'manual',
        action: 'run_spec',
        target: 'doctor',
        config: { subtask },
      });
      const hold = world.agent.hold('T01');
      const execution = await world.start();
      await world.untilBegun('T01');
      await refused('not_ready', world.room.desks.triggers.fire('t', person), /going on/);
      assert.equal((await firing(world))?.state, 'waiting');
      hold.release();
      assert.equal((await world.ended(execution)).state, 'completed');
    }));

  it('lets no spec run beyond the attempts that the plan allows, unless a person asks', () =>
    withPlans(async (world) => {
      await world.room.desks.triggers.trust();
      await world.store.command(
        specs.put,
        { spec: agentSpec({ name: 'doctor' }) },
        { actor: person },
      );
      await set(world, {
        ...{ source: { kind: 'subtask', ref: `${planPath}#T01` }, fires_on: 'on_reject' },
        ...{ action: 'run_spec', target: 'doctor' },
      });
      await world.carryOut();
      world.store.connection.run('UPDATE project_configuration SET max_attempts = 1');
      await world.startEngine();
      await world.room.desks.triggers.trust();
      const words = { type: 'taste', reason: 'No.' };
      const { planId } = world.plan().entry;
      await world.room.desks.rejections.reject(planId, 'T01', words, person);
      await rests(world);
      assert.equal(world.agent.begun.length, 1);
      assert.equal(world.subtask('T01').attempt_limit, null);
    }));
});

async function states(world: RunsWorld): Promise<string[]> {
  const all = await world.store.query(triggers.recentFirings, 20);
  return all.map((one) => one.firing.state).toReversed();
}
