import { z } from 'zod';
import {
  toolFor,
  nextId,
  sayOf,
  json,
  events,
  summary,
  usage,
  type Dialect,
} from './scripted-model-dialects';

const completionsSchema = z.object({
  model: z.string().catch('model'),
  stream: z.boolean().catch(false),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).catch([]),
  messages: z.array(
    z.looseObject({
      role: z.string(),
      content: z
        .union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))])
        .nullish()
        .catch(null),
    }),
  ),
});

export const openAiCompletions: Dialect = {
  matches: (path) => path.includes('/chat/completions'),
  read(body) {
    const { tools, messages, stream } = completionsSchema.parse(body);
    const turns = messages.map(({ role, content }) => ({
      role,
      text: Array.isArray(content)
        ? content.map(({ text }) => text ?? '').join('\n')
        : (content ?? ''),
      results: role === 'tool' ? 1 : 0,
    }));
    const names = tools.map((tool) => tool.function.name);
    return { tools: names, ...summary(turns), aside: names.length === 0, stream };
  },
  reply(action, request, body) {
    const { model } = completionsSchema.parse(body);
    const tool = toolFor(action, request.tools);
    const call = tool && {
      id: nextId('call'),
      type: 'function',
      function: { name: tool.name, arguments: JSON.stringify(tool.input) },
    };
    const message = call
      ? { role: 'assistant', content: null, tool_calls: [call] }
      : { role: 'assistant', content: sayOf(action) };
    const finish_reason = call ? 'tool_calls' : 'stop';
    const counts = {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
    };
    const common = { id: nextId('chat'), created: 1, model };
    if (!request.stream) {
      const choices = [{ index: 0, message, finish_reason }];
      return json({ ...common, object: 'chat.completion', choices, usage: counts });
    }
    const delta = call ? { ...message, tool_calls: [{ index: 0, ...call }] } : message;
    const chunk = { ...common, object: 'chat.completion.chunk' };
    const { contentType, body: frames } = events(
      [
        { ...chunk, choices: [{ index: 0, delta, finish_reason: null }] },
        { ...chunk, choices: [{ index: 0, delta: {}, finish_reason }] },
        { ...chunk, choices: [], usage: counts },
      ],
      false,
    );
    return { contentType, body: `${frames}data: [DONE]\n\n` };
  },
};
