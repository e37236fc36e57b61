import type { Usage } from '../agents/agent';
import type { RunRow } from '../store/repositories/runs';

type Used = Pick<RunRow, 'agent_session' | 'tokens_in' | 'tokens_out' | 'cost_micros'>;

/** What these runs have used of one conversation with an agent; each counts only its own part. */
export function usedInSession(runs: readonly Used[], session: string | null): Usage | null {
  const earlier = runs.filter((run) => session !== null && run.agent_session === session);
  if (earlier.length === 0) return null;
  const costs = earlier.flatMap(({ cost_micros: cost }) => (cost === null ? [] : [cost]));
  return {
    tokensIn: sum(earlier.map((run) => run.tokens_in)),
    tokensOut: sum(earlier.map((run) => run.tokens_out)),
    costMicros: costs.length === 0 ? null : sum(costs),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
