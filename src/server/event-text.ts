import { z } from 'zod';

// Payloads as they are written by runs; anything else is shown as its JSON.
const shapes = z.union([
  z.object({ text: z.string() }).transform(({ text }) => text),
  z
    .object({ entries: z.array(z.object({ content: z.string(), status: z.string() })) })
    .transform(({ entries }) =>
      entries.map(({ content, status }) => `[${status}] ${content}`).join('\n'),
    ),
  z
    .object({ title: z.string(), status: z.string() })
    .transform(({ title, status }) => `${title} (${status})`),
  z
    .object({ check: z.string(), outcome: z.string(), message: z.string() })
    .transform(({ check, outcome, message }) => `${check}: ${outcome}. ${message}`),
  z.object({ summary: z.string() }).transform(({ summary }) => summary),
  z.object({ command: z.string(), outcome: z.string() }).transform(({ command, outcome }) => {
    return `${command}: ${outcome}`;
  }),
  z
    .object({ verdict: z.string().nullable(), reason: z.string().nullable() })
    .transform(({ verdict, reason }) =>
      [verdict === null ? null : `verdict ${verdict}`, reason]
        .filter((part) => part !== null)
        .join(': '),
    ),
  z.object({ commit: z.string() }).transform(({ commit }) => commit.slice(0, 12)),
  z.object({ paths: z.array(z.string()) }).transform(({ paths }) => paths.join(', ')),
  z.object({ answer: z.string() }).transform(({ answer }) => answer),
  z.object({ outcome: z.string() }).transform(({ outcome }) => outcome),
]);

/** An event's payload as text for people. */
export function eventText(payload: unknown): string {
  if (payload === null || payload === undefined) return '';
  const known = shapes.safeParse(payload);
  return known.success ? known.data : JSON.stringify(payload);
}
