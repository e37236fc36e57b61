import { z } from 'zod';
import type { ToolCall } from '../model/tool-call';
import type { Clock } from '../platform/clock';
import type { AgentEvent, Usage } from './agent';
import { MessageChunks } from './message-chunks';
import { ToolCalls, toolCallSchema, type ToolCallPart } from './tool-calls';
import { UsageTotals } from './usage-totals';

const contentSchema = z.looseObject({
  type: z.string(),
  text: z.string().optional().catch(undefined),
});

const chunkSchema = z.object({
  content: contentSchema,
  messageId: z.string().nullish().catch(null),
});

/** What we read of each kind of update. Looser than the protocol: agents run ahead of it. */
const updateSchema = z.discriminatedUnion('sessionUpdate', [
  z.object({ sessionUpdate: z.literal('agent_message_chunk'), ...chunkSchema.shape }),
  z.object({ sessionUpdate: z.literal('agent_thought_chunk'), ...chunkSchema.shape }),
  z.object({ sessionUpdate: z.literal('user_message_chunk'), ...chunkSchema.shape }),
  z.object({ sessionUpdate: z.literal('tool_call'), ...toolCallSchema.shape }),
  z.object({ sessionUpdate: z.literal('tool_call_update'), ...toolCallSchema.shape }),
  z.object({
    sessionUpdate: z.literal('plan'),
    entries: z.array(z.object({ content: z.string(), status: z.string().catch('pending') })),
  }),
  z.object({
    sessionUpdate: z.literal('usage_update'),
    cost: z.object({ amount: z.number(), currency: z.string() }).nullish().catch(null),
  }),
  z.object({
    sessionUpdate: z.literal('notice'),
    title: z.string(),
    description: z.string().nullish().catch(null),
  }),
]);
type Update = z.infer<typeof updateSchema>;

/** Kinds that say nothing about the work: the agent's commands, modes, titles, its own memory. */
const uninteresting = new Set([
  ...['available_commands_update', 'current_mode_update', 'config_option_update'],
  ...['session_info_update', 'compaction_update', 'compaction_summary_chunk'],
]);

/** What tells of work, and not only of the agent's own affairs. */
const working = new Set([
  ...['agent_message_chunk', 'agent_thought_chunk', 'tool_call', 'tool_call_update', 'plan'],
  ...['compaction_update', 'compaction_summary_chunk'],
]);

/** Where agents tell of errors that they hope to overcome by themselves. */
const ownErrorSchema = z.object({
  update: z.object({
    _meta: z.record(z.string(), z.object({ error: z.object({ message: z.string() }) })),
  }),
});

const notificationSchema = z.object({ update: z.looseObject({ sessionUpdate: z.string() }) });

/** Turns the updates of one session into events. */
export class AcpUpdates {
  private readonly chunks: MessageChunks;
  private readonly tools: ToolCalls;
  private readonly usage = new UsageTotals();
  private readonly unknownKinds = new Set<string>();
  private ownError = '';
  /** While an earlier conversation is loaded, the agent repeats it; that is no news. */
  muted = false;
  /** How many updates have come, muted ones too. */
  taken = 0;

  constructor(
    private readonly push: (event: AgentEvent) => void,
    clock: Clock,
  ) {
    this.chunks = new MessageChunks(push, clock);
    this.tools = new ToolCalls((event) => this.tell(event));
  }

  /**
   * Takes the parameters of a `session/update` as they came. Returns what they are a sign of: that
   * the agent works, that it lives, or nothing.
   */
  take(params: unknown): 'work' | 'life' | null {
    this.taken += 1;
    if (this.muted) return null;
    const kind = notificationSchema.safeParse(params).data?.update.sessionUpdate ?? '';
    if (!uninteresting.has(kind)) this.takeUpdate(kind, params);
    else this.tellOwnError(params);
    if (working.has(kind)) return 'work';
    return uninteresting.has(kind) ? null : 'life';
  }

  private takeUpdate(kind: string, params: unknown): void {
    const update = z.object({ update: updateSchema }).safeParse(params).data?.update;
    if (update === undefined) this.tellUnknown(kind);
    else this.translate(update);
  }

  /** Returns all that is known of the call. */
  takeTool(part: ToolCallPart): ToolCall {
    return this.tools.update(part);
  }

  /** Takes what the answer to a prompt says about its cost in tokens. */
  takeTurnUsage(answer: { usage?: unknown; quota?: unknown }): void {
    if (this.usage.addTurn(answer)) this.tell({ type: 'usage', usage: this.usage.current });
  }

  /** The session is an earlier one, which had used so much. */
  continueFrom(before: Usage | null | undefined): void {
    this.usage.continueFrom(before);
  }

  tell(event: AgentEvent): void {
    this.chunks.flush();
    this.push(event);
  }

  flush(): void {
    this.chunks.flush();
  }

  private translate(update: Update): void {
    switch (update.sessionUpdate) {
      case 'agent_message_chunk': {
        this.chunks.add('assistant', textOf(update.content), update.messageId ?? null);
        return;
      }
      case 'agent_thought_chunk': {
        this.chunks.add('thought', textOf(update.content), update.messageId ?? null);
        return;
      }
      case 'user_message_chunk': {
        this.chunks.add('user', textOf(update.content), update.messageId ?? null);
        return;
      }
      case 'tool_call':
      case 'tool_call_update': {
        this.tools.update(update);
        return;
      }
      case 'plan': {
        this.tell({ type: 'plan_update', entries: update.entries });
        return;
      }
      case 'usage_update':
        if (this.usage.addCost(update.cost))
          this.tell({ type: 'usage', usage: this.usage.current });
        return;
      case 'notice': {
        const parts = [update.title, update.description ?? ''].filter((part) => part !== '');
        this.tell({ type: 'notice', text: parts.join('\n') });
        return;
      }
    }
  }

  private tellOwnError(params: unknown): void {
    const meta = ownErrorSchema.safeParse(params).data?.update._meta ?? {};
    const text = Object.values(meta)[0]?.error.message ?? '';
    if (text === '' || text === this.ownError) return;
    this.ownError = text;
    this.tell({ type: 'notice', text });
  }

  private tellUnknown(kind: string): void {
    if (this.unknownKinds.has(kind)) return;
    this.unknownKinds.add(kind);
    this.tell({
      type: 'notice',
      text: `The agent sent an update that is not understood: ${kind}.`,
    });
  }
}

function textOf(content: z.infer<typeof contentSchema>): string {
  return content.type === 'text' ? (content.text ?? '') : `[${content.type}]`;
}
