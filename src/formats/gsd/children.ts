import type { BodyLine } from './body';

// The elements of a task. What is no XML is read all the same: the first known tag at the start of
// a line opens an element, and what is between it and its end is text, whatever it looks like.

export interface Child {
  tag: string;
  /** As written, white space at both ends included. */
  content: string;
}

const known = [
  'name',
  'n',
  'files',
  'read_first',
  'precondition',
  'reversibility',
  'behavior',
  'implementation',
  'runtime_budget',
  'action',
  'verify',
  'acceptance_criteria',
  'done',
  'what-built',
  'how-to-verify',
  'resume-signal',
  'decision',
  'context',
  'options',
  'instructions',
  'verification',
] as const;
export type ChildTag = (typeof known)[number];

const opening = new RegExp(String.raw`^[ \t]*<(${known.join('|')})(?:\s[^<>]*)?>`);

/** The elements at the start of lines in `body`, from the offset `start` on. */
export function childrenOf(text: string, body: readonly BodyLine[], start: number): Child[] {
  const children: Child[] = [];
  const closers = new Closers(body);
  let from = start;
  for (let index = 0; index < body.length;) {
    const line = body[index];
    const skipped = Math.max(0, from - (line?.seenStart ?? 0));
    const open = opening.exec(line?.seen.slice(skipped) ?? '');
    const tag = open?.[1];
    if (line === undefined || open === null || tag === undefined) {
      index += 1;
      continue;
    }
    const inside = line.seenStart + skipped + open[0].length;
    const close = closers.find(tag, index, inside) ?? nextOpening(body, index, inside);
    children.push({ tag, content: text.slice(inside, close.start) });
    [index, from] = [close.index, close.end];
  }
  return children;
}

interface Close {
  /** Of the line. */
  index: number;
  start: number;
  end: number;
}

/** Finds closing tags; remembers failures, so that reading stays linear. */
class Closers {
  private readonly unclosed = new Set<string>();

  constructor(private readonly body: readonly BodyLine[]) {}

  find(tag: string, first: number, offset: number): Close | null {
    if (this.unclosed.has(tag)) return null;
    const close = `</${tag}>`;
    for (let index = first; index < this.body.length; index += 1) {
      const line = this.body[index];
      if (line === undefined) break;
      const at = line.seen.indexOf(close, Math.max(0, offset - line.seenStart));
      const start = line.seenStart + at;
      if (at >= 0) return { index, start, end: start + close.length };
    }
    this.unclosed.add(tag);
    return null;
  }
}

/** An element without an end goes to the next one. */
function nextOpening(body: readonly BodyLine[], first: number, offset: number): Close {
  for (let index = first + 1; index < body.length; index += 1) {
    const line = body[index];
    if (line !== undefined && opening.test(line.seen))
      return { index, start: line.seenStart, end: line.seenStart };
  }
  const end = Math.max(offset, body.at(-1)?.end ?? offset);
  return { index: body.length, start: end, end };
}
