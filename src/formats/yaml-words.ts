import type { SourceRange } from '../model/plan';
import type { Line } from './text';

// YAML as people and agents write it into plans, key by key: one bad value does not cost the
// others, and a word stays what was written (`1.10` is no number here). Linear, never throws.

/** A key of the outermost mapping with the lines of its value. */
export interface YamlEntry {
  key: string;
  keyRange: SourceRange;
  line: Line;
  /** Offset behind the colon. */
  valueStart: number;
  /** The lines of the value below the key's own. */
  below: readonly Line[];
}

/** A value of one or more lines as text. */
export interface YamlWord {
  text: string;
  /** Of the value as written, quotes included. */
  range: SourceRange;
  quote: '' | "'" | '"';
  /** 1-based. */
  line: number;
}

const keyAtStart = /^("[^"]*"|'[^']*'|[^\s"'#:,[\]{}&*!|>%@`-][^\s:]*)[ \t]*:(?=[ \t]|$)/;

/** The keys of the outermost mapping, in order, repeated ones too. */
export function yamlEntries(lines: readonly Line[]): YamlEntry[] {
  const entries: (YamlEntry & { below: Line[] })[] = [];
  for (const line of lines) {
    const [lead = '', key = ''] = keyAtStart.exec(line.text) ?? [];
    if (lead === '') {
      entries.at(-1)?.below.push(line);
      continue;
    }
    const keyRange = { start: line.start, end: line.start + key.length };
    const valueStart = line.start + lead.length;
    entries.push({
      key: key.replace(/^(["'])(.*)\1$/, '$2'),
      keyRange,
      line,
      valueStart,
      below: [],
    });
  }
  return entries;
}

/** Of a repeated key the last counts. */
export function entriesByKey(entries: readonly YamlEntry[]): Map<string, YamlEntry> {
  return new Map(entries.map((entry) => [entry.key, entry]));
}

/** A value that is text; `null` where nothing is written. */
export function wordOf(entry: YamlEntry | undefined): YamlWord | null {
  if (entry === undefined) return null;
  const { line, valueStart } = entry;
  const own = line.text.slice(valueStart - line.start);
  const below = entry.below.filter(({ text }) => text.trim() !== '' && !/^\s*#/.test(text));
  const block = /^[ \t]*([|>])[+\-\d]*[ \t]*(?:#.*)?$/.exec(own);
  const last = below.at(-1);
  if (last === undefined) return scalarAt(own, valueStart, line.number);
  const sign = block?.[1];
  const range = { start: valueStart + own.search(/\S|$/), end: last.end };
  if (sign !== undefined) {
    const text = below.map((one) => one.text.trim()).join(sign === '|' ? '\n' : ' ');
    return { text, range, quote: '', line: line.number };
  }
  const joined = [own.trim(), ...below.map((one) => one.text.trim())].join(' ').trim();
  const word = scalarAt(joined, 0, line.number);
  return word && { ...word, range: own.trim() === '' ? spanOf(below) : range };
}

function spanOf(lines: readonly Line[]): SourceRange {
  return { start: lines[0]?.start ?? 0, end: lines.at(-1)?.end ?? 0 };
}

/** Whether a value is empty, or YAML's word for nothing: `null` and `~` without quotes. */
export function isNothing({ text, quote }: YamlWord): boolean {
  return text === '' || (quote === '' && /^(?:null|~)$/i.test(text));
}

/** The texts of a list in any of its forms, or the one text that stands where a list could. */
export function wordsOf(entry: YamlEntry | undefined): YamlWord[] {
  if (entry === undefined) return [];
  const { line, valueStart, below } = entry;
  const own = line.text.slice(valueStart - line.start);
  if (/^[ \t]*\[/.test(own)) return flowItems(line, valueStart, below);
  const first = below.findIndex(({ text }) => /^\s*[^\s#]/.test(text));
  const next = below[first];
  if (/^\s*(?:#|$)/.test(own) && next !== undefined && /^\s*\[/.test(next.text))
    return flowItems(next, next.start, below.slice(first + 1));
  const items = below.flatMap((one): YamlWord[] => {
    const [lead = ''] = /^\s*-(?:[ \t]+|$)/.exec(one.text) ?? [];
    if (lead === '') return [];
    const word = scalarAt(one.text.slice(lead.length), one.start + lead.length, one.number);
    return word === null ? [] : [word];
  });
  if (items.length > 0) return items;
  const word = wordOf(entry);
  return word === null ? [] : [word];
}

/** `[a, 'b, c', "d"]`, over several lines too; `start`: where in the first one it begins. */
function flowItems(line: Line, start: number, below: readonly Line[]): YamlWord[] {
  const found: YamlWord[] = [];
  const first: Line = {
    ...line,
    start,
    text: line.text.slice(start - line.start).replace('[', ' '),
  };
  for (const { text, start, number } of [first, ...below]) {
    let at = 0;
    for (;;) {
      flowItem.lastIndex = at;
      const match = flowItem.exec(text);
      if (match === null) break;
      const [whole, gap = '', written = '', end] = match;
      const word = scalarAt(written, start + at + gap.length, number);
      if (word !== null) found.push(word);
      if (end === ']') return found;
      at += whole.length;
      if (whole === '' || end === '#' || at >= text.length) break;
    }
  }
  return found;
}

const flowItem =
  /([ \t]*)('(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|(?:[^,\]#]|(?<=[^\s,])#)*)[ \t]*([,\]#]|$)/y;
const singleQuoted = /^'((?:[^']|'')*)'[ \t]*(?:#.*)?$/s;
const doubleQuoted = /^"((?:[^"\\]|\\.)*)"[ \t]*(?:#.*)?$/s;

/** The text that begins at `start` of the file, up to the end of the line or its comment. */
function scalarAt(written: string, start: number, line: number): YamlWord | null {
  const from = written.search(/\S|$/);
  const rest = written.slice(from).trimEnd();
  if (rest === '' || rest.startsWith('#')) return null;
  const at = start + from;
  const word = (text: string, length: number, quote: YamlWord['quote']): YamlWord => {
    return { text, range: { start: at, end: at + length }, quote, line };
  };
  const single = singleQuoted.exec(rest)?.[1];
  if (single !== undefined) return word(single.replaceAll("''", "'"), single.length + 2, "'");
  const double = doubleQuoted.exec(rest)?.[1];
  if (double !== undefined) return word(unescaped(double), double.length + 2, '"');
  const comment = rest.search(/\s#/);
  const plain = (comment < 0 ? rest : rest.slice(0, comment)).trimEnd();
  return word(plain, plain.length, '');
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  '"': '"',
  '\\': '\\',
  '/': '/',
};

function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (whole, code?: string, sign?: string) =>
    code === undefined ? (escapes[sign ?? ''] ?? whole) : String.fromCharCode(parseInt(code, 16)),
  );
}

/** Signs and words that mean something else when they are not quoted. */
const needsQuotes =
  /^$|^[\s\-?:,[\]{}#&*!|>'"%@`]|:(?=\s|$)|\s#|\s$|[\r\n]|^(?:true|false|yes|no|on|off|null|~|[-+.\d][\d_.eE+-]*)$/i;

/** A text as YAML, in the quotes that stood there; plain text gets some where it needs them. */
export function asYaml(text: string, quote: YamlWord['quote']): string {
  if (quote === '"') return JSON.stringify(text);
  if (quote === "'" || needsQuotes.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return text;
}
