import { events } from '../../src/store/repositories/events';
import { planPath, RunsWorld, type WorldParts } from './runs-world';

export const plan = `# Demo

- [ ] T01 Build it
  - check: npm test
`;

export async function withPlan(
  work: (world: RunsWorld) => Promise<void>,
  text = plan,
  parts: WorldParts = {},
): Promise<void> {
  await RunsWorld.with({ [planPath]: text }, work, parts);
}

/** How the run of T01 ended, and what became of the subtask. */
export function endOf(world: RunsWorld) {
  const { state, outcome, verdict, error, error_code: code } = world.run('T01');
  const { status, proof, status_reason: reason } = world.subtask('T01');
  return { state, outcome, verdict, error, code, status, proof, reason: reason ?? '' };
}

export async function typesOf(world: RunsWorld): Promise<string[]> {
  const { id } = world.run('T01');
  const rows = await world.store.query(events.page, { runId: id, after: 0, limit: 100 });
  return rows.map(({ event_type }) => event_type);
}

export function attempts(world: RunsWorld): number {
  return world.plan().attempts.get(world.subtask('T01').id)?.used ?? 0;
}

export function merged(world: RunsWorld): number {
  return world.repository.branch.merged.length;
}
