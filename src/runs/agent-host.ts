import type { AgentEvent, AgentHost, PermissionQuestion, Usage } from '../agents/agent';
import { runs, type RunFields } from '../store/repositories/runs';
import type { RunServices } from './assignment';

/** Turns what an agent tells into the run's rows and events. */
export class RunAgentHost implements AgentHost {
  private usage: Usage | null = null;
  private asking = 0;

  constructor(
    private readonly runId: string,
    private readonly services: RunServices,
  ) {}

  /** What the agent has used so far; `null` when it did not say. */
  get used(): Usage | null {
    return this.usage;
  }

  async onProcess(process: {
    pid: number;
    startedAt: string | null;
    marker: string;
  }): Promise<void> {
    await this.update({
      process_id: process.pid,
      process_started_at: process.startedAt,
      process_marker: process.marker,
    });
  }

  async onReady(agent: {
    version: string | null;
    model: string | null;
    session: string | null;
  }): Promise<void> {
    await this.step('running', {
      agent_version: agent.version,
      model: agent.model,
      agent_session: agent.session,
    });
    await this.services.recorder.event(this.runId, 'started', { ...agent }, { actor: 'engine' });
  }

  async onEvent(event: AgentEvent): Promise<void> {
    if (event.type === 'usage') return this.onUsage(event.usage);
    const { type, ...payload } = event;
    const toolName =
      event.type === 'tool_call' || event.type === 'tool_result' ? event.title : null;
    const options = { toolName, patient: true };
    await this.services.recorder.event(this.runId, type, payload, options);
  }

  async onPermission(question: PermissionQuestion, signal: AbortSignal): Promise<string | null> {
    this.asking += 1;
    if (this.asking === 1) await this.step('waiting');
    try {
      return await this.services.desk.ask(this.runId, question, signal);
    } catch (error) {
      // A question that could not be stored was not asked: nobody allowed anything.
      this.services.log.error('a permission request could not be asked', error);
      return null;
    } finally {
      this.asking -= 1;
      // Also of an expired question: the agent goes on. A run that has ended refuses the step.
      if (this.asking === 0) await this.step('running').catch(() => undefined);
    }
  }

  /** Totals only grow: a report that is behind an earlier one tells nothing. */
  private async onUsage(usage: Usage): Promise<void> {
    const before = this.usage;
    const after: Usage = {
      tokensIn: Math.max(usage.tokensIn, before?.tokensIn ?? 0),
      tokensOut: Math.max(usage.tokensOut, before?.tokensOut ?? 0),
      costMicros: highest(usage.costMicros, before?.costMicros ?? null),
    };
    this.usage = after;
    await this.update({
      tokens_in: after.tokensIn,
      tokens_out: after.tokensOut,
      cost_micros: after.costMicros,
    });
  }

  private async step(to: 'running' | 'waiting', fields: RunFields = {}): Promise<void> {
    await this.services.store.command(
      runs.step,
      { runId: this.runId, to, fields },
      { actor: 'engine' },
    );
  }

  private async update(fields: RunFields): Promise<void> {
    await this.services.store.command(
      runs.update,
      { runId: this.runId, fields },
      { actor: 'engine' },
    );
  }
}

function highest(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}
