import { z } from 'zod';

/** What we read of the lines that `claude` prints with `--output-format stream-json`. */

const blockSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), thinking: z.string() }),
  z.object({
    type: z.enum(['tool_use', 'server_tool_use', 'mcp_tool_use']),
    id: z.string(),
    name: z.string(),
    input: z.unknown(),
  }),
  z.object({
    type: z.literal('tool_result'),
    tool_use_id: z.string(),
    content: z.unknown().optional(),
    is_error: z.boolean().nullish().catch(null),
  }),
]);
export type ClaudeBlock = z.infer<typeof blockSchema>;

/** Blocks of kinds that say nothing to us are left out. */
const contentSchema = z.union([z.string(), z.array(z.unknown())]).transform((content) => {
  if (typeof content === 'string') return [{ type: 'text' as const, text: content }];
  return content.flatMap((block) => blockSchema.safeParse(block).data ?? []);
});

const count = z.number().nullish().catch(null);
const usageSchema = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
});
export type ClaudeUsage = z.infer<typeof usageSchema>;

/** Set on messages of a subagent: the tool use that started it. */
const parent_tool_use_id = z.string().nullish().catch(null);

const assistantSchema = z.object({
  type: z.literal('assistant'),
  message: z.object({
    id: z.string().catch(''),
    content: contentSchema,
    usage: usageSchema.nullish().catch(null),
  }),
  parent_tool_use_id,
  /** One word on why the provider did not answer; the content is then Claude Code's own text. */
  error: z.string().nullish().catch(null),
});

const userSchema = z.object({
  type: z.literal('user'),
  message: z.object({ content: contentSchema }),
  parent_tool_use_id,
});

const systemSchema = z.object({
  type: z.literal('system'),
  subtype: z.string(),
  /** Of `api_retry`. */
  attempt: z.number().optional().catch(undefined),
  max_retries: z.number().optional().catch(undefined),
  error_status: z.number().nullish().catch(null),
  /** Of `permission_denied`. */
  tool_name: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

const modelUsageSchema = z.record(
  z.string(),
  z.object({
    inputTokens: z.number().catch(0),
    outputTokens: z.number().catch(0),
    cacheReadInputTokens: z.number().catch(0),
    cacheCreationInputTokens: z.number().catch(0),
    costUSD: z.number().catch(0),
  }),
);
export type ClaudeModelUsage = z.infer<typeof modelUsageSchema>;

const resultSchema = z.object({
  type: z.literal('result'),
  subtype: z.string(),
  is_error: z.boolean().catch(false),
  num_turns: z.number().nullish().catch(null),
  result: z.string().nullish().catch(null),
  errors: z.array(z.string()).nullish().catch(null),
  stop_reason: z.string().nullish().catch(null),
  terminal_reason: z.string().nullish().catch(null),
  api_error_status: z.number().nullish().catch(null),
  total_cost_usd: z.number().nullish().catch(null),
  /** Totals of the conversation, earlier processes included. */
  modelUsage: modelUsageSchema.nullish().catch(null),
  /** Only what this process used; newer versions tell it. */
  model_usage_since_last_result: modelUsageSchema.nullish().catch(null),
  permission_denials: z.array(z.unknown()).nullish().catch(null),
});
export type ClaudeResult = z.infer<typeof resultSchema>;

const askSchema = z.object({
  subtype: z.literal('can_use_tool'),
  tool_name: z.string(),
  input: z.record(z.string(), z.unknown()),
  tool_use_id: z.string().optional().catch(undefined),
  title: z.string().nullish().catch(null),
  /** Rules that would spare the person the same question again. */
  permission_suggestions: z.array(z.looseObject({})).nullish().catch(null),
  suppress_always_allow_rule: z.boolean().nullish().catch(null),
});
export type ClaudeAsk = z.infer<typeof askSchema>;

export const claudeMessageSchema = z.discriminatedUnion('type', [
  assistantSchema,
  userSchema,
  systemSchema,
  resultSchema,
  z.object({
    type: z.literal('control_request'),
    request_id: z.string(),
    request: z.union([askSchema, z.object({ subtype: z.string() })]),
  }),
  z.object({ type: z.literal('control_cancel_request'), request_id: z.string() }),
  z.object({
    type: z.literal('control_response'),
    response: z.object({
      subtype: z.string(),
      request_id: z.string(),
      response: z.unknown().optional(),
      error: z.string().optional().catch(undefined),
    }),
  }),
  z.object({
    type: z.literal('rate_limit_event'),
    rate_limit_info: z.object({ status: z.string(), resetsAt: z.number().optional() }),
  }),
]);
export type ClaudeMessage = z.infer<typeof claudeMessageSchema>;

/** What we read of the answers to our requests. */
export const initializedSchema = z.object({
  claude_code_version: z.string().nullish().catch(null),
});
export const settingsSchema = z.object({ applied: z.object({ model: z.string() }) });
