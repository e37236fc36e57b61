import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { RunsheetError } from '../model/errors';
import type { Clock } from '../platform/clock';
import { withinLimits } from './limits';

export interface PatternMatch {
  /** Indices into what was given. */
  pattern: number;
  line: number;
}

export type SearchResult =
  | { kind: 'searched'; matches: PatternMatch[] }
  | { kind: 'timed_out'; pattern: number }
  | { kind: 'cancelled' };

const deadlineMs = 10_000;
const mostMatches = 100;

// In a thread of its own, because a pattern can take longer than the universe lasts: the engine's
// loop goes on, and the thread can be ended in the middle of a match. As text, because it must not
// need a file of its own in the bundle.
const searcher = `
const { parentPort, workerData } = require('node:worker_threads');
const { patterns, flags, lines, most } = workerData;
const matches = [];
for (let pattern = 0; pattern < patterns.length; pattern += 1) {
  parentPort.postMessage({ began: pattern });
  const expression = new RegExp(patterns[pattern], flags);
  for (let line = 0; line < lines.length && matches.length < most; line += 1)
    if (expression.test(lines[line])) matches.push({ pattern, line });
}
parentPort.postMessage({ matches });
`;

const messageSchema = z.union([
  z.object({ began: z.int() }),
  z.object({ matches: z.array(z.object({ pattern: z.int(), line: z.int() })) }),
]);

/** @throws RunsheetError `validation` naming the pattern that is no regular expression. */
export function requirePatterns(patterns: readonly string[], flags: string): void {
  for (const pattern of patterns) {
    try {
      new RegExp(pattern, flags);
    } catch (error) {
      const reason = error instanceof Error ? error.message : '';
      throw new RunsheetError(
        'validation',
        `The pattern ${JSON.stringify(pattern)} is no regular expression: ${reason}. Correct it in the plan.`,
        { field: 'patterns', value: pattern },
      );
    }
  }
}

/** Finds the first 100 lines that match a pattern, within a deadline. */
export async function searchLines(
  patterns: readonly string[],
  flags: string,
  lines: readonly string[],
  limits: { clock: Clock; signal: AbortSignal },
): Promise<SearchResult> {
  const workerData = { patterns, flags, lines, most: mostMatches };
  const worker = new Worker(searcher, { eval: true, workerData, env: {}, execArgv: [] });
  let pattern = 0;
  const searched = new Promise<PatternMatch[]>((resolve, reject) => {
    worker.once('error', reject);
    worker.on('message', (value: unknown) => {
      const message = messageSchema.parse(value);
      if ('began' in message) pattern = message.began;
      else resolve(message.matches);
    });
  });
  const { clock, signal } = limits;
  const result = await withinLimits(clock, { timeoutMs: deadlineMs, signal }, searched);
  await worker.terminate();
  if (result.kind === 'done') return { kind: 'searched', matches: result.value };
  return result.kind === 'cancelled' ? result : { kind: 'timed_out', pattern };
}
