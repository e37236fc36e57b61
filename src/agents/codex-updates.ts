import type { AgentEvent } from './agent';
import type { CodexItem } from './codex-events';
import { ToolCalls, type ToolCallPart } from './tool-calls';

type Of<T extends CodexItem['type']> = Extract<CodexItem, { type: T }>;
/** Where an item is on its way. */
export type CodexStep = 'item.started' | 'item.updated' | 'item.completed';

/** Turns the items of a Codex thread into events. */
export class CodexUpdates {
  private readonly tools: ToolCalls;
  private readonly declined = new Set<string>();

  constructor(private readonly push: (event: AgentEvent) => void) {
    this.tools = new ToolCalls(push);
  }

  /** How many acts were not allowed: by a policy, as there is nobody to ask. */
  get denials(): number {
    return this.declined.size;
  }

  take(step: CodexStep, item: CodexItem): void {
    switch (item.type) {
      case 'agent_message':
      case 'reasoning': {
        const role = item.type === 'reasoning' ? 'thought' : 'assistant';
        if (step === 'item.completed') this.push({ type: 'message', role, text: item.text });
        return;
      }
      case 'todo_list': {
        this.push({ type: 'plan_update', entries: item.items.map(entryOf) });
        return;
      }
      case 'error': {
        // Warnings come this way, too.
        this.push({ type: 'notice', text: item.message });
        return;
      }
      default:
        this.takeTool(step, item);
    }
  }

  private takeTool(
    step: CodexStep,
    item: Of<'command_execution' | 'file_change' | 'mcp_tool_call' | 'web_search'>,
  ): void {
    const told = 'status' in item ? (item.status ?? null) : null;
    if (told === 'declined') this.declined.add(item.id);
    this.tools.update({ toolCallId: item.id, status: statusOf(step, told), ...toolOf(item) });
  }
}

/** Codex knows `declined` beside the protocol's words. */
function statusOf(step: CodexStep, told: string | null): string {
  if (step !== 'item.completed') return told ?? 'in_progress';
  return told === null || told === 'completed' ? 'completed' : 'failed';
}

function toolOf(
  item: Of<'command_execution' | 'file_change' | 'mcp_tool_call' | 'web_search'>,
): Omit<ToolCallPart, 'toolCallId'> {
  switch (item.type) {
    case 'command_execution': {
      const { command, aggregated_output: output, exit_code } = item;
      const rawOutput = { output: output ?? '', exitCode: exit_code ?? null };
      return { title: command, kind: 'execute', rawInput: { command }, rawOutput };
    }
    case 'file_change': {
      const paths = item.changes.map(({ path }) => path);
      const locations = paths.map((path) => ({ path }));
      const title = `Edit ${paths.join(', ')}`;
      return { title, kind: 'edit', locations, rawInput: { changes: item.changes } };
    }
    case 'mcp_tool_call': {
      const rawOutput = item.result ?? item.error ?? null;
      const title = `${item.server}.${item.tool}`;
      return { name: item.tool, title, kind: 'other', rawInput: item.arguments, rawOutput };
    }
    case 'web_search':
      return { title: `Search ${item.query}`, kind: 'fetch', rawInput: { query: item.query } };
  }
}

function entryOf(todo: { text: string; completed: boolean }): { content: string; status: string } {
  return { content: todo.text, status: todo.completed ? 'completed' : 'pending' };
}
