import type { AgentEvent } from './agent';
import type {
  ClaudeBlock,
  ClaudeMessage,
  ClaudeModelUsage,
  ClaudeResult,
  ClaudeUsage,
} from './claude-messages';
import { claudeToolCall } from './claude-tools';
import { ToolCalls } from './tool-calls';
import type { UsageTotals } from './usage-totals';
import { type UsageReport } from './usage-totals';

type Of<T extends ClaudeMessage['type']> = Extract<ClaudeMessage, { type: T }>;

/** Turns what Claude Code prints about its work into events. */
export class ClaudeUpdates {
  private readonly tools: ToolCalls;
  /** Tokens of each answer of the model; it is told again with each of its blocks. */
  private readonly answers = new Map<string, { tokensIn: number; tokensOut: number }>();

  constructor(
    private readonly push: (event: AgentEvent) => void,
    private readonly usage: UsageTotals,
  ) {
    this.tools = new ToolCalls(push);
  }

  takeAssistant({ message, parent_tool_use_id: parent, error }: Of<'assistant'>): void {
    for (const block of message.content) this.takeBlock(block, (parent ?? null) !== null);
    // Its own words on an error have used nothing.
    if ((error ?? null) !== null || message.usage === null || message.usage === undefined) return;
    this.answers.set(message.id, tokensOf(message.usage));
    const answers = [...this.answers.values()];
    this.tellUsage(
      this.usage.addOwn({
        tokensIn: sum(answers.map(({ tokensIn }) => tokensIn)),
        tokensOut: sum(answers.map(({ tokensOut }) => tokensOut)),
      }),
    );
  }

  /** The results of tools; the rest are words that were put into the person's mouth. */
  takeUser({ message }: Of<'user'>): void {
    for (const block of message.content) if (block.type === 'tool_result') this.takeResult(block);
  }

  /** Returns what it told the person. */
  takeSystem(message: Of<'system'>): string | null {
    const text = noticeOf(message);
    if (text !== null) this.push({ type: 'notice', text });
    return text;
  }

  /** The figures at the end are whole, those on the way were not. */
  takeUsage(result: ClaudeResult): void {
    const turns = result.num_turns ?? undefined;
    // Where there was no conversation its zeros mean nothing.
    if (turns === 0) return;
    const own = result.model_usage_since_last_result ?? null;
    if (own !== null) {
      this.tellUsage(this.usage.addOwn({ ...totalOf(own), turns }));
      return;
    }
    const total = result.modelUsage ?? null;
    const costUsd = result.total_cost_usd ?? undefined;
    const report = total === null ? {} : totalOf(total);
    this.tellUsage(this.usage.addSession({ ...report, costUsd, turns }));
  }

  private takeBlock(block: ClaudeBlock, isOfSubagent: boolean): void {
    switch (block.type) {
      case 'text':
      case 'thinking': {
        const text = block.type === 'text' ? block.text : block.thinking;
        const role = block.type === 'text' ? 'assistant' : 'thought';
        // What a subagent says goes to the agent, as the result of a tool.
        if (text !== '' && !isOfSubagent) this.push({ type: 'message', role, text });
        return;
      }
      case 'tool_result': {
        this.takeResult(block);
        return;
      }
      default:
        this.tools.update(claudeToolCall(block.id, block.name, block.input));
    }
  }

  private takeResult(block: Extract<ClaudeBlock, { type: 'tool_result' }>): void {
    this.tools.update({
      toolCallId: block.tool_use_id,
      status: block.is_error === true ? 'failed' : 'completed',
      rawOutput: block.content,
    });
  }

  private tellUsage(isNew: boolean): void {
    if (isNew) this.push({ type: 'usage', usage: this.usage.current });
  }
}

function noticeOf(message: Of<'system'>): string | null {
  if (message.subtype === 'api_retry') {
    const status = message.error_status ?? null;
    const why = status === null ? 'Connection error' : `HTTP ${status}`;
    const { attempt, max_retries: most } = message;
    const which = attempt === undefined ? '' : ` (${attempt} of ${most ?? '?'})`;
    return `${why}: the agent asks its provider again${which}.`;
  }
  if (message.subtype === 'permission_denied') {
    return `The agent was not allowed to use ${message.tool_name ?? 'a tool'}. ${message.message ?? ''}`.trim();
  }
  return null;
}

function tokensOf(usage: ClaudeUsage): { tokensIn: number; tokensOut: number } {
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens } = usage;
  const inputs = [input_tokens, cache_creation_input_tokens, cache_read_input_tokens];
  return {
    tokensIn: sum(inputs.map((tokens) => tokens ?? 0)),
    tokensOut: usage.output_tokens ?? 0,
  };
}

/** Over all models that took part; what came from a cache was read, too. */
function totalOf(models: ClaudeModelUsage): UsageReport {
  const all = Object.values(models);
  return {
    tokensIn: sum(
      all.map((of) => of.inputTokens + of.cacheReadInputTokens + of.cacheCreationInputTokens),
    ),
    tokensOut: sum(all.map((of) => of.outputTokens)),
    costUsd: sum(all.map((of) => of.costUSD)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
