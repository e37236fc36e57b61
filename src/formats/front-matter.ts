import { isMap, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import type { SourceRange } from '../model/plan';
import type { Place } from './problems';
import { nestsDeeply } from './settings';
import { linesOf, type Line } from './text';

// YAML between two lines of `---` at the top of a Markdown file.

export interface FrontMatterValue extends Place {
  /** As YAML has it; check it with a schema. */
  value: unknown;
  /** Of the value as written. */
  range: SourceRange;
}

export interface FrontMatter {
  values: ReadonlyMap<string, FrontMatterValue>;
  /** What is wrong with the YAML itself. */
  errors: { at: Place; message: string }[];
  /** `unclosed`: there is an opening line and no closing one, so nothing was read. */
  state: 'none' | 'unclosed' | 'closed';
}

const longest = 64 * 1024;

/** Whether a line closes front matter: exactly `---`, blanks behind it allowed. */
function isFence({ text }: Line): boolean {
  return /^---[ \t]*$/.test(text);
}

/** Reads the front matter that opens on the first line. Never throws; aliases are not followed. */
export function readFrontMatter(text: string, lines = linesOf(text)): FrontMatter {
  const none: FrontMatter = { values: new Map(), errors: [], state: 'none' };
  const [first] = lines;
  if (first === undefined || !isFence(first)) return none;
  const close = lines.findIndex((line, index) => index > 0 && isFence(line));
  const [second, end] = [lines[1], lines[close - 1]];
  if (close < 0) return { ...none, state: 'unclosed' };
  if (close === 1 || second === undefined || end === undefined) return { ...none, state: 'closed' };
  const { values, errors } = readYaml(text.slice(second.start, end.end), second);
  return { values, errors, state: 'closed' };
}

function readYaml(yaml: string, first: Line): Pick<FrontMatter, 'values' | 'errors'> {
  const top = { line: first.number, range: null };
  const refused = (message: string) => ({ values: new Map(), errors: [{ at: top, message }] });
  if (yaml.length > longest) return refused(`Front matter is read up to ${longest} characters.`);
  if (nestsDeeply(yaml)) return refused('The front matter is nested too deeply.');
  const counter = new LineCounter();
  const place = (start: number, end: number) => ({
    line: counter.linePos(start).line + first.number - 1,
    range: { start: start + first.start, end: end + first.start },
  });
  try {
    const document = parseDocument(yaml, { lineCounter: counter, logLevel: 'error' });
    const errors = document.errors.map(({ pos, message }) => ({
      at: place(...pos),
      message: message.split('\n', 1)[0] ?? message,
    }));
    return { values: valuesOf(document, place), errors };
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

const nodeRange = z.object({ range: z.tuple([z.number(), z.number(), z.number()]) });

function valuesOf(
  document: Document,
  place: (start: number, end: number) => { line: number; range: SourceRange },
): Map<string, FrontMatterValue> {
  const values = new Map<string, FrontMatterValue>();
  if (!isMap(document.contents)) return values;
  const plain = z.record(z.string(), z.unknown()).safeParse(document.toJS({ maxAliasCount: 0 }));
  for (const { key, value } of document.contents.items) {
    const name = String(key);
    const range = nodeRange.safeParse(value ?? key);
    const [start, end] = range.success ? range.data.range : [0, 0];
    if (plain.success) values.set(name, { value: plain.data[name], ...place(start, end) });
  }
  return values;
}

/** A value of one line as text, numbers and dates too; `null` when it is something else or absent. */
export function frontMatterText({ values }: FrontMatter, key: string): string | null {
  const parsed = z.union([z.string(), z.number()]).safeParse(values.get(key)?.value);
  return parsed.success ? String(parsed.data).trim() : null;
}
