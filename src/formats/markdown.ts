import type { SourceRange } from '../model/plan';
import { mapLines, type Line } from './text';

export interface Heading {
  level: number;
  title: string;
  range: SourceRange;
}

/** A line of a Markdown file with what a plan reader asks about it. */
export interface MarkdownLine extends Line {
  /** Code and comments are never plan content; a fence's own lines count as code. */
  kind: 'text' | 'code' | 'comment' | 'front-matter';
  /** Columns of leading white space; a tab goes to the next multiple of four. */
  indent: number;
  blank: boolean;
  /** Set on lines of kind `text` only. */
  heading: Heading | null;
}

/** A list item with a box: `- [x] text`. */
export interface Box {
  indent: number;
  /** The character between the brackets. */
  mark: string;
  markRange: SourceRange;
  /** What follows the box. */
  text: string;
  /** Offset of `text` in the file. */
  textStart: number;
}

/**
 * The lines of a Markdown file. A fence or a comment that is never closed counts as ordinary
 * text: losing the rest of a plan to a forgotten fence would be worse.
 */
export function markdownLines(text: string): MarkdownLine[] {
  // Written out: copying objects by `...` takes most of the time that reading a file takes.
  const lines = mapLines(text, (number, start, end): MarkdownLine => {
    const own = text.slice(start, end);
    const [indent, blank] = [indentOf(own), !/\S/.test(own)];
    return { number, start, end, text: own, kind: 'text', indent, blank, heading: null };
  });
  markFrontMatter(lines);
  markBlocks(lines);
  for (const line of lines) if (line.kind === 'text') line.heading = headingOf(line);
  return lines;
}

function markFrontMatter(lines: MarkdownLine[]): void {
  // Before an empty line it is a rule, as Pandoc has it.
  if (lines[0]?.text.trimEnd() !== '---' || lines[1]?.blank !== false) return;
  const close = lines.findIndex((line, index) => index > 0 && /^(---|\.\.\.)\s*$/.test(line.text));
  for (const line of lines.slice(0, close + 1)) line.kind = 'front-matter';
}

function markBlocks(lines: MarkdownLine[]): void {
  const closers = new BlockClosers(lines);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    if (line?.kind !== 'text') continue;
    const fence = /^\s*(?:[-*+]\s+|\d+[.)]\s+)?(`{3,}|~{3,})([^`]*)$/.exec(line.text)?.[1];
    const comment = line.text.trimStart().startsWith('<!--');
    if (fence === undefined && !comment) continue;
    const close = fence === undefined ? closers.comment(index) : closers.fence(index, fence);
    if (close === null) continue;
    const kind = fence === undefined ? 'comment' : 'code';
    for (const inside of lines.slice(index, close + 1)) inside.kind = kind;
    index = close;
  }
}

/** Finds the line that closes a block; remembers failures, so that reading stays linear. */
class BlockClosers {
  private readonly unclosed = new Map<string, number>();

  constructor(private readonly lines: readonly MarkdownLine[]) {}

  fence(open: number, mark: string): number | null {
    const sign = mark.charAt(0);
    const closes = (text: string) => {
      const trimmed = text.trim();
      return trimmed.length >= mark.length && /^(`+|~+)$/.test(trimmed) && trimmed[0] === sign;
    };
    return this.find(`${sign}${mark.length}`, open + 1, closes);
  }

  comment(open: number): number | null {
    return this.find('comment', open, (text) => text.includes('-->'));
  }

  private find(key: string, from: number, closes: (text: string) => boolean): number | null {
    if ((this.unclosed.get(key) ?? Infinity) <= from) return null;
    for (let index = from; index < this.lines.length; index += 1) {
      if (closes(this.lines[index]?.text ?? '')) return index;
    }
    this.unclosed.set(key, from);
    return null;
  }
}

function indentOf(text: string): number {
  let column = 0;
  for (const character of text) {
    if (character === '\t') column += 4 - (column % 4);
    else if (character === ' ') column += 1;
    else break;
  }
  return column;
}

/** The heading that a line is, wherever the line stands. */
export function headingOf(line: Line): Heading | null {
  const match = /^( {0,3}(#{1,6})[ \t]+)(\S.*)$/.exec(line.text);
  const [, lead = '', signs = '', rest = ''] = match ?? [];
  if (match === null) return null;
  const title = withoutClosingSigns(rest.trimEnd());
  const start = line.start + lead.length;
  return { level: signs.length, title, range: { start, end: start + title.length } };
}

function withoutClosingSigns(title: string): string {
  let end = title.length;
  while (title[end - 1] === '#') end -= 1;
  return end < title.length && /\s/.test(title.charAt(end - 1))
    ? title.slice(0, end).trimEnd()
    : title;
}

/** The box of a line; `null` for any other line. */
export function boxOf(line: MarkdownLine): Box | null {
  if (line.kind !== 'text') return null;
  const match = /^(\s*[-*+]\s+\[)(.)\](\s+(?=\S)|\s*$)(.*)$/u.exec(line.text);
  if (match === null) return null;
  const [, lead = '', mark = '', gap = '', text = ''] = match;
  const markStart = line.start + lead.length;
  const markEnd = markStart + mark.length;
  return {
    indent: line.indent,
    mark,
    markRange: { start: markStart, end: markEnd },
    text: text.trimEnd(),
    textStart: markEnd + 1 + gap.length,
  };
}
