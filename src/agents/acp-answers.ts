import { z } from 'zod';

/** What we read of the answer to each request. The library does not look at them. */
export const initializedSchema = z.object({
  protocolVersion: z.number(),
  agentInfo: z.object({ version: z.string() }).nullish().catch(null),
  agentCapabilities: z
    .object({
      loadSession: z.boolean().catch(false),
      mcpCapabilities: z
        .object({ http: z.boolean().catch(false) })
        .nullish()
        .catch(null),
      sessionCapabilities: z.object({ resume: z.unknown().optional() }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});
export type Initialized = z.infer<typeof initializedSchema>;

export const sessionSchema = z.object({
  sessionId: z.string().optional(),
  models: z.object({ currentModelId: z.string() }).nullish().catch(null),
  configOptions: z
    .array(z.object({ category: z.string().nullish(), currentValue: z.unknown().optional() }))
    .nullish()
    .catch(null),
});

export const answerSchema = z.object({
  stopReason: z.string(),
  usage: z.unknown().optional(),
  _meta: z.object({ quota: z.unknown().optional() }).nullish().catch(null),
});

/** "Authentication required" in the protocol. */
export const authRequired = -32000;

/** The agent answered something that is not the protocol. */
export class ProtocolError extends Error {}

/** @throws ProtocolError when the answer has not the expected shape. */
export function parseAnswer<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const problem = z.prettifyError(parsed.error).replaceAll('\n', ' ');
  throw new ProtocolError(`The agent's answer is not understood: ${problem}`);
}

/** The model that the session runs on, if the agent says so in one of the two usual places. */
export function modelOf(session: z.infer<typeof sessionSchema> | undefined): string | null {
  const option = session?.configOptions?.find(({ category }) => category === 'model');
  const chosen = typeof option?.currentValue === 'string' ? option.currentValue : null;
  return session?.models?.currentModelId ?? chosen;
}
