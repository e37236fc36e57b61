import fc from 'fast-check';

/** A subtask as a random plan has it; what it means is said here a second time, beside the product. */
export interface SubtaskSpec {
  key: string;
  phase: number;
  /** Keys of earlier subtasks. */
  depends: string[];
  files: string[];
  checks: { weight: number; required: boolean }[];
  accept: 'all' | 'any' | 'weighted 0.6';
  /** Fields as the plan writes them. */
  fields: string[];
  attempts: number | null;
  optional: boolean;
  /** Whether a gate hangs below it. */
  gated: boolean;
}

export interface PlanSpec {
  subtasks: SubtaskSpec[];
  /** Per phase how many of its subtasks stand before its gate; `null`: it has none. */
  gates: (number | null)[];
  workers: number;
}

export interface GateSpec {
  key: string;
  blocks: Set<string>;
}

const check = fc.record({ weight: fc.integer({ min: 1, max: 4 }), required: fc.boolean() });
const subtask = fc.record({
  phase: fc.nat(2),
  depends: fc.array(fc.nat(7), { maxLength: 2 }),
  files: fc.subarray(['src/a.ts', 'src/b.ts', 'src/c.ts']),
  checks: fc.array(check, { minLength: 0, maxLength: 3 }),
  accept: fc.constantFrom('all', 'all', 'any', 'weighted 0.6'),
  fields: fc.subarray(['retry: fixed 2 30s', 'tokens: 1000', 'timeout: 5m'], { maxLength: 2 }),
  attempts: fc.option(fc.integer({ min: 1, max: 4 })),
  optional: fc.boolean(),
  gated: fc.boolean(),
});

/** Plans of two to eight subtasks with dependencies, phases, gates, shared files and checks. */
export const planSpecs: fc.Arbitrary<PlanSpec> = fc
  .record({
    subtasks: fc.array(subtask, { minLength: 2, maxLength: 8 }),
    gates: fc.array(fc.option(fc.nat(3)), { minLength: 3, maxLength: 3 }),
    workers: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ subtasks, gates, workers }) => {
    const sorted = subtasks.toSorted((one, other) => one.phase - other.phase);
    return {
      ...{ gates, workers },
      subtasks: sorted.map((one, index) => ({
        ...one,
        key: keyOf(index),
        depends: [...new Set(one.depends.filter((other) => other < index).map(keyOf))],
        // Few are optional or gated, so that most plans still wait for most of their parts.
        optional: one.optional && one.depends.length === 2,
        gated: one.gated && one.files.length === 1,
      })),
    };
  });

function keyOf(index: number): string {
  return `T0${index + 1}`;
}

export function textOf({ subtasks, gates, workers }: PlanSpec): string {
  const lines = ['---', 'runsheet: 1', `workers: ${workers}`, '---', '', '# Random'];
  for (const [phase, gateAt] of gates.entries()) {
    const own = subtasks.filter((one) => one.phase === phase);
    if (own.length === 0) continue;
    lines.push('', `## Phase ${phase}`, '');
    own.forEach((one, index) => {
      if (index === gateAt) lines.push(`- gate: Phase gate ${phase}`);
      lines.push(...linesOf(one));
    });
    if (gateAt !== null && gateAt >= own.length) lines.push(`- gate: Phase gate ${phase}`);
  }
  return `${lines.join('\n')}\n`;
}

function linesOf(one: SubtaskSpec): string[] {
  const fields = [
    ...(one.depends.length === 0 ? [] : [`depends: ${one.depends.join(', ')}`]),
    ...(one.files.length === 0 ? [] : [`files: ${one.files.join(', ')}`]),
    ...one.checks.map(({ weight, required }, index) => {
      return `check (weight ${weight}${required ? ', required' : ''}): check-${index}`;
    }),
    `accept: ${one.accept}`,
    ...one.fields,
    ...(one.attempts === null ? [] : [`attempts: ${one.attempts}`]),
    ...(one.optional ? ['optional: yes'] : []),
    ...(one.gated ? [`gate: Gate of ${one.key}`] : []),
  ];
  return [`- [ ] ${one.key} Work`, ...fields.map((field) => `  - ${field}`)];
}

/** What each gate must keep back, read off the plan as a person reads it. */
export function gatesOf({ subtasks, gates }: PlanSpec): GateSpec[] {
  const later = (phase: number) => subtasks.filter((one) => one.phase > phase);
  const ofPhases = gates.flatMap((gateAt, phase): GateSpec[] => {
    const own = subtasks.filter((one) => one.phase === phase);
    if (gateAt === null || own.length === 0) return [];
    const blocked = [...own.slice(gateAt), ...later(phase)];
    return [{ key: `gate-phase-gate-${phase}`, blocks: new Set(blocked.map(({ key }) => key)) }];
  });
  const ofSubtasks = subtasks
    .filter(({ gated }) => gated)
    .map(({ key: own, phase }): GateSpec => {
      const dependents = subtasks.filter(({ depends }) => depends.includes(own));
      const blocked = [...dependents, ...later(phase)];
      return {
        key: `gate-gate-of-${own.toLowerCase()}`,
        blocks: new Set(blocked.map(({ key }) => key)),
      };
    });
  return [...ofPhases, ...ofSubtasks];
}

/** Whether answers of checks are enough, by order of the plan: computed here a second time. */
export function areEnough(one: SubtaskSpec, outcomes: readonly string[]): boolean {
  const passed = one.checks.filter((_check, index) => outcomes[index] === 'passed');
  if (one.checks.length === 0 || outcomes.length !== one.checks.length) return false;
  if (one.checks.some(({ required }, index) => required && outcomes[index] !== 'passed'))
    return false;
  const weight = (checks: readonly { weight: number }[]) =>
    checks.reduce((sum, each) => sum + each.weight, 0);
  switch (one.accept) {
    case 'all':
      return passed.length === one.checks.length;
    case 'any':
      return passed.length > 0;
    case 'weighted 0.6':
      return weight(passed) / weight(one.checks) >= 0.6;
  }
}
