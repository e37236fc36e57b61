import assert from 'node:assert/strict';
import type { Delta } from '../../../src/protocol/views';
import { Mirror } from '../../../src/protocol/mirror';
import { Subscription, type Wish } from '../../../src/server/subscription';
import type { Query } from '../../../src/store/command';
import { events } from '../../../src/store/repositories/events';
import { subtasks } from '../../../src/store/repositories/subtasks';
import type { Store } from '../../../src/store/store';
import { silentLog } from '../../../src/platform/log';
import { held } from '../../support/fake-agent';
import { settle } from '../../support/fake-clock';
import { person, planPath, RunsWorld } from '../../support/runs-world';
import { until } from '../../support/until';

const text = `- [ ] T01 One
  - check: npm test
- [ ] T02 Two
  - check: npm test
  - depends: T01
- [ ] T03 Three
`;
const everything: Wish = { plans: true, needs: true, runs: 5, events: [] };

/** A client that shows what it wished for. */
class Client {
  readonly mirror = new Mirror();
  readonly deltas: Delta[] = [];
  readonly events: string[] = [];
  readonly subscription: Subscription;

  constructor(
    private readonly world: RunsWorld,
    wish: Wish = everything,
    store: Store = world.store,
  ) {
    const { state, conditions, desks, proofAges } = world.room;
    const { clock } = world;
    const parts = { state, store, clock, conditions, desks, proofAges };
    const engine = { ...parts, log: silentLog, workspaceChecks: () => [] };
    this.subscription = new Subscription(wish, engine, (delta) => {
      this.deltas.push(delta);
      this.take(delta);
    });
  }

  async first(): Promise<Delta> {
    const delta = await this.subscription.first();
    this.take(delta);
    return delta;
  }

  /** Lets the engine gather and tell. */
  async told(): Promise<Delta> {
    const before = this.deltas.length;
    await this.world.room.state.settled();
    await this.world.clock.pass(50);
    await settle();
    return merged(this.deltas.slice(before));
  }

  private take(delta: Delta): void {
    this.mirror.apply(delta);
    this.events.push(...delta.events.map(({ sequence, type }) => `${sequence} ${type}`));
  }
}

function merged(deltas: readonly Delta[]): Delta {
  return {
    plans: deltas.flatMap(({ plans }) => plans),
    subtasks: deltas.flatMap((delta) => delta.subtasks),
    executions: deltas.flatMap(({ executions }) => executions),
    runs: deltas.flatMap(({ runs }) => runs),
    needs: deltas.flatMap(({ needs }) => needs),
    events: deltas.flatMap(({ events }) => events),
    removed: {
      plans: deltas.flatMap(({ removed }) => removed.plans),
      subtasks: deltas.flatMap(({ removed }) => removed.subtasks),
      needs: deltas.flatMap(({ removed }) => removed.needs),
    },
  };
}

const withPlan = (work: (world: RunsWorld) => Promise<void>): Promise<void> =>
  RunsWorld.with({ [planPath]: text }, work);

async function accept(world: RunsWorld, key: string): Promise<void> {
  const input = { subtaskId: world.subtask(key).id, action: 'accept' as const, reason: 'Seen.' };
  await world.store.command(subtasks.decide, input, { actor: person });
}

const keys = (delta: Delta) => delta.subtasks.map(({ key }) => key);

describe('what a client is shown', () => {
  it('is at first everything that it wished for, and nothing else', () =>
    withPlan(async (world) => {
      await world.carryOut({ subtasks: ['T01'] });
      const all = await new Client(world).first();
      assert.deepEqual(
        [all.plans.length, keys(all).join(), all.executions.length, all.runs.length],
        [1, 'T01,T02,T03', 1, 1],
      );
      const nothing = await new Client(world, {
        ...{ plans: false, needs: false, runs: null, events: [] },
      }).first();
      assert(Object.values({ ...nothing, removed: [] }).every((list) => list.length === 0));
    }));

  it('is later only what looks different', () =>
    withPlan(async (world) => {
      const client = new Client(world);
      await client.first();
      await accept(world, 'T01');
      const delta = await client.told();
      // T02 waits for T01 no more; T03 is as it was.
      assert.deepEqual(keys(delta), ['T01', 'T02']);
      assert.deepEqual(delta.plans[0]?.counts.done, 1);
      assert.deepEqual(
        client.mirror.subtasksOf(world.plan().plan.id).map(({ whyNotReady }) => whyNotReady),
        [[], [], []],
      );
    }));

  it('is gathered, however many changes there are', () =>
    withPlan(async (world) => {
      const client = new Client(world);
      await client.first();
      for (const key of ['T01', 'T02', 'T03']) await accept(world, key);
      await client.told();
      assert.equal(client.deltas.length, 1);
    }));

  it('is nothing any more when the client has gone', () =>
    withPlan(async (world) => {
      const client = new Client(world);
      await client.first();
      await accept(world, 'T01');
      await world.room.state.settled();
      client.subscription[Symbol.dispose]();
      await client.told();
      assert.deepEqual(client.deltas, []);
    }));

  it('loses a removed subtask, and gets it again when it returns as it was', () =>
    withPlan(async (world) => {
      const client = new Client(world);
      await client.first();
      const { id } = world.subtask('T03');
      await world.edit(text.replace('- [ ] T03 Three\n', ''));
      assert.deepEqual((await client.told()).removed.subtasks, [id]);
      assert.equal(client.mirror.subtasks.has(id), false);
      await world.edit(text);
      await client.told();
      assert.equal(client.mirror.subtasks.get(id)?.title, 'Three');
    }));

  it('keeps a subtask that went and came back within the same moment', () =>
    withPlan(async (world) => {
      const client = new Client(world);
      await client.first();
      await world.edit(text.replace('- [ ] T03 Three\n', ''));
      await world.edit(text);
      await client.told();
      assert.equal(client.mirror.subtasks.size, 3);
    }));

  it('loses a plan with all that belongs to it, and gets it again', () =>
    withPlan(async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      await world.carryOut({ subtasks: ['T01'] });
      const client = new Client(world);
      await client.first();
      assert.equal(client.mirror.needs.size, 1);
      await world.remove();
      await client.told();
      const { plans, subtasks: rows, needs } = client.mirror;
      assert.deepEqual([plans.size, rows.size, needs.size], [0, 0, 0]);
      await world.edit(text);
      await client.told();
      assert.deepEqual([plans.size, rows.size, needs.size], [1, 3, 1]);
    }));

  it('keeps a plan whose file was replaced within the same moment', () =>
    withPlan(async (world) => {
      const client = new Client(world);
      await client.first();
      await world.remove();
      await world.edit(text);
      await client.told();
      assert.deepEqual([client.mirror.plans.size, client.mirror.subtasks.size], [1, 3]);
    }));

  it('loses a need when somebody has met it', () =>
    withPlan(async (world) => {
      world.checks.byCommand({ 'npm test': 'failed' });
      const client = new Client(world);
      await client.first();
      await world.carryOut({ subtasks: ['T01'] });
      const { needs } = await client.told();
      const { id } = world.subtask('T01');
      assert.deepEqual(
        needs.map((need) => [need.id, need.kind, need.detail]),
        [[id, 'attention', 'npm test failed.']],
      );
      await accept(world, 'T01');
      assert.deepEqual((await client.told()).removed.needs, [id]);
    }));
});

describe('the events of a run that a client follows', () => {
  async function withStory(work: (world: RunsWorld, runId: string) => Promise<void>) {
    await withPlan(async (world) => {
      await world.carryOut({ subtasks: ['T01'] });
      await work(world, world.run('T01').id);
    });
  }
  /** How many events its story has already. */
  async function toldOf(world: RunsWorld, runId: string): Promise<number> {
    return (await world.store.query(events.page, { runId, after: 0, limit: 100 })).length;
  }
  const follow = (runId: string, after: number): Wish => ({
    ...{ plans: false, needs: false, runs: null },
    events: [{ runId, after }],
  });

  it('begin behind the sequence that it knows', () =>
    withStory(async (world, runId) => {
      const client = new Client(world, follow(runId, 12));
      await client.first();
      assert.deepEqual(client.events, ['13 merged', '14 completed']);
    }));

  it('come once each and in order, in pages of any number', () =>
    withStory(async (world, runId) => {
      const told = await toldOf(world, runId);
      for (let at = 0; at < 450; at += 1) {
        await world.room.recorder.event(runId, 'message', { text: String(at) });
      }
      const client = new Client(world, follow(runId, 0));
      await client.first();
      await world.room.recorder.event(runId, 'message', { text: 'last' });
      await client.told();
      assert.deepEqual(
        client.events.map((event) => Number.parseInt(event, 10)),
        Array.from({ length: told + 451 }, (_, at) => at + 1),
      );
    }));

  it('come once each also when a change is told while the first ones are read', () =>
    withStory(async (world, runId) => {
      const told = await toldOf(world, runId);
      const gate = held();
      const slow: Store = {
        command: (command, input, options) => world.store.command(command, input, options),
        onChanges: (listener) => world.store.onChanges(listener),
        close: () => world.store.close(),
        async query<I, O>(query: Query<I, O>, input: I): Promise<O> {
          const answer = await world.store.query(query, input);
          await gate.opened;
          return answer;
        },
      };
      const client = new Client(world, follow(runId, 0), slow);
      const first = client.first();
      await world.room.recorder.event(runId, 'message', { text: 'more' });
      await client.told();
      gate.open();
      await first;
      await until(() => client.events.length > told);
      await client.told();
      assert.deepEqual(
        client.events.map((event) => Number.parseInt(event, 10)),
        Array.from({ length: told + 1 }, (_, at) => at + 1),
      );
    }));

  it('of other runs do not come', () =>
    withStory(async (world, runId) => {
      const client = new Client(world, follow('another', 0));
      await client.first();
      await world.room.recorder.event(runId, 'message', { text: 'more' });
      await client.told();
      assert.deepEqual(client.events, []);
    }));
});
