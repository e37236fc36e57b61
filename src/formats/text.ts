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

export function linesOf(text: string): Line[] {
  return mapLines(text, (number, start, end) => {
    return { number, start, end, text: text.slice(start, end) };
  });
}

/** What `make` makes of each line, from its number and offsets as `Line` has them. */
export function mapLines<T>(
  text: string,
  make: (number: number, start: number, end: number) => T,
): T[] {
  const made: T[] = [];
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  let feed = text.indexOf('\n');
  let carriage = text.indexOf('\r');
  while (feed >= 0 || carriage >= 0) {
    const end = carriage < 0 || (feed >= 0 && feed < carriage) ? feed : carriage;
    made.push(make(made.length + 1, start, end));
    start = end === carriage && feed === end + 1 ? end + 2 : end + 1;
    // Each is looked for again only when it was passed.
    if (feed >= 0 && feed < start) feed = text.indexOf('\n', start);
    if (carriage >= 0 && carriage < start) carriage = text.indexOf('\r', start);
  }
  made.push(make(made.length + 1, start, text.length));
  return made;
}

/** Leads from an offset to its 1-based line. */
export class LineIndex {
  private starts: readonly number[] | null = null;

  constructor(private readonly text: string) {}

  lineAt(offset: number): number {
    // Most plans are read without a place to ask for.
    this.starts ??= mapLines(this.text, (_number, start) => start);
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
