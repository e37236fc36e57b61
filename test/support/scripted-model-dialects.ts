import { z } from 'zod';

/** What the model does next: it uses a tool of the agent, or speaks and so ends its turn. */
export type ModelAction =
  | { kind: 'write'; path: string; content: string }
  | { kind: 'shell'; command: string }
  /** Uses a tool of an MCP server that the agent offers. */
  | { kind: 'mcp'; tool: string; input: Record<string, unknown> }
  | { kind: 'say'; text: string };

/** What the agent asked of the model. */
export interface ModelRequest {
  /** Names of the tools that the agent offers. */
  tools: string[];
  /** The person's last words; some agents put words of their own around them. */
  prompt: string;
  /** Everything that the person has said in this conversation. */
  said: string[];
  /** How many tools have been used since. */
  step: number;
  /** A question on the side, about titles or models: no part of the work. */
  aside: boolean;
  stream: boolean;
}

export interface ModelReply {
  contentType: 'text/event-stream' | 'application/json';
  body: string;
}

/** One vendor's way to talk to a model. */
export interface Dialect {
  matches(path: string): boolean;
  read(body: unknown, path: string): ModelRequest;
  reply(action: ModelAction, request: ModelRequest, body: unknown): ModelReply;
}

/** A tool as the agent offers it; some put those of an MCP server into a namespace. */
interface OfferedTool {
  name: string;
  namespace?: string;
}

interface ToolUse extends OfferedTool {
  input: Record<string, unknown>;
}

interface Turn {
  role: string;
  text: string;
  results: number;
}

export const usage = { input: 100, output: 20 };
let lastId = 0;
export const nextId = (prefix: string): string => `${prefix}_${++lastId}`;

/** The agents' own names for writing a file and running a shell line, best first. */
export function toolFor(action: ModelAction, offered: readonly string[]): ToolUse | null {
  if (action.kind === 'say') return null;
  if (action.kind === 'mcp') return mcpTool(action, offered);
  const uses =
    action.kind === 'write' ? [...writes(action), ...shells(asShell(action))] : shells(action);
  return uses.find(({ name }) => offered.includes(name)) ?? null;
}

/** Agents put the server's name before the tool's. */
function mcpTool(
  { tool, input }: Extract<ModelAction, { kind: 'mcp' }>,
  offered: readonly string[],
): ToolUse | null {
  const found = offered.find((name) => name.endsWith(tool));
  if (found === undefined) return null;
  const [name = '', namespace] = found.split(namespaceEnd).toReversed();
  return namespace === undefined ? { name, input } : { name, namespace, input };
}

/** Between a namespace and a name; no tool is named so. */
const namespaceEnd = ' > ';

function writes({ path, content }: { path: string; content: string }): ToolUse[] {
  return [
    { name: 'Write', input: { file_path: path, content } },
    { name: 'write_file', input: { file_path: path, content } },
    { name: 'write', input: { filePath: path, content } },
    { name: 'create', input: { path, file_text: content } },
  ];
}

function shells({ command }: { command: string }): ToolUse[] {
  return [
    { name: 'Bash', input: { command, timeout: 600_000 } },
    { name: 'exec_command', input: { cmd: command, yield_time_ms: 30_000 } },
    { name: 'shell_command', input: { command } },
    { name: 'run_shell_command', input: { command } },
    { name: 'bash', input: { command, description: 'work', mode: 'sync', initial_wait: 120 } },
  ];
}

function asShell({ path, content }: { path: string; content: string }): { command: string } {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  return { command: `printf %s ${quoted(content)} > ${quoted(path)}` };
}

/** What the person said, and how many tool results came after the last of it. */
export function summary(turns: Turn[]): Pick<ModelRequest, 'prompt' | 'said' | 'step'> {
  const said: string[] = [];
  let step = 0;
  for (const { role, text, results } of turns) {
    step += results;
    if (role !== 'user' || results > 0 || text.trim() === '') continue;
    said.push(text);
    step = 0;
  }
  return { prompt: said.at(-1) ?? '', said, step };
}

export function events(list: unknown[], named: boolean): ModelReply {
  const frames = list.map((event) => {
    const name = named ? `event: ${z.object({ type: z.string() }).parse(event).type}\n` : '';
    return `${name}data: ${JSON.stringify(event)}\n\n`;
  });
  return { contentType: 'text/event-stream', body: frames.join('') };
}

export function json(value: unknown): ModelReply {
  return { contentType: 'application/json', body: JSON.stringify(value) };
}

export const sayOf = (action: ModelAction): string =>
  action.kind === 'say' ? action.text : 'I have no tool for that.';

// ---- Anthropic Messages ----

const messagesSchema = z.object({
  model: z.string().catch('model'),
  stream: z.boolean().catch(false),
  tools: z.array(z.looseObject({ name: z.string().catch('') })).catch([]),
  messages: z.array(
    z.object({
      role: z.string(),
      content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]),
    }),
  ),
});

export const anthropicMessages: Dialect = {
  matches: (path) => /\/v1\/messages(\?|$)/.test(path),
  read(body) {
    const { tools, messages, stream } = messagesSchema.parse(body);
    const turns = messages.map(({ role, content }) => {
      const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
      const texts = blocks.flatMap((block) => ('text' in block ? [String(block['text'])] : []));
      const results = blocks.filter(({ type }) => type === 'tool_result').length;
      return { role, text: texts.join('\n'), results };
    });
    const last = summary(turns);
    const aside = tools.length === 0 || last.prompt.startsWith('[SUGGESTION MODE');
    return { tools: tools.map(({ name }) => name), ...last, aside, stream };
  },
  reply(action, request, body) {
    const { model } = messagesSchema.parse(body);
    const tool = toolFor(action, request.tools);
    const block = tool
      ? { type: 'tool_use', id: nextId('toolu'), name: tool.name, input: tool.input }
      : { type: 'text', text: sayOf(action) };
    const stop_reason = tool ? 'tool_use' : 'end_turn';
    const cache = { cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
    const counts = { input_tokens: usage.input, output_tokens: usage.output, ...cache };
    const message = {
      id: nextId('msg'),
      type: 'message',
      role: 'assistant',
      model,
      stop_sequence: null,
    };
    if (!request.stream) return json({ ...message, content: [block], stop_reason, usage: counts });
    const started = {
      ...message,
      content: [],
      stop_reason: null,
      usage: { ...counts, output_tokens: 1 },
    };
    const empty = tool ? { ...block, input: {} } : { type: 'text', text: '' };
    const delta = tool
      ? { type: 'input_json_delta', partial_json: JSON.stringify(tool.input) }
      : { type: 'text_delta', text: sayOf(action) };
    return events(
      [
        { type: 'message_start', message: started },
        { type: 'content_block_start', index: 0, content_block: empty },
        { type: 'content_block_delta', index: 0, delta },
        { type: 'content_block_stop', index: 0 },
        {
          type: 'message_delta',
          delta: { stop_reason, stop_sequence: null },
          usage: { output_tokens: usage.output },
        },
        { type: 'message_stop' },
      ],
      true,
    );
  },
};

// ---- OpenAI Responses ----

const responsesSchema = z.object({
  model: z.string().catch('model'),
  tools: z
    .array(
      z.looseObject({
        type: z.string(),
        name: z.string().optional(),
        tools: z
          .array(z.looseObject({ name: z.string() }))
          .optional()
          .catch(undefined),
      }),
    )
    .catch([]),
  input: z.array(
    z.looseObject({
      type: z.string().catch('message'),
      role: z.string().optional(),
      content: z
        .array(z.looseObject({ text: z.string().optional() }))
        .optional()
        .catch(undefined),
    }),
  ),
});

export const openAiResponses: Dialect = {
  matches: (path) => /\/responses(\?|$)/.test(path),
  read(body) {
    const { tools, input } = responsesSchema.parse(body);
    const turns = input.map((item) => ({
      role: item.type === 'message' ? (item.role ?? '') : '',
      text: (item.content ?? []).map(({ text }) => text ?? '').join('\n'),
      results: item.type.endsWith('_call_output') ? 1 : 0,
    }));
    const names = tools.flatMap(({ name = '', type, tools: inner }) =>
      inner === undefined
        ? [name === '' ? type : name]
        : inner.map((tool) => `${name}${namespaceEnd}${tool.name}`),
    );
    return { tools: names, ...summary(turns), aside: names.length === 0, stream: true };
  },
  reply(action, request, body) {
    const { model } = responsesSchema.parse(body);
    const tool = toolFor(action, request.tools);
    const id = nextId('resp');
    const call = tool && {
      type: 'function_call',
      id: nextId('fc'),
      call_id: nextId('call'),
      name: tool.name,
      ...(tool.namespace === undefined ? {} : { namespace: tool.namespace }),
      arguments: JSON.stringify(tool.input),
      status: 'completed',
    };
    const text = { type: 'output_text', text: sayOf(action), annotations: [] };
    const item = call ?? {
      type: 'message',
      id: nextId('m'),
      role: 'assistant',
      status: 'completed',
      content: [text],
    };
    const begun = call
      ? { ...item, arguments: '', status: 'in_progress' }
      : { ...item, content: [], status: 'in_progress' };
    const delta = call
      ? {
          type: 'response.function_call_arguments.delta',
          item_id: item.id,
          output_index: 0,
          delta: call.arguments,
        }
      : {
          type: 'response.output_text.delta',
          item_id: item.id,
          output_index: 0,
          content_index: 0,
          delta: text.text,
        };
    const counts = {
      input_tokens: usage.input,
      input_tokens_details: { cached_tokens: 10 },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: 5 },
      total_tokens: usage.input + usage.output,
    };
    const response = { id, object: 'response', model };
    return events(
      [
        { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
        { type: 'response.output_item.added', output_index: 0, item: begun },
        delta,
        { type: 'response.output_item.done', output_index: 0, item },
        {
          type: 'response.completed',
          response: { ...response, status: 'completed', output: [item], usage: counts },
        },
      ],
      true,
    );
  },
};

// ---- Gemini ----

const geminiSchema = z.object({
  tools: z
    .array(
      z.looseObject({
        functionDeclarations: z.array(z.looseObject({ name: z.string() })).catch([]),
      }),
    )
    .catch([]),
  contents: z
    .array(
      z.object({
        role: z.string().catch('user'),
        parts: z.array(z.looseObject({ text: z.string().optional() })).catch([]),
      }),
    )
    .catch([]),
  generationConfig: z
    .looseObject({ responseMimeType: z.string().optional() })
    .optional()
    .catch(undefined),
});

/** What Gemini CLI's own questions on the side want to read. */
const asideAnswer = {
  ...{ reasoning: 'scripted', next_speaker: 'user', model_choice: 'flash' },
  ...{ complexity_score: 1, complexity_reasoning: 'scripted' },
};

export const gemini: Dialect = {
  matches: (path) => /:(streamGenerateContent|generateContent)/.test(path),
  read(body, path) {
    const { tools, contents, generationConfig } = geminiSchema.parse(body);
    const names = tools.flatMap(({ functionDeclarations }) =>
      functionDeclarations.map(({ name }) => name),
    );
    const turns = contents.map(({ role, parts }) => ({
      role,
      text: parts.map(({ text }) => text ?? '').join('\n'),
      results: parts.filter((part) => 'functionResponse' in part).length,
    }));
    const aside = generationConfig?.responseMimeType === 'application/json' || names.length === 0;
    return { tools: names, ...summary(turns), aside, stream: path.includes(':stream') };
  },
  reply(action, request) {
    const tool = request.aside ? null : toolFor(action, request.tools);
    const text = request.aside ? JSON.stringify(asideAnswer) : sayOf(action);
    const part = tool ? { functionCall: { name: tool.name, args: tool.input } } : { text };
    const reply = {
      candidates: [{ index: 0, content: { role: 'model', parts: [part] }, finishReason: 'STOP' }],
      usageMetadata: {
        promptTokenCount: usage.input,
        candidatesTokenCount: usage.output,
        totalTokenCount: usage.input + usage.output,
      },
      modelVersion: 'scripted',
    };
    return request.stream ? events([reply], false) : json(reply);
  },
};
