import type { SourceRange } from '../model/plan';

/** One line of a text, without its line end. */
export interface Line {
  /** 1-based. */
  number: number;
  /** Offset of the first character; behind the byte order mark on the first line. */
  start: number;
  end: number;
  text: string;
}

const lineEnd = /\r\n|\n|\r/g;

export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  const push = (end: number) =>
    lines.push({ number: lines.length + 1, start, end, text: text.slice(start, end) });
  for (const match of text.matchAll(lineEnd)) {
    push(match.index);
    start = match.index + match[0].length;
  }
  push(text.length);
  return lines;
}

/** Leads from an offset to its 1-based line. */
export class LineIndex {
  private readonly starts: number[] = [0];

  constructor(text: string) {
    for (const match of text.matchAll(lineEnd)) this.starts.push(match.index + match[0].length);
  }

  lineAt(offset: number): number {
    let low = 0;
    let high = this.starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.starts[middle] ?? Infinity) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }
}

export function rangeOf(line: Line): SourceRange {
  return { start: line.start, end: line.end };
}

/** The first line, or of it the first sentence, cut at `longest` characters. */
export function shortTitle(text: string, longest: number): string {
  const line = text.trim().split(/\r?\n/, 1)[0] ?? '';
  const sentence = /^.{12,}?[.!?](?=\s+\p{Lu})/u.exec(line)?.[0].replace(/\.$/, '') ?? line;
  if (sentence.length <= longest) return sentence;
  const cut = sentence.slice(0, longest - 1);
  // A pair of surrogates is not torn apart.
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** A short stable word for a title: letters and digits of any script, joined by `-`. */
export function slug(title: string): string {
  return title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
}

/** The last part of a path with `/`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
