import assert from 'node:assert/strict';
import { RunsheetError } from '../../../src/model/errors';
import type { StateUpdate } from '../../../src/runs/workspace-state';
import type { Query } from '../../../src/store/command';
import { gates } from '../../../src/store/repositories/gates';
import { subtasks } from '../../../src/store/repositories/subtasks';
import type { Store } from '../../../src/store/store';
import { person, planPath, RunsWorld, type WorldParts } from '../../support/runs-world';

const text = `## First

- [ ] T01 Work
- gate: Look

## Second

- [ ] T02 More
`;

const withPlan = (work: (world: RunsWorld) => Promise<void>, parts: WorldParts = {}) =>
  RunsWorld.with({ [planPath]: text }, work, parts);

function accept(world: RunsWorld, key: string): Promise<void> {
  const input = { subtaskId: world.subtask(key).id, action: 'accept' as const, reason: 'Seen.' };
  return world.store.command(subtasks.decide, input, { actor: person });
}

/** Every update that the state tells from now on. */
function updatesOf(world: RunsWorld): StateUpdate[] {
  const updates: StateUpdate[] = [];
  world.room.state.onUpdate((update) => updates.push(update));
  return updates;
}

describe('the state of a workspace', () => {
  it('follows what is stored, and tells what changed', () =>
    withPlan(async (world) => {
      const updates = updatesOf(world);
      const { id, plan_id: planId } = world.subtask('T01');
      await accept(world, 'T01');
      await world.room.state.settled();
      assert.deepEqual(world.statuses(), ['T01 accepted', 'T02 pending']);
      assert.equal(world.plan().phases[0]?.status, 'done');
      assert.deepEqual([...(updates[0]?.subtasks ?? [])], [id]);
      assert.deepEqual([...(updates[0]?.plans ?? [])], [planId]);
    }));

  it('is what a new engine loads', () =>
    withPlan(async (world) => {
      world.checks.byCommand({});
      await world.carryOut({ subtasks: ['T01'] });
      const before = [world.statuses(), world.run('T01'), world.plan().gates];
      await world.startEngine();
      assert.deepEqual([world.statuses(), world.run('T01'), world.plan().gates], before);
      assert.equal(world.room.state.lastEvents.get(world.run('T01').id)?.event_type, 'completed');
    }));

  it('tells of plans and subtasks that are gone', () =>
    withPlan(async (world) => {
      const { id, plan_id: planId } = world.subtask('T02');
      const first = world.subtask('T01').id;
      const updates = updatesOf(world);
      await world.edit('- [ ] T01 Work\n');
      assert.deepEqual(
        updates.flatMap(({ removedSubtasks }) => [...removedSubtasks]),
        [id],
      );
      await world.remove();
      assert.deepEqual(
        updates.flatMap(({ removedPlans }) => [...removedPlans]),
        [planId],
      );
      assert(updates.some(({ removedSubtasks }) => removedSubtasks.has(first)));
      assert.equal(world.room.state.plans.size, 0);
    }));

  it('has the content of every subtask at every moment, also while ids are changed', () =>
    withPlan(async (world) => {
      const { state } = world.room;
      const without: string[] = [];
      state.onUpdate(() => {
        for (const plan of state.plans.values()) {
          for (const row of plan.subtasks.values()) {
            if (plan.contentOf(row) === null) without.push(row.subtask_key);
          }
        }
      });
      await world.edit(text.replace('T01', 'A-1').replace('T02', 'A-2'));
      await world.edit('- [ ] A-2 More\n');
      assert.deepEqual(without, []);
      assert.deepEqual(world.statuses(), ['A-2 pending']);
    }));

  it('makes up for what it could not follow with the next change', () => {
    let down = false;
    const failing = (store: Store): Store => ({
      command: (command, input, options) => store.command(command, input, options),
      onChanges: (listener) => store.onChanges(listener),
      close: () => store.close(),
      query<I, O>(query: Query<I, O>, input: I): Promise<O> {
        if (down) return Promise.reject(new RunsheetError('unavailable', 'The disk is full.'));
        return store.query(query, input);
      },
    });
    return withPlan(
      async (world) => {
        down = true;
        await accept(world, 'T01');
        await world.room.state.settled();
        assert.deepEqual(world.statuses(), ['T01 pending', 'T02 pending']);
        down = false;
        await accept(world, 'T02');
        await world.room.state.settled();
        assert.deepEqual(world.statuses(), ['T01 accepted', 'T02 accepted']);
      },
      { store: failing },
    );
  });

  it('goes on when one of its listeners fails', () =>
    withPlan(async (world) => {
      const updates: StateUpdate[] = [];
      world.room.state.onUpdate(() => {
        throw new Error('broken listener');
      });
      world.room.state.onUpdate((update) => updates.push(update));
      await accept(world, 'T01');
      await world.room.state.settled();
      assert.notEqual(updates.length, 0);
      assert.match(world.logged.join('\n'), /broken listener/);
    }));
});

describe('a gate', () => {
  it('opens when what is before it is done, and closes when that is undone', () =>
    withPlan(async (world) => {
      const gate = () => world.plan().gates[0]?.state;
      assert.equal(gate(), 'waiting');
      await accept(world, 'T01');
      await world.settled(() => gate() === 'open');
      await world.decide('T01', 'reset', 'Once more.');
      await world.settled(() => gate() === 'waiting');
    }));

  it('stays decided when what is before it is undone', () =>
    withPlan(async (world) => {
      await accept(world, 'T01');
      await world.settled(() => world.plan().gates[0]?.state === 'open');
      const id = world.plan().gates[0]?.id ?? '';
      await world.room.gatekeeper.decide(id, 'approve', '', person);
      await world.decide('T01', 'reset', 'Once more.');
      await world.room.state.settled();
      assert.equal((await world.store.query(gates.byId, id)).state, 'approved');
    }));
});
