import type { Agent, AgentHost, AgentOutcome, AgentTask } from './agent';

/**
 * Work that nobody but a person can do. Nothing is sent and nothing runs: what there is goes to the
 * checks at once, of which one asks the person.
 */
export class PersonAgent implements Agent {
  async run(_task: AgentTask, host: AgentHost, signal: AbortSignal): Promise<AgentOutcome> {
    await host.onReady({ version: null, model: null, session: null });
    if (signal.aborted) return { kind: 'cancelled' };
    return { kind: 'completed', stopReason: 'end_turn', permissionDenials: 0 };
  }
}
