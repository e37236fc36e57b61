import type { MarkdownLine } from '../markdown';

export interface Criterion {
  /** By which Tasks refer to it; `null`: it has none. */
  number: number | null;
  /** Whether it is an item of a numbered list, as the method writes them. */
  listed: boolean;
  text: string;
}

/** Numbered lines, or where there are none bullets and headings such as `AC1: …`. */
export function readCriteria(lines: readonly MarkdownLine[]): Criterion[] {
  const numbered = items(lines, numberedItem);
  return numbered.length > 0 ? numbered : items(lines, otherItem);
}

function items(
  lines: readonly MarkdownLine[],
  read: (line: MarkdownLine) => Criterion | null,
): Criterion[] {
  const found: Criterion[] = [];
  let last: Criterion | null = null;
  for (const line of lines) {
    if (line.kind !== 'text' || line.blank) continue;
    const item = read(line);
    if (item !== null) found.push(item);
    // What is indented goes on with the criterion above.
    else if (last !== null && line.indent > 0) last.text += ` ${line.text.trim()}`;
    last = item ?? (line.indent > 0 ? last : null);
  }
  return found;
}

function numberedItem({ text }: MarkdownLine): Criterion | null {
  const [, number, rest = ''] = /^(\d{1,6})[.)][ \t]+(\S.*)$/.exec(text) ?? [];
  return number === undefined
    ? null
    : { number: Number(number), listed: true, text: rest.trimEnd() };
}

function otherItem({ text: own, heading }: MarkdownLine): Criterion | null {
  const rest = heading?.title ?? /^[-*+][ \t]+(?:\[.\][ \t]+)?(\S.*)$/u.exec(own)?.[1];
  if (rest === undefined) return null;
  const number = /^\W{0,3}AC[\s#-]?(\d{1,6})/i.exec(rest)?.[1];
  const text = rest.trimEnd();
  return { number: number === undefined ? null : Number(number), listed: false, text };
}

export interface TaskReferences {
  /** The Task's text without them. */
  text: string;
  /** `all`: every criterion, in words. */
  criteria: readonly number[] | 'all';
}

const most = 1000;

/** `(AC: #1, 3-5)` in a Task's text. */
export function criteriaOf(text: string): TaskReferences {
  const match = /\(ACs?\b\s*:?\s*([^()]{1,500})\)/i.exec(text);
  if (match === null) return { text, criteria: [] };
  const [whole, list = ''] = match;
  const rest = `${text.slice(0, match.index)}${text.slice(match.index + whole.length)}`.trim();
  const numbers: number[] = [];
  for (const [, from, to] of list.matchAll(/(\d{1,6})(?:\s*(?:-|–|\.\.)\s*#?(?:AC)?(\d{1,6}))?/gi))
    for (let at = Number(from); at <= Number(to ?? from) && numbers.length < most; at += 1)
      numbers.push(at);
  return { text: rest, criteria: numbers.length > 0 ? numbers : 'all' };
}
