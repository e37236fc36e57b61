import fc from 'fast-check';
import { defaultPriority, type GraphItem, type GraphPhase } from '../../src/model/graph';
import type { ItemState } from '../../src/model/schedule';

export interface GeneratedPlan {
  items: GraphItem[];
  phases: GraphPhase[];
}

export function item(id: string, fields: Partial<GraphItem> = {}): GraphItem {
  return {
    id,
    phaseId: null,
    position: 0,
    dependsOn: [],
    files: [],
    weight: 1,
    priority: defaultPriority,
    optional: false,
    ...fields,
  };
}

export function phase(id: string, dependsOn: string[] = []): GraphPhase {
  return { id, position: 0, dependsOn };
}

/** The state of an item that nothing keeps from starting. */
export function itemState(fields: Partial<ItemState> = {}): ItemState {
  return {
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
    ...fields,
  };
}

const paths = ['src/a.ts', './src//a.ts', 'src/b.ts', 'src/', 'src/**/*.ts', 'docs/x.md', 'docs'];
const maxItems = 12;
const maxPhases = 4;

function build(
  size: number,
  phaseCount: number,
  idsBefore: (index: number) => fc.Arbitrary<number[]>,
  phasesBefore: (index: number) => fc.Arbitrary<number[]>,
  phaseOf: (index: number) => fc.Arbitrary<number>,
): fc.Arbitrary<GeneratedPlan> {
  const items = Array.from({ length: size }, (_, index) =>
    fc
      .record({
        before: idsBefore(index),
        phase: phaseOf(index),
        files: fc.subarray(paths, { maxLength: 2 }),
        weight: fc.integer({ min: 1, max: 9 }),
        priority: fc.constantFrom(defaultPriority, defaultPriority, 100),
        optional: fc.integer({ min: 0, max: 5 }).map((number) => number === 0),
      })
      .map(({ before, phase: number, ...rest }) =>
        item(`T${index}`, {
          ...rest,
          position: index,
          phaseId: number < phaseCount ? `P${number}` : null,
          dependsOn: before.map((other) => `T${other}`),
        }),
      ),
  );
  const phases = Array.from({ length: phaseCount }, (_, index) =>
    phasesBefore(index).map((before) => ({
      id: `P${index}`,
      position: index,
      dependsOn: before.map((other) => `P${other}`),
    })),
  );
  return fc.record({ items: fc.tuple(...items), phases: fc.tuple(...phases) });
}

const sizes = fc.tuple(
  fc.integer({ min: 1, max: maxItems }),
  fc.integer({ min: 0, max: maxPhases }),
);
const someBelow = (limit: number, maxLength: number) =>
  limit === 0 ? fc.constant<number[]>([]) : fc.array(fc.nat(limit - 1), { maxLength });

/** Plans that can be finished: items, and phases, depend only on earlier ones. */
export const acyclicPlans: fc.Arbitrary<GeneratedPlan> = sizes.chain(([size, phaseCount]) =>
  build(
    size,
    phaseCount,
    (index) => someBelow(index, 3),
    (index) => someBelow(index, 2),
    // Items stand in the order of their phases, so that no item waits for a later phase.
    (index) => fc.constant(Math.floor((index * phaseCount) / size)),
  ),
);

/** Any plan: with cycles through items and phases, self-dependencies and dangling ids. */
export const anyPlans: fc.Arbitrary<GeneratedPlan> = sizes.chain(([size, phaseCount]) =>
  build(
    size,
    phaseCount,
    () => someBelow(size + 1, 2),
    () => someBelow(phaseCount + 1, 1),
    () => fc.nat(phaseCount),
  ),
);
