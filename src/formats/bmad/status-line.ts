import type { SourceRange } from '../../model/plan';
import type { MarkdownLine } from '../markdown';

/** The status that a story file gives itself, as written. */
export interface StatusText {
  text: string;
  range: SourceRange;
  line: number;
}

const atTop = /^(?:[-*][ \t]+)?[*_]{0,2}Status[*_]{0,2}[ \t]*:[*_]{0,2}[ \t]*/i;

/** `Status:` before the first heading of level 2, or the first line of a section `Status`. */
export function statusLine(lines: readonly MarkdownLine[]): StatusText | null {
  const second = lines.findIndex(({ heading }) => heading !== null && heading.level >= 2);
  const top = second < 0 ? lines : lines.slice(0, second);
  for (const line of top) {
    const [lead] = line.kind === 'text' ? (atTop.exec(line.text) ?? []) : [];
    const status = lead === undefined ? null : wordIn(line, lead.length);
    if (status !== null) return status;
  }
  return inSection(lines);
}

function inSection(lines: readonly MarkdownLine[]): StatusText | null {
  const at = lines.findIndex(
    ({ heading }) => heading?.level === 2 && /^Status\b/i.test(heading.title),
  );
  const heading = lines[at];
  if (heading === undefined) return null;
  const [lead] = /^\s*#+[ \t]+Status[ \t]*:[ \t]*/i.exec(heading.text) ?? [];
  const own = lead === undefined ? null : wordIn(heading, lead.length);
  if (own !== null) return own;
  const next = lines.slice(at + 1).find(({ kind, blank }) => kind === 'text' && !blank);
  if (next === undefined || next.heading !== null) return null;
  return wordIn(
    next,
    /^\s*(?:[-*][ \t]+)?(?:[*_]{0,2}Status[*_]{0,2}:)?\s*/i.exec(next.text)?.[0].length ?? 0,
  );
}

/** The rest of a line without emphasis, quotes and a comment. */
function wordIn({ text, start, number }: MarkdownLine, from: number): StatusText | null {
  const [rest = ''] = text.slice(from).split('<!--', 1);
  const lead = /^[\s*_`]*/.exec(rest)?.[0].length ?? 0;
  const word = withoutEnd(rest.slice(lead));
  if (word === '') return null;
  const begin = start + from + lead;
  return { text: word, range: { start: begin, end: begin + word.length }, line: number };
}

function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && /[\s*_`]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
