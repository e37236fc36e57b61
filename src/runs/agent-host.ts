import type {
  AgentDefinition,
  AgentEvent,
  AgentHost,
  PermissionOption,
  PermissionQuestion,
  Usage,
} from '../agents/agent';
import { asksFirst } from '../agents/known-agents';
import { runs, type RunFields } from '../store/repositories/runs';
import type { RunServices } from './assignment';
import type { RunUse } from './budget-watch';
import { ObservedCalls } from './observed-calls';
import { RunMeter, type RunStory } from './run-meter';
import type { ToolGuard } from './tool-guard';

/** What a run's owner wants to know while its agent works. */
export interface HostOptions {
  guard: ToolGuard;
  definition: Pick<AgentDefinition, 'key' | 'displayName' | 'transport'>;
  /** The agent is at work: its row says so. */
  onReady?: () => void;
  /** What has been used so far; its row says so already. */
  onUse?: (use: RunUse) => void;
  /** The agent did what its policy forbids, and the policy ends the run for that. */
  onViolation?: (what: string) => void;
}

/** Turns what an agent tells into the run's rows and events, and holds it to its policy. */
export class RunAgentHost implements AgentHost {
  private readonly meter = new RunMeter();
  private readonly calls: ObservedCalls;

  constructor(
    private readonly runId: string,
    private readonly services: RunServices,
    private readonly options: HostOptions,
  ) {
    this.calls = new ObservedCalls(options.guard);
  }

  /** What the agent has used so far; `null` when it did not say. */
  get used(): Usage | null {
    return this.meter.used;
  }

  get story(): RunStory {
    return this.meter.story;
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
    const fields = {
      agent_version: agent.version,
      model: agent.model,
      agent_session: agent.session,
    };
    const step = { runId: this.runId, to: 'running' as const, fields };
    await this.services.store.command(runs.step, step, { actor: 'engine' });
    await this.event('started', { ...agent }, 'engine');
    await this.tellNotEnforced();
    this.options.onReady?.();
  }

  async onEvent(event: AgentEvent): Promise<void> {
    const isNews = this.meter.take(event);
    if (event.type !== 'usage') await this.tell(event);
    if (isNews) await this.storeUse();
    const violation = await this.calls.violationIn(event);
    if (violation === null) return;
    const { rule, detail, tool } = violation;
    await this.violation(rule, detail, tool, false);
    if (this.options.guard.stopsRun) this.options.onViolation?.(detail);
  }

  /** The policy answers where it can; what it leaves open is a person's to answer. */
  async onPermission(question: PermissionQuestion, signal: AbortSignal): Promise<string | null> {
    this.calls.wasAsked(question.toolCallId);
    try {
      return await this.answer(question, signal);
    } catch (error) {
      // A question that could not be stored was not asked: nobody allowed anything.
      this.services.log.error('a permission request could not be asked', error);
      return null;
    }
  }

  private async answer(question: PermissionQuestion, signal: AbortSignal): Promise<string | null> {
    const { guard } = this.options;
    const { desk } = this.services;
    const judged = await guard.judge(question.call);
    if (judged.kind === 'denied') {
      const no = optionOf(question, 'reject_once') ?? optionOf(question, 'reject_always');
      await this.violation(judged.rule, judged.detail, question.toolName, true);
      await desk.decide(this.runId, question, no);
      this.meter.policyDenials += 1;
      return no;
    }
    const yes = judged.kind === 'allowed' ? optionOf(question, 'allow_once') : null;
    if (yes !== null) {
      await desk.decide(this.runId, question, yes);
      return yes;
    }
    return desk.ask(this.runId, this.answerable(question), signal);
  }

  /** An agent that was allowed something for ever does not ask again, and no policy is asked. */
  private answerable(question: PermissionQuestion): PermissionQuestion {
    if (!this.options.guard.isRestricting) return question;
    const options = question.options.filter(({ kind }) => kind !== 'allow_always');
    return options.some(isAllowing) ? { ...question, options } : question;
  }

  private async violation(
    rule: string,
    detail: string,
    tool: string | null,
    wasPrevented: boolean,
  ): Promise<void> {
    this.meter.violations.push(detail);
    const payload = { rule, tool, detail, prevented: wasPrevented };
    await this.event('policy_violation', payload, 'engine');
  }

  private async tellNotEnforced(): Promise<void> {
    const { guard, definition } = this.options;
    if (!guard.isRestricting || asksFirst(definition)) return;
    const detail = `${definition.displayName} does not ask before it uses a tool. What it changed is checked afterwards.`;
    const payload = { agent: definition.key, rules: guard.restrictions, detail };
    await this.event('policy_not_enforced', payload, 'engine');
  }

  private async tell({ type, ...payload }: AgentEvent): Promise<void> {
    const toolName = 'toolCallId' in payload ? payload.title : null;
    const options = { toolName, patient: true };
    await this.services.recorder.event(this.runId, type, payload, options);
  }

  private async storeUse(): Promise<void> {
    const { use } = this.meter;
    await this.update({
      turns_used: use.turns,
      tokens_in: use.tokensIn,
      tokens_out: use.tokensOut,
      cost_micros: use.costMicros,
    });
    this.options.onUse?.(use);
  }

  private async event(
    type: string,
    payload: Readonly<Record<string, unknown>>,
    actor: string,
  ): Promise<void> {
    await this.services.recorder.event(this.runId, type, payload, { actor });
  }

  private async update(fields: RunFields): Promise<void> {
    await this.services.store.command(
      runs.update,
      { runId: this.runId, fields },
      { actor: 'engine' },
    );
  }
}

function isAllowing({ kind }: PermissionOption): boolean {
  return kind === 'allow_once' || kind === 'allow_always';
}

function optionOf({ options }: PermissionQuestion, kind: PermissionOption['kind']): string | null {
  return options.find((option) => option.kind === kind)?.id ?? null;
}
