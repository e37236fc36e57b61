import { z } from 'zod';

const messageSchema = z.looseObject({ role: z.string(), text: z.string() });
const outputSchema = z.looseObject({ stream: z.string(), text: z.string() });

/**
 * What an agent said and its tools were given and printed, as one text, made of a run's events in
 * their order. What Runsheet says itself is left out, and so is the prompt: both name the patterns
 * that are looked for.
 */
export class AgentText {
  private readonly parts: { voice: string; text: string }[] = [];

  add(type: string, payload: unknown): void {
    if (type === 'message') {
      const message = messageSchema.safeParse(payload).data;
      if (message?.role === 'assistant') this.go('message', message.text);
    } else if (type === 'output') {
      const output = outputSchema.safeParse(payload).data;
      if (output !== undefined) this.go(`output ${output.stream}`, output.text);
    } else if (type === 'tool_call' || type === 'tool_result') {
      for (const text of textsIn(payload)) this.parts.push({ voice: type, text });
    }
  }

  toString(): string {
    return this.parts.map(({ text }) => text).join('\n');
  }

  /** A long text was told in pieces: they belong together. */
  private go(voice: string, text: string): void {
    const last = this.parts.at(-1);
    if (last?.voice === voice) last.text += text;
    else this.parts.push({ voice, text });
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
