import type { AgentEvent } from '../agents/agent';
import type { ToolCall } from '../model/tool-call';
import type { ToolGuard } from './tool-guard';

export interface ObservedViolation {
  rule: string;
  detail: string;
  tool: string | null;
}

/**
 * Judges the tool calls that an agent makes without asking, as soon as they begin: until then the
 * question may still come. Each call breaks a rule once.
 */
export class ObservedCalls {
  private readonly asked = new Set<string>();
  private readonly open = new Map<string, ToolCall>();
  private readonly told = new Set<string>();

  constructor(private readonly guard: Pick<ToolGuard, 'violationOf'>) {}

  /** The call was judged before the act. */
  wasAsked(toolCallId: string | undefined): void {
    if (toolCallId !== undefined) this.asked.add(toolCallId);
  }

  async violationIn(event: AgentEvent): Promise<ObservedViolation | null> {
    if (event.type !== 'tool_call' && event.type !== 'tool_result') return null;
    const { toolCallId: id, status } = event;
    if (event.type === 'tool_call') this.open.set(id, callOf(event));
    const call = this.open.get(id);
    if (event.type === 'tool_result') this.open.delete(id);
    // What failed has not happened.
    if (call === undefined || this.asked.has(id) || status === 'pending' || status === 'failed')
      return null;
    const denial = await this.guard.violationOf(call);
    if (denial === null || this.told.has(`${denial.rule} ${id}`)) return null;
    this.told.add(`${denial.rule} ${id}`);
    return { rule: denial.rule, detail: denial.detail, tool: call.name ?? call.title };
  }
}

function callOf(event: Extract<AgentEvent, { type: 'tool_call' }>): ToolCall {
  const { name = null, toolKind: kind, title, input, locations } = event;
  return { name, kind, title, input, locations };
}
