import type { Line } from '../text';

// The text of a plan without what stands in code fences: nothing is recognised there.

export interface BodyLine extends Line {
  /** What of the line is outside of fences, and its offset in the file. */
  seen: string;
  seenStart: number;
}

const fence = /^[ \t]*(`{3,}|~{3,})(.*)$/;

/**
 * A fence closes with at least as many of its signs and nothing behind them but blanks or a
 * closing tag. One that is never closed counts as text: the rest of the plan is worth more.
 */
export function bodyLines(lines: readonly Line[]): BodyLine[] {
  // Written out: copying objects by `...` takes most of the time that reading a file takes.
  const body = lines.map(({ number, start, end, text }): BodyLine => {
    return { number, start, end, text, seen: text, seenStart: start };
  });
  const unclosed = new Set<string>();
  for (let at = 0; at < body.length; at += 1) {
    const [, mark = '', info = ''] = fence.exec(body[at]?.text ?? '') ?? [];
    if (mark === '' || unclosed.has(mark) || (mark.startsWith('`') && info.includes('`'))) continue;
    const close = closerOf(body, at + 1, mark);
    if (close === null) {
      unclosed.add(mark);
      continue;
    }
    for (const line of body.slice(at, close.index)) line.seen = '';
    const last = body[close.index];
    if (last !== undefined) {
      last.seen = close.tail;
      last.seenStart = last.end - close.tail.length;
    }
    at = close.index;
  }
  return body;
}

function closerOf(
  body: readonly BodyLine[],
  from: number,
  mark: string,
): { index: number; tail: string } | null {
  for (let index = from; index < body.length; index += 1) {
    const [, signs = '', tail = ''] = fence.exec(body[index]?.text ?? '') ?? [];
    const rest = tail.trim();
    if (signs.startsWith(mark) && (rest === '' || rest.startsWith('</'))) return { index, tail };
  }
  return null;
}
