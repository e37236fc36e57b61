import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildGraph, type GraphItem } from '../../../src/model/graph';
import { acyclicPlans, anyPlans, item, phase, type GeneratedPlan } from '../../support/plans';

/** Items that must be over before `one` starts, by the definition and not by the graph. */
function directlyBefore(plan: GeneratedPlan, one: GraphItem): string[] {
  const seen = new Set<string>();
  const open = [...(plan.phases.find(({ id }) => id === one.phaseId)?.dependsOn ?? [])];
  const found = [...one.dependsOn];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const required = plan.items.filter((other) => other.phaseId === id && !other.optional);
    if (required.length > 0) found.push(...required.map((other) => other.id));
    else open.push(...(plan.phases.find((other) => other.id === id)?.dependsOn ?? []));
  }
  return found;
}

function isBehindItself(plan: GeneratedPlan, one: GraphItem): boolean {
  const seen = new Set<string>();
  const open = directlyBefore(plan, one);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === one.id) return true;
    const other = plan.items.find((known) => known.id === id);
    if (other !== undefined && !seen.has(id)) open.push(...directlyBefore(plan, other));
    seen.add(id);
  }
  return false;
}

function heaviestFrom(plan: GeneratedPlan, one: GraphItem): number {
  const after = plan.items.filter((other) => directlyBefore(plan, other).includes(one.id));
  return one.weight + Math.max(0, ...after.map((other) => heaviestFrom(plan, other)));
}

describe('buildGraph', () => {
  it('puts each item into a wave behind everything it waits for', () => {
    fc.assert(
      fc.property(acyclicPlans, (plan) => {
        const { waves } = buildGraph(plan.items, plan.phases);
        const wave = new Map(waves.flatMap((ids, index) => ids.map((id) => [id, index])));
        for (const one of plan.items)
          for (const id of directlyBefore(plan, one)) assert.ok(wave.get(id)! < wave.get(one.id)!);
        assert.equal(wave.size, plan.items.length);
      }),
    );
  });

  it('measures the heaviest path from each item to the end, through phases', () => {
    fc.assert(
      fc.property(acyclicPlans, (plan) => {
        const graph = buildGraph(plan.items, plan.phases);
        for (const one of plan.items)
          assert.equal(graph.remaining.get(one.id), heaviestFrom(plan, one));
        const weights = graph.criticalPath.map((id) => graph.byId.get(id)!.item.weight);
        const length = weights.reduce((sum, weight) => sum + weight, 0);
        assert.equal(length, Math.max(...graph.remaining.values()));
        assert.equal(
          length,
          graph.heaviestPath((one) => one.weight),
        );
      }),
    );
  });

  it('finds exactly the items that wait for themselves', () => {
    fc.assert(
      fc.property(anyPlans, (plan) => {
        const graph = buildGraph(plan.items, plan.phases);
        const expected = plan.items.filter((one) => isBehindItself(plan, one));
        assert.deepEqual([...graph.cycleOf.keys()].sort(), expected.map(({ id }) => id).sort());
      }),
    );
  });

  it('leaves out of the waves exactly what can never start', () => {
    fc.assert(
      fc.property(anyPlans, (plan) => {
        const graph = buildGraph(plan.items, plan.phases);
        const inWaves = graph.waves.flat();
        assert.equal(inWaves.length + graph.unreachable.size, plan.items.length);
        for (const id of inWaves) assert.ok(!graph.unreachable.has(id));
      }),
    );
  });

  it('keeps dangling ids apart, of items and of phases', () => {
    const graph = buildGraph(
      [item('A', { dependsOn: ['X', 'X'], phaseId: 'P' }), item('B', { dependsOn: ['A'] })],
      [phase('P', ['Q'])],
    );
    assert.deepEqual(graph.byId.get('A')!.dangling, ['X']);
    assert.deepEqual(graph.phaseById.get('P')!.dangling, ['Q']);
    assert.deepEqual([...graph.unreachable], ['A', 'B']);
  });

  it('lets phases wait through an empty phase and through one of optional items', () => {
    const graph = buildGraph(
      [
        item('A', { phaseId: 'P1' }),
        item('O', { phaseId: 'P3', optional: true }),
        item('B', { phaseId: 'P4' }),
      ],
      [phase('P1'), phase('P2', ['P1']), phase('P3', ['P2']), phase('P4', ['P3'])],
    );
    assert.deepEqual(graph.waves, [['A'], ['O', 'B']]);
  });

  it('names the phases of a cycle', () => {
    const graph = buildGraph(
      [item('A', { phaseId: 'P' }), item('B', { phaseId: 'Q' })],
      [phase('P', ['Q']), phase('Q', ['P'])],
    );
    assert.deepEqual(graph.cycles, [{ items: ['A', 'B'], phases: ['P', 'Q'] }]);
  });

  it('takes a chain of 10,000 items, and a circle of them', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) =>
      item(`T${index}`, { dependsOn: index === 0 ? [] : [`T${index - 1}`] }),
    );
    const graph = buildGraph(chain, []);
    assert.equal(graph.remaining.get('T0'), 10_000);
    assert.equal(graph.waves.length, 10_000);
    const circle = [item('T0', { dependsOn: ['T9999'] }), ...chain.slice(1)];
    assert.equal(buildGraph(circle, []).cycles[0]!.items.length, 10_000);
  });

  it('spends no edge per pair of items between phases', () => {
    const items = Array.from({ length: 20_000 }, (_, index) =>
      item(`T${index}`, { phaseId: index < 10_000 ? 'P' : 'Q' }),
    );
    const graph = buildGraph(items, [phase('P'), phase('Q', ['P'])]);
    assert.deepEqual(
      graph.waves.map((wave) => wave.length),
      [10_000, 10_000],
    );
  });
});
