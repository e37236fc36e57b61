import type { SourceRange } from '../../model/plan';
import { rangeOf, type Line } from '../text';

// What the plans have between two lines of `---` looks like YAML and is none: `01` is a text, and
// a value that YAML refuses must not lose the rest. Keys at the margin have a scalar, a list, or
// lists of entries by names below them; that is all that is read.

export interface FrontEntry {
  /** As written, without quotes and comment. */
  text: string;
  range: SourceRange;
  line: number;
  /** The name above it, one level down: `truths` in `must_haves`. */
  section: string | null;
  /** `path: a` and the like in the entry. */
  fields: Map<string, string>;
}

export interface FrontValue {
  /** A scalar; empty for a list and for nothing. */
  text: string;
  /** The entries of a list. */
  entries: FrontEntry[];
  line: number;
  range: SourceRange;
}

export interface FrontMatter {
  /** `files-modified` is `files_modified`. */
  values: ReadonlyMap<string, FrontValue>;
  /** Index of the first line behind it; 0 without front matter. */
  end: number;
}

/** Whether the text is all that stands at its place: no quotes, no comment. */
export function isWhole({ text, range }: Pick<FrontValue, 'text' | 'range'>): boolean {
  return range.end - range.start === text.length;
}

const fence = '---';
const topKey = /^([A-Za-z_][\w.-]*)[ \t]*:(?=[ \t]|$)/;

export function readFrontMatter(text: string, lines: readonly Line[]): FrontMatter {
  const close =
    lines[0]?.text === fence
      ? lines.findIndex((line, index) => index > 0 && line.text === fence)
      : -1;
  const values = new Map<string, FrontValue>();
  for (let at = 1; at < close;) {
    const line = lines[at];
    let next = at + 1;
    while (next < close && !topKey.test(lines[next]?.text ?? '')) next += 1;
    const key = topKey.exec(line?.text ?? '');
    if (line !== undefined && key !== null) {
      const name = (key[1] ?? '').replaceAll('-', '_');
      const value = readValue(text, line, key[0].length, lines.slice(at + 1, next));
      if (!values.has(name)) values.set(name, value);
    }
    at = next;
  }
  return { values, end: close + 1 };
}

function readValue(text: string, line: Line, offset: number, below: readonly Line[]): FrontValue {
  const written = line.text.slice(offset);
  const start = line.start + offset + (written.length - written.trimStart().length);
  const at = { line: line.number, range: { start, end: Math.max(start, line.end) } };
  const scalar = bare(written);
  if (written.trimStart().startsWith('['))
    return {
      text: '',
      entries: inlineList(text, start, below.at(-1)?.end ?? line.end, line.number),
      ...at,
    };
  if (scalar === '' || /^[|>][+-]?\d*$/.test(scalar)) {
    if (scalar === '') return { text: '', entries: blockEntries(text, below), ...at };
    return {
      text: below
        .map((one) => one.text.trim())
        .join('\n')
        .trim(),
      entries: [],
      ...at,
    };
  }
  return { text: scalar, entries: [], ...at };
}

/** Without the quotes around it, or the comment behind it. */
function bare(written: string): string {
  const trimmed = written.trim();
  const quote = trimmed.charAt(0);
  if (quote === '"' || quote === "'") {
    const end = trimmed.indexOf(quote, 1);
    if (end > 0) return trimmed.slice(1, end);
  }
  if (trimmed.startsWith('#')) return '';
  const comment = trimmed.search(/[ \t]#/);
  return (comment < 0 ? trimmed : trimmed.slice(0, comment)).trimEnd();
}

/** `[a, "b", c]`, which may go over several lines; without its end it goes to `limit`. */
function inlineList(text: string, open: number, limit: number, first: number): FrontEntry[] {
  const entries: FrontEntry[] = [];
  const token = /\s+|#[^\r\n]*|"([^"]*)"|'([^']*)'|,|\]|([^,\]\r\n]+)/y;
  token.lastIndex = open + 1;
  let line = first;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [whole] = match;
    if (whole === ']' || token.lastIndex > limit) break;
    const written = match[1] ?? match[2] ?? match[3];
    const content = match[3] === undefined ? written : bare(match[3]);
    if (content !== undefined && content !== '') {
      const start = match.index + whole.indexOf(content);
      const range = { start, end: start + content.length };
      entries.push({ text: content, range, line, section: null, fields: new Map() });
    }
    line += whole.split('\n').length - 1;
  }
  return entries;
}

const field = /^([A-Za-z_][\w-]*):(?:[ \t]+(.*))?$/;

function blockEntries(text: string, below: readonly Line[]): FrontEntry[] {
  const entries: FrontEntry[] = [];
  let section: string | null = null;
  let open: { entry: FrontEntry; indent: number } | null = null;
  for (const line of below) {
    const trimmed = line.text.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const indent = line.text.length - line.text.trimStart().length;
    const item = /^-(?:[ \t]+(.*))?$/.exec(trimmed);
    const named = field.exec(item?.[1]?.trim() ?? trimmed);
    if (item !== null) {
      // A list in an entry of a list belongs to that entry.
      if (open !== null && indent > open.indent) continue;
      const entry = entryOf(line, item[1] ?? '', section);
      if (named !== null) entry.fields.set(named[1] ?? '', bare(named[2] ?? ''));
      open = { entry, indent };
      entries.push(entry);
    } else if (named !== null && open !== null && indent > open.indent) {
      open.entry.fields.set(named[1] ?? '', bare(named[2] ?? ''));
    } else if (named !== null) {
      [section, open] = [named[1] ?? '', null];
      const value = (named[2] ?? '').trim();
      if (value.startsWith('['))
        for (const entry of inlineList(
          text,
          line.start + line.text.indexOf('['),
          line.end,
          line.number,
        ))
          entries.push({ ...entry, section });
      else if (bare(value) !== '') entries.push(entryOf(line, value, section));
    } else if (open !== null) {
      open.entry.text = `${open.entry.text} ${trimmed}`;
    }
  }
  return entries;
}

function entryOf(line: Line, written: string, section: string | null): FrontEntry {
  const content = bare(written);
  const at = content === '' ? -1 : line.text.lastIndexOf(content);
  const start = line.start + at;
  const range = at < 0 ? rangeOf(line) : { start, end: start + content.length };
  return { text: content, range, line: line.number, section, fields: new Map() };
}
