import assert from 'node:assert/strict';
import type { AgentOutcome } from '../../../src/agents/agent';
import type { BudgetLimits } from '../../../src/model/budget';
import type { NeedView, SubtaskView } from '../../../src/protocol/views';
import { needViews } from '../../../src/server/needs';
import { overlayOf } from '../../../src/server/overlay';
import { troubleNeeds } from '../../../src/server/trouble-needs';
import { SubtaskViews } from '../../../src/server/subtask-views';
import { planView, runView } from '../../../src/server/views';
import { budgets } from '../../../src/store/repositories/budgets';
import { plan, withPlan } from '../../support/carried-out-plan';
import { person, type RunsWorld } from '../../support/runs-world';
import { valuesOf } from '../../support/plan-rows';

function subtaskOf(world: RunsWorld, key: string): SubtaskView {
  const { state, conditions } = world.room;
  const fresh = { isOutdated: () => false };
  const now = world.clock.now();
  const views = new SubtaskViews(world.plan(), state, conditions, now, [], fresh);
  return views.view(world.subtask(key));
}

const planOf = (world: RunsWorld) => planView(world.plan(), world.room.state, world.clock.now());

function needsOf(world: RunsWorld): NeedView[] {
  const { state, conditions, desks } = world.room;
  return [...needViews(state, desks.open), ...troubleNeeds(state, conditions)];
}

function part(world: RunsWorld, of: { subtasks?: string[]; phases?: string[] } = {}) {
  const { planId } = world.plan().entry;
  return { planId, subtasks: of.subtasks ?? null, phases: of.phases ?? null };
}

const two = plan({ T01: [], T02: ['depends: T01'] });

describe('a plan that is paused', () => {
  it('is shown as that, with who and why, and its frozen runs apart from running ones', () =>
    withPlan(two, async (world) => {
      const hold = world.agent.hold('T01');
      const row = await world.start();
      await world.untilBegun('T01');
      await world.room.state.settled();
      assert.deepEqual([planOf(world).isBeingRun, planOf(world).pause], [true, null]);
      await world.clock.pass(1000);
      await world.room.pauses.pause(part(world), 'Lunch.', person);
      await world.settled(() => world.run('T01').state === 'paused');
      const { isBeingRun, pause, counts } = planOf(world);
      assert.equal(isBeingRun, false);
      assert.match(pause?.text ?? '', /^Paused by ada: Lunch\./);
      assert.deepEqual([counts.running, counts.paused], [1, 1]);
      const run = runView(world.run('T01'), world.room.state);
      assert.equal(run.pausedSince, pause?.since);
      // It is the plan's to take back.
      assert.equal(subtaskOf(world, 'T01').pause, null);
      await world.clock.pass(60_000);
      await world.room.pauses.resume(part(world), '', person);
      await world.settled(() => world.run('T01').state === 'running');
      assert.deepEqual([planOf(world).isBeingRun, planOf(world).pause], [true, null]);
      const { pausedSince, pausedMs } = runView(world.run('T01'), world.room.state);
      assert.deepEqual([pausedSince, pausedMs], [null, 60_000]);
      hold.release();
      await world.ended(row);
    }));

  it('is told to its file, so that it can be resumed there', () =>
    withPlan(two, async (world) => {
      const { state, conditions } = world.room;
      const activity = () => overlayOf(world.plan(), state, conditions, world.clock.now()).activity;
      assert.equal(activity(), null);
      const hold = world.agent.hold('T01');
      const row = await world.start();
      await world.untilBegun('T01');
      await world.room.state.settled();
      assert.equal(activity(), 'running');
      await world.room.pauses.pause(part(world), '', person);
      assert.equal(activity(), 'paused');
      await world.room.pauses.resume(part(world), '', person);
      hold.release();
      await world.ended(row);
    }));
});

describe('a subtask that is paused', () => {
  it('says whether it stands still by itself or with its phase', () =>
    withPlan('## One\n\n- [ ] T01 A\n- [ ] T02 B\n', async (world) => {
      await world.room.pauses.pause(part(world, { phases: ['One'] }), 'Later.', person);
      assert.deepEqual(subtaskOf(world, 'T01').pause?.of, 'phase');
      assert.match(planOf(world).phases[0]?.pause?.text ?? '', /Paused by ada: Later\./);
      await world.room.pauses.pause(part(world, { subtasks: ['T02'] }), '', person);
      assert.deepEqual(subtaskOf(world, 'T01').pause?.of, 'phase');
      assert.deepEqual(subtaskOf(world, 'T02').pause?.of, 'subtask');
      assert.equal(subtaskOf(world, 'T02').pause?.text, 'Paused by ada.');
    }));
});

describe('a subtask whose next attempt is due later', () => {
  it('says when, and which attempt that is', () =>
    withPlan(plan({ T01: ['check: npm test', 'retry: fixed 2 30s'] }), async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      const row = await world.start();
      await world.waits(row);
      const { waitsFor, attempts, attemptLimit, whyNotReady } = subtaskOf(world, 'T01');
      assert.deepEqual(waitsFor, { kind: 'retry', until: '2026-01-01T00:00:30.000Z' });
      assert.deepEqual([attempts, attemptLimit], [1, 3]);
      assert.deepEqual(whyNotReady, ['Its next attempt is due at 2026-01-01T00:00:30.000Z.']);
      await world.room.service.stop({}, person);
    }));
});

const failed = (code: 'rate_limit' | 'launch'): AgentOutcome => {
  return { kind: 'failed', code, message: `It says ${code}.`, exitCode: null };
};

describe('an agent that takes no work', () => {
  it('is a need with its name, the reason and the time, and what its subtask waits for', () =>
    withPlan(two, async (world) => {
      world.agent.script('T01', async () => failed('rate_limit'));
      const row = await world.start();
      await world.waits(row);
      const until = '2026-01-01T00:01:00.000Z';
      const [need, ...others] = needsOf(world);
      assert.deepEqual(others, []);
      assert.ok(need !== undefined);
      const { id, kind, state, title, detail } = need;
      assert.deepEqual([id, kind, state, title], ['fake', 'agent', 'paused', 'fake']);
      assert.equal(detail, 'It says rate_limit.');
      assert.equal(need.until, until);
      assert.deepEqual(subtaskOf(world, 'T01').waitsFor, { kind: 'agent', until });
      // What waits for its plan first is not said to wait for the agent.
      assert.equal(subtaskOf(world, 'T02').waitsFor, null);
      world.agent.script('T01', async () => ({
        ...{ kind: 'completed', stopReason: 'end_turn', permissionDenials: 0 },
      }));
      await world.room.health.resume('fake', person);
      await world.ended(row);
      assert.deepEqual(needsOf(world), []);
    }));

  it('has no time when it is broken: a person has to look', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      world.agent.script('T01', async () => failed('launch'));
      const row = await world.start();
      await world.waits(row);
      const need = needsOf(world).find(({ kind }) => kind === 'agent');
      assert.equal(need?.state, 'broken');
      assert.equal(need.until, undefined);
      assert.match(need.detail, /could not be started 3 times in a row: It says launch\./);
      await world.room.service.stop({}, person);
    }));
});

async function limit(world: RunsWorld, limits: Partial<BudgetLimits>): Promise<void> {
  const { planId } = world.plan().entry;
  const input = { scope: 'plan' as const, scopeRef: planId, limits };
  await world.store.command(budgets.set, input, { actor: person });
}

describe('a budget that is used up', () => {
  it('is a need while its plan is under way, with what it is for', () =>
    withPlan(two, async (world) => {
      await limit(world, { runs: 1 });
      await world.carryOut({ subtasks: ['T01'] });
      const need = needsOf(world).find(({ kind }) => kind === 'budget');
      assert.deepEqual(
        [need?.planId, need?.subtaskId, need?.state],
        [world.plan().plan.id, null, 'exhausted'],
      );
      assert.match(need?.detail ?? '', /The budget of the plan is used up: 1 of 1 runs\./);
      assert.deepEqual(subtaskOf(world, 'T02').waitsFor, { kind: 'budget', until: null });
      await limit(world, { runs: 5 });
      await world.settled(() => needsOf(world).length === 0);
      await world.decide('T02', 'skip');
      await limit(world, { runs: 1 });
      await world.room.state.settled();
      assert.deepEqual(needsOf(world), []);
    }));
});

describe('a run that was cut off', () => {
  it('leaves a subtask that can go on, and a need that says so', () =>
    withPlan(plan({ T01: [] }), async (world) => {
      world.agent.hold('T01');
      await world.start();
      await world.untilBegun('T01');
      await world.settled(() => world.run('T01').state === 'running');
      await world.startEngine();
      const { status, canResume } = subtaskOf(world, 'T01');
      assert.deepEqual([status, canResume], ['needs_attention', true]);
      const [need] = needsOf(world);
      assert.deepEqual([need?.kind, need?.state], ['attention', 'interrupted']);
      assert.equal(need?.runId, world.run('T01').id);
      const over = overlayOf(
        ...([world.plan(), world.room.state, world.room.conditions] as const),
        world.clock.now(),
      );
      assert.equal(over.subtasks.get('T01')?.canResume, true);
    }));

  it('is not one that came to its own end', () =>
    withPlan(plan({ T01: ['check: npm test'] }), async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      await world.carryOut();
      assert.equal(subtaskOf(world, 'T01').canResume, false);
      assert.equal(needsOf(world)[0]?.state, 'failed');
      assert.equal(valuesOf(world.store, 'SELECT id FROM runs').length, 1);
    }));
});
