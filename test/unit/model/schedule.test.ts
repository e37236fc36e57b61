import assert from 'node:assert/strict';
import fc from 'fast-check';
import { placeOf } from '../../../src/model/file-claims';
import { buildGraph, type GraphItem, type PlanGraph } from '../../../src/model/graph';
import {
  decide,
  whyNotReady,
  whyNotStarted,
  type ItemState,
  type ScheduleSnapshot,
} from '../../../src/model/schedule';
import { acyclicPlans, anyPlans, item, itemState, phase } from '../../support/plans';

function snapshot(graph: PlanGraph, fields: Partial<ScheduleSnapshot> = {}): ScheduleSnapshot {
  const state = new Map(graph.nodes.map((node) => [node.item.id, itemState()]));
  return { graph, state, scope: null, workers: 8, now: 0, acceptClaims: false, ...fields };
}

function withStates(
  items: GraphItem[],
  states: Record<string, Partial<ItemState>>,
  fields: Partial<ScheduleSnapshot> = {},
): ScheduleSnapshot {
  const graph = buildGraph(items, [phase('P'), phase('Q', ['P'])]);
  const state = new Map(items.map(({ id }) => [id, itemState(states[id])]));
  return snapshot(graph, { state, ...fields });
}

function codes(one: ScheduleSnapshot, id: string): string[] {
  return whyNotReady(one, id).map(({ code }) => code);
}

function overlap(a: GraphItem, b: GraphItem): boolean {
  const inside = (one: string, other: string) => one === other || one.startsWith(`${other}/`);
  return a.files.some((one) =>
    b.files.some((other) => {
      const [x, y] = [placeOf(one), placeOf(other)];
      return inside(x, y) || inside(y, x);
    }),
  );
}

/** Runs a plan, ending the live item that `choose` picks; returns the items in starting order. */
function run(
  graph: PlanGraph,
  workers: number,
  choose: (live: number) => number,
  onStart: (id: string, live: readonly string[], done: ReadonlySet<string>) => void = () => {},
): string[] {
  const state = new Map(graph.nodes.map((node) => [node.item.id, itemState()]));
  const started: string[] = [];
  const done = new Set<string>();
  const live: string[] = [];
  for (;;) {
    for (const id of decide(snapshot(graph, { state, workers: workers - live.length }))) {
      onStart(id, live, done);
      state.set(id, itemState({ status: 'in_progress', live: true }));
      live.push(id);
      started.push(id);
    }
    const [ended] = live.splice(choose(live.length), 1);
    if (ended === undefined) return started;
    state.set(ended, itemState({ status: 'done' }));
    done.add(ended);
  }
}

const runs = fc.record({
  workers: fc.integer({ min: 1, max: 4 }),
  choices: fc.infiniteStream(fc.nat(100)),
});

function chooser(choices: Iterator<number>): (live: number) => number {
  return (live) => (choices.next().value as number) % Math.max(1, live);
}

describe('decide', () => {
  it('starts every item of a plan without cycles, once', () => {
    fc.assert(
      fc.property(acyclicPlans, runs, ({ items, phases }, { workers, choices }) => {
        const started = run(buildGraph(items, phases), workers, chooser(choices));
        assert.deepEqual(started.toSorted(), items.map(({ id }) => id).toSorted());
      }),
    );
  });

  it('starts nothing before its dependencies and the phases that its phase waits for', () => {
    fc.assert(
      fc.property(anyPlans, runs, ({ items, phases }, { workers, choices }) => {
        const graph = buildGraph(items, phases);
        run(graph, workers, chooser(choices), (id, _live, done) => {
          const one = graph.byId.get(id)!.item;
          for (const before of one.dependsOn) assert.ok(done.has(before));
          const waitsFor = phases.find((other) => other.id === one.phaseId)?.dependsOn ?? [];
          for (const other of items)
            if (other.phaseId !== null && waitsFor.includes(other.phaseId))
              assert.ok(other.optional || done.has(other.id));
        });
      }),
    );
  });

  it('never lets two items work on the same place, nor more than there are workers', () => {
    fc.assert(
      fc.property(anyPlans, runs, ({ items, phases }, { workers, choices }) => {
        const graph = buildGraph(items, phases);
        run(graph, workers, chooser(choices), (id, live) => {
          assert.ok(live.length < workers);
          const one = graph.byId.get(id)!.item;
          for (const other of live) assert.ok(!overlap(one, graph.byId.get(other)!.item));
        });
      }),
    );
  });

  it('never starts what is in or behind a cycle or a dangling id, and starts all the rest', () => {
    fc.assert(
      fc.property(anyPlans, runs, ({ items, phases }, { workers, choices }) => {
        const graph = buildGraph(items, phases);
        const started = new Set(run(graph, workers, chooser(choices)));
        const state = new Map(
          items.map(({ id }) => [id, itemState({ status: started.has(id) ? 'done' : 'pending' })]),
        );
        for (const { id } of items) {
          assert.equal(started.has(id), !graph.unreachable.has(id));
          if (!started.has(id)) assert.notDeepEqual(codes(snapshot(graph, { state }), id), []);
        }
      }),
    );
  });

  it('answers the same to the same snapshot', () => {
    fc.assert(
      fc.property(anyPlans, fc.integer({ min: 0, max: 4 }), ({ items, phases }, workers) => {
        const first = decide(snapshot(buildGraph(items, phases), { workers }));
        assert.deepEqual(decide(snapshot(buildGraph(items, phases), { workers })), first);
      }),
    );
  });

  it('takes priority first, then the longest remaining path, then the order of the plan', () => {
    const items = [
      item('short', { position: 0 }),
      item('late', { position: 2, weight: 5 }),
      item('early', { position: 1, weight: 5 }),
      item('long', { position: 3, weight: 4 }),
      item('end', { position: 4, weight: 4, dependsOn: ['long'] }),
      item('urgent', { position: 5, priority: 1 }),
    ];
    const started = decide(snapshot(buildGraph(items, []), { workers: 5 }));
    assert.deepEqual(started, ['urgent', 'long', 'early', 'late', 'short']);
  });

  it('starts only what was asked for, and nothing without a free place', () => {
    const graph = buildGraph([item('A'), item('B')], []);
    assert.deepEqual(decide(snapshot(graph, { scope: new Set(['B']) })), ['B']);
    assert.deepEqual(decide(snapshot(graph, { workers: 0 })), []);
    assert.deepEqual(whyNotStarted(snapshot(graph, { scope: new Set(['B']) }), 'A'), [
      { code: 'scope' },
    ]);
    assert.deepEqual(whyNotStarted(snapshot(graph, { workers: 0 }), 'A'), [{ code: 'workers' }]);
    assert.deepEqual(whyNotStarted(snapshot(graph), 'A'), []);
  });

  it('fails loudly when the state of an item is missing', () => {
    const graph = buildGraph([item('A')], []);
    assert.throws(() => decide(snapshot(graph, { state: new Map() })), /no state of item A/);
  });
});

describe('whyNotReady', () => {
  const pair = [item('A', { phaseId: 'P' }), item('B', { phaseId: 'Q', dependsOn: ['A'] })];

  it('lets a dependency pass when it is done or skipped, never when it is cancelled', () => {
    for (const status of ['done', 'skipped'] as const)
      assert.deepEqual(codes(withStates(pair, { A: { status } }), 'B'), []);
    const cancelled = withStates(pair, { A: { status: 'cancelled' } });
    assert.deepEqual(codes(cancelled, 'B'), ['dependency']);
  });

  it('counts a claim only when claims are accepted', () => {
    const states = { A: { status: 'claimed' } } as const;
    assert.deepEqual(codes(withStates(pair, states), 'B'), ['dependency', 'phase']);
    assert.deepEqual(codes(withStates(pair, states, { acceptClaims: true }), 'B'), []);
    assert.deepEqual(codes(withStates(pair, states, { acceptClaims: true }), 'A'), ['status']);
  });

  it('opens a phase when each leaf before it is done, skipped, cancelled or optional', () => {
    const items = [
      item('A', { phaseId: 'P' }),
      item('O', { phaseId: 'P', optional: true }),
      item('B', { phaseId: 'Q' }),
    ];
    for (const status of ['done', 'skipped', 'cancelled'] as const)
      assert.deepEqual(codes(withStates(items, { A: { status } }), 'B'), []);
    assert.deepEqual(whyNotReady(withStates(items, { A: { status: 'failed' } }), 'B'), [
      { code: 'phase', id: 'P', open: 1 },
    ]);
  });

  it('gives every condition that fails, not only the first', () => {
    const items = [
      item('A', { files: ['src/'] }),
      item('B', { dependsOn: ['A', 'X'], files: ['src/b.ts'] }),
    ];
    const states: Record<string, Partial<ItemState>> = {
      A: { status: 'in_progress', live: true },
      B: {
        closedGates: ['Review'],
        attemptsUsed: 3,
        escalated: true,
        notReady: 'It is a draft.',
        agentProblem: 'signed out',
        retryNotBefore: 5000,
      },
    };
    assert.deepEqual(whyNotReady(withStates(items, states, { now: 2000 }), 'B'), [
      { code: 'dependency', id: 'A', status: 'in_progress' },
      { code: 'dangling', id: 'X' },
      { code: 'gate', gate: 'Review' },
      { code: 'attempts', used: 3, limit: 3 },
      { code: 'escalated' },
      { code: 'not_ready', problem: 'It is a draft.' },
      { code: 'agent', problem: 'signed out' },
      { code: 'retry', inMs: 3000 },
      { code: 'files', path: 'src/b.ts', heldBy: 'A' },
    ]);
  });

  it('says of a running item that it runs, and of a closed one what it is', () => {
    const states: Record<string, Partial<ItemState>> = {
      A: { status: 'done' },
      B: { status: 'in_progress', live: true },
    };
    assert.deepEqual(whyNotReady(withStates(pair, states), 'A'), [
      { code: 'status', status: 'done' },
    ]);
    assert.deepEqual(whyNotReady(withStates(pair, states), 'B'), [{ code: 'live' }]);
  });

  it('shows the cycle that an item is in, until a person closes a member', () => {
    const items = [item('A', { dependsOn: ['B'] }), item('B', { dependsOn: ['A'] })];
    assert.deepEqual(codes(withStates(items, {}), 'A'), ['dependency', 'cycle']);
    assert.deepEqual(codes(withStates(items, { B: { status: 'skipped' } }), 'A'), []);
  });

  it('has nothing to say about an id that is not in the plan', () => {
    assert.deepEqual(codes(withStates(pair, {}), 'X'), []);
  });
});
