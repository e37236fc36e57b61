import { z } from 'zod';
import type { ToolCall } from '../model/tool-call';
import type { AgentEvent } from './agent';

type ToolEvent = Extract<AgentEvent, { type: 'tool_call' | 'tool_result' }>;

/** A tool call or an update of one; agents may send either first. Unknown words pass as they are. */
export const toolCallSchema = z.object({
  toolCallId: z.string(),
  name: z.string().nullish().catch(null),
  title: z.string().nullish().catch(null),
  kind: z.string().nullish().catch(null),
  status: z.string().nullish().catch(null),
  locations: z
    .array(z.object({ path: z.string() }))
    .nullish()
    .catch(null),
  content: z.array(z.unknown()).nullish().catch(null),
  rawInput: z.unknown().optional(),
  rawOutput: z.unknown().optional(),
});
export type ToolCallPart = z.infer<typeof toolCallSchema>;

/** So many calls are remembered; what is told later of an older one begins anew. */
const mostKnown = 500;

interface KnownCall {
  name: string | null;
  title: string;
  kind: string;
  status: string;
  locations: string[];
  input: unknown;
  content: unknown[];
  rawOutput: unknown;
  /** What was told last, as JSON. */
  told: string;
}

/** Keeps the state of each tool call and tells only what is new about it. */
export class ToolCalls {
  private readonly calls = new Map<string, KnownCall>();

  constructor(private readonly push: (event: ToolEvent) => void) {}

  /** Takes in one message about a call; returns all that is known of it. */
  update(part: ToolCallPart): ToolCall {
    const call = merge(this.calls.get(part.toolCallId), part);
    this.calls.set(part.toolCallId, call);
    const [oldest] = this.calls.size > mostKnown ? this.calls.keys() : [];
    if (oldest !== undefined) this.calls.delete(oldest);
    const isEnded = call.status === 'completed' || call.status === 'failed';
    if (!isEnded || call.told === '') this.tell(call, this.callEvent(part.toolCallId, call));
    if (isEnded) this.tell(call, this.resultEvent(part.toolCallId, call));
    return described(call);
  }

  private tell(call: KnownCall, event: ToolEvent): void {
    const json = JSON.stringify(event);
    if (json === call.told) return;
    call.told = json;
    this.push(event);
  }

  private callEvent(toolCallId: string, call: KnownCall): ToolEvent {
    const { name, title, kind: toolKind, status, locations, input } = call;
    return { type: 'tool_call', toolCallId, name, title, toolKind, status, locations, input };
  }

  private resultEvent(toolCallId: string, call: KnownCall): ToolEvent {
    const output = call.rawOutput ?? call.content;
    return { type: 'tool_result', toolCallId, title: call.title, status: call.status, output };
  }
}

const diffSchema = z.object({ type: z.literal('diff'), path: z.string() });

/**
 * Where the agent tells no input, the content has what is to be changed; where it tells one, the
 * content may still show other files and texts.
 */
function described({ name, kind, title, input, content, ...call }: KnownCall): ToolCall {
  const isTold = input !== null && JSON.stringify(input) !== '{}';
  const shown = content.flatMap((part) => diffSchema.safeParse(part).data?.path ?? []);
  const locations = [...new Set([...call.locations, ...shown])];
  const known = { name, kind, title, locations };
  if (content.length === 0) return { ...known, input };
  return isTold ? { ...known, input, content } : { ...known, input: content };
}

function merge(known: KnownCall | undefined, part: ToolCallPart): KnownCall {
  return {
    name: part.name ?? known?.name ?? null,
    title: part.title ?? known?.title ?? part.toolCallId,
    kind: part.kind ?? known?.kind ?? 'other',
    status: part.status ?? known?.status ?? 'pending',
    locations: part.locations?.map(({ path }) => path) ?? known?.locations ?? [],
    input: part.rawInput ?? known?.input ?? null,
    content: part.content ?? known?.content ?? [],
    rawOutput: part.rawOutput ?? known?.rawOutput,
    told: known?.told ?? '',
  };
}
