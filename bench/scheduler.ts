// The scheduling step in simulated time: how long a decision takes, and how close the makespan comes
// to what no schedule can beat.
import { buildGraph, type GraphItem, type PlanGraph } from '../src/model/graph';
import { decide, type ItemState } from '../src/model/schedule';
import { report } from './report';
import { seededRandom, type Random } from './random';

const subtasks = 10_000;
const dependencies = 20_000;
const workers = 8;
const seed = 20_260_101;

interface Simulation {
  makespan: number;
  /** Milliseconds of each decision. */
  steps: number[];
}

function randomPlan(random: Random): GraphItem[] {
  const before = Array.from({ length: subtasks }, () => new Set<string>());
  for (let made = 0; made < dependencies;) {
    const to = 1 + Math.floor(random() * (subtasks - 1));
    const from = `T${Math.floor(random() * to)}`;
    if (before[to]!.has(from)) continue;
    before[to]!.add(from);
    made += 1;
  }
  return before.map((dependsOn, position) => ({
    id: `T${position}`,
    phaseId: null,
    position,
    dependsOn: [...dependsOn],
    files: [],
    weight: 1 + random() * 99,
    priority: 500,
    optional: false,
  }));
}

const waiting: ItemState = {
  status: 'pending',
  live: false,
  attemptsUsed: 0,
  attemptLimit: 3,
  closedGates: [],
  retryNotBefore: null,
  escalated: false,
  heldBy: null,
  agentProblem: null,
  budgetProblem: null,
  notReady: null,
  leftOut: null,
};

/** Runs the items of `scope` to the end; a decision is taken after each item that ends. */
function simulate(
  graph: PlanGraph,
  state: Map<string, ItemState>,
  scope: ReadonlySet<string> | null,
): Simulation {
  const running: { id: string; endsAt: number }[] = [];
  const steps: number[] = [];
  let now = 0;
  for (;;) {
    const free = workers - running.length;
    const started = performance.now();
    const ids = decide({ graph, state, scope, workers: free, now, acceptClaims: false });
    steps.push(performance.now() - started);
    for (const id of ids) {
      state.set(id, { ...waiting, status: 'in_progress', live: true });
      running.push({ id, endsAt: now + graph.byId.get(id)!.item.weight });
    }
    running.sort((a, b) => b.endsAt - a.endsAt);
    const next = running.pop();
    if (next === undefined) return { makespan: now, steps };
    now = next.endsAt;
    state.set(next.id, { ...waiting, status: 'done' });
  }
}

function freshState(graph: PlanGraph): Map<string, ItemState> {
  return new Map(graph.nodes.map((node) => [node.item.id, waiting]));
}

function inWaves(graph: PlanGraph): number {
  const state = freshState(graph);
  return graph.waves.reduce((sum, ids) => sum + simulate(graph, state, new Set(ids)).makespan, 0);
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!;
}

const items = randomPlan(seededRandom(seed));
const buildStarted = performance.now();
const graph = buildGraph(items, []);
const buildMs = performance.now() - buildStarted;
const state = freshState(graph);
const { makespan, steps } = simulate(graph, state, null);
const sorted = steps.toSorted((a, b) => a - b);
const work = items.reduce((sum, item) => sum + item.weight, 0);
const criticalPath = graph.heaviestPath((item) => item.weight);
const lowerBound = Math.max(criticalPath, work / workers);
const waves = inWaves(graph);
const unfinished = [...state.values()].filter((item) => item.status !== 'done').length;

const p95 = percentile(sorted, 0.95);
const ratio = makespan / lowerBound;
report('scheduler', [
  { name: 'subtasks', value: subtasks, unit: '' },
  { name: 'dependencies', value: dependencies, unit: '' },
  { name: 'workers', value: workers, unit: '' },
  { name: 'unfinished', value: unfinished, unit: '', ok: unfinished === 0 },
  { name: 'graph built in', value: buildMs, unit: 'ms' },
  { name: 'steps', value: steps.length, unit: '' },
  { name: 'decision p50', value: percentile(sorted, 0.5), unit: 'ms' },
  { name: 'decision p95', value: p95, unit: 'ms', ok: p95 < 5 },
  { name: 'decision max', value: percentile(sorted, 1), unit: 'ms' },
  { name: 'lower bound', value: lowerBound, unit: 's' },
  { name: 'makespan', value: makespan, unit: 's' },
  { name: 'makespan / lower bound', value: ratio, unit: '', ok: ratio <= 1.05 },
  { name: 'makespan in waves', value: waves, unit: 's' },
  { name: 'waves / lower bound', value: waves / lowerBound, unit: '' },
]);
