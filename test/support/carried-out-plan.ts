import assert from 'node:assert/strict';
import type { GateDecision } from '../../src/model/status';
import { person, planPath, RunsWorld } from './runs-world';

export const withPlan = (text: string, work: (world: RunsWorld) => Promise<void>): Promise<void> =>
  RunsWorld.with({ [planPath]: text }, work);

/** Subtasks of one phase with a check each; the fields of each come below it. */
export function plan(subtasks: Readonly<Record<string, readonly string[]>>, head = ''): string {
  const items = Object.entries(subtasks).map(([id, fields]) =>
    [`- [ ] ${id} Do ${id}`, '  - check: npm test', ...fields.map((field) => `  - ${field}`)].join(
      '\n',
    ),
  );
  return `${head}${items.join('\n')}\n`;
}

export const gated = `${plan({ T01: [] })}- gate: Look first

## Second

${plan({ T02: [] })}`;

export function gateOf(world: RunsWorld) {
  const [gate] = world.plan().gates;
  assert(gate !== undefined);
  return gate;
}

export function decide(world: RunsWorld, decision: GateDecision, reason = '') {
  return world.room.gatekeeper.decide(gateOf(world).id, decision, reason, person);
}
