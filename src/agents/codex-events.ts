import { z } from 'zod';

/** What we read of the lines that `codex exec --json` prints. */

const id = z.string();
const status = z.string().nullish().catch(null);

const itemSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('agent_message'), id, text: z.string() }),
  z.object({ type: z.literal('reasoning'), id, text: z.string() }),
  z.object({
    type: z.literal('command_execution'),
    id,
    command: z.string(),
    aggregated_output: z.string().nullish().catch(null),
    exit_code: z.number().nullish().catch(null),
    status,
  }),
  z.object({
    type: z.literal('file_change'),
    id,
    changes: z.array(z.object({ path: z.string(), kind: z.unknown() })).catch([]),
    status,
  }),
  z.object({
    type: z.literal('mcp_tool_call'),
    id,
    server: z.string().catch(''),
    tool: z.string().catch(''),
    arguments: z.unknown().optional(),
    result: z.unknown().optional(),
    error: z.unknown().optional(),
    status,
  }),
  z.object({ type: z.literal('web_search'), id, query: z.string().catch('') }),
  z.object({
    type: z.literal('todo_list'),
    id,
    items: z.array(z.object({ text: z.string(), completed: z.boolean().catch(false) })).catch([]),
  }),
  z.object({ type: z.literal('error'), id, message: z.string() }),
]);
export type CodexItem = z.infer<typeof itemSchema>;

const count = z.number().catch(0);

/** `usage` counts the whole thread, earlier processes included. */
export const codexEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('thread.started'), thread_id: z.string() }),
  z.object({ type: z.literal('turn.started') }),
  z.object({
    type: z.enum(['item.started', 'item.updated', 'item.completed']),
    item: z.unknown().transform((item) => itemSchema.safeParse(item).data ?? null),
  }),
  z.object({
    type: z.literal('turn.completed'),
    usage: z.object({ input_tokens: count, output_tokens: count }).nullish().catch(null),
  }),
  z.object({ type: z.literal('turn.failed'), error: z.object({ message: z.string() }) }),
  z.object({ type: z.literal('error'), message: z.string() }),
]);
export type CodexEvent = z.infer<typeof codexEventSchema>;
