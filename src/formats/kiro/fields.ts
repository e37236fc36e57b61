import type { SourceRange } from '../../model/plan';
import type { MarkdownLine } from '../markdown';
import { listedPaths, quotedPathsIn, type NamedPaths } from '../paths';
import type { TaskBox } from './scan';

// What the lines below a task say of it: `_Requirements: 1.1_`, `**Validates: …**`, `File: …`.

export interface Fields {
  /** Ids of requirements, ranges taken apart. */
  requirements: string[];
  boundary: string | null;
  depends: { id: string; range: SourceRange }[];
  paths: NamedPaths;
  verification: string[];
}

const longestRange = 200;

export function fieldsOf({ title, below }: TaskBox): Fields {
  const fields: Fields = {
    requirements: [],
    boundary: null,
    depends: [],
    paths: { files: [], outside: [] },
    verification: [],
  };
  const { prompts, rest } = withoutPrompts(below);
  const named = [quotedPathsIn(title)];
  for (const line of rest) named.push(...readLine(line, fields));
  fields.paths = together(named);
  for (const prompt of prompts) fields.verification.push(...successIn(prompt));
  fields.requirements = [...new Set(fields.requirements)];
  return fields;
}

const underlined = /^_([^_:：]{1,40})[:：]\s*(.*?)_?$/;
const validates = /^\*\*(?:Validates|验证|驗證|検証)[:：]\s*(.*?)\*\*$/i;
const fileList = /^(?:\*\*)?(?:Files?|文件|ファイル|檔案)(?:\*\*)?[:：](?:\*\*)?\s*(.*)$/i;

/** Returns the paths of a line that is no field, or is one of files. */
function readLine(line: MarkdownLine, fields: Fields): NamedPaths[] {
  const text = line.text.replace(/^\s*(?:[-*+]\s+)?/, '').trimEnd();
  const [, name, value = ''] = underlined.exec(text) ?? [];
  const validated = validates.exec(text)?.[1];
  const listed = fileList.exec(text)?.[1];
  if (name !== undefined) readField(name, value, line, fields);
  else if (validated !== undefined) fields.requirements.push(...requirementsIn(validated));
  else return [listed === undefined ? quotedPathsIn(text) : listedPaths(listed)];
  return [];
}

function together(named: readonly NamedPaths[]): NamedPaths {
  return {
    files: [...new Set(named.flatMap(({ files }) => files))],
    outside: [...new Set(named.flatMap(({ outside }) => outside))],
  };
}

function readField(name: string, value: string, line: MarkdownLine, fields: Fields): void {
  switch (name.trim().toLowerCase()) {
    case 'leverage':
    case 'blocked':
      return;
    case 'boundary':
      fields.boundary = value;
      return;
    case 'depends':
    case 'depends on':
      readDepends(value, line, fields);
      return;
    default:
      if (asksFor.test(name)) fields.requirements.push(...requirementsIn(value));
  }
}

/** Each id once, at its first place; a range means all that lie in it. */
function readDepends(value: string, line: MarkdownLine, { depends }: Fields): void {
  const known = new Set(depends.map(({ id }) => id));
  const valueStart = line.start + line.text.lastIndexOf(value);
  const bare = value.replace(remark, (words) => ' '.repeat(words.length));
  for (const { 0: words, 1: first = '', 2: last, index } of bare.matchAll(idOrRange))
    for (const id of last === undefined ? [first] : between(first, last)) {
      if (known.has(id)) continue;
      known.add(id);
      const start = valueStart + index;
      depends.push({ id, range: { start, end: start + words.length } });
    }
}

/** `Requirements`, in the author's language. */
const asksFor =
  /^\s*(?:requirements?|requisitos?|requisiti|exigences?|anforderung(?:en)?|требования|[^\p{ASCII}]+)\s*$/iu;

const number = String.raw`\d+(?:\.\d+)*`;
const through = String.raw`\s*(?:-|–|—|〜|～|~|\bto\b)\s*`;
const idRange = new RegExp(`^(${number})${through}(${number})$`);
const idOrRange = new RegExp(`(${number})(?:${through}(${number}))?`, 'g');
const remark = /\([^()]*\)|（[^（）]*）/g;
const oneId = new RegExp(`^(?:${number}|[A-Z][A-Z]{0,9}-?${number})$`);
const word = /^(?:requirements?|req|要件|需求|要求)[\s:：#]*(?=[\dA-Z])/i;

/** `1.1, 3.1-3.4, Requirement 5` as ids; words without a number say nothing. */
export function requirementsIn(text: string): string[] {
  return text
    .replace(remark, '')
    .split(/[,;、，；]/)
    .flatMap((part) => {
      const plain = part.trim();
      const bare = plain.replace(word, '').trim();
      const [, first, last] = idRange.exec(bare) ?? [];
      if (first !== undefined && last !== undefined) return between(first, last);
      if (oneId.test(plain)) return [plain];
      return oneId.test(bare) ? [bare] : [];
    });
}

function between(first: string, last: string): string[] {
  const [head, tail] = [lead(first), lead(last)];
  const [from, to] = [Number(first.slice(head.length)), Number(last.slice(tail.length))];
  // `3.1-4` is short for `3.1-3.4`.
  if ((tail !== '' && head !== tail) || to < from || to - from >= longestRange)
    return [first, last];
  return Array.from({ length: to - from + 1 }, (_, step) => `${head}${from + step}`);
}

function lead(id: string): string {
  return id.slice(0, id.lastIndexOf('.') + 1);
}

/**
 * A `_Prompt: …` takes all that follows, up to the next bullet or an empty line; what looks like a
 * field in it is a part of its text.
 */
function withoutPrompts(below: readonly MarkdownLine[]): {
  prompts: string[];
  rest: MarkdownLine[];
} {
  const prompts: string[] = [];
  const rest: MarkdownLine[] = [];
  let inPrompt = false;
  for (const line of below) {
    const starts = /^\s*(?:[-*+]\s+)?_Prompt[:：]/i.test(line.text);
    if (starts) prompts.push(line.text.trim());
    else if (inPrompt && !line.blank && !/^\s*[-*+]\s/.test(line.text))
      prompts.push(`${prompts.pop() ?? ''} ${line.text.trim()}`);
    else if (line.kind === 'text') rest.push(line);
    inPrompt = starts || (inPrompt && !line.blank && !/^\s*[-*+]\s/.test(line.text));
  }
  return { prompts, rest };
}

function successIn(prompt: string): string[] {
  const at = prompt.lastIndexOf('Success:');
  if (at < 0) return [];
  const text = prompt.slice(at + 'Success:'.length).replace(/_\s*$/, '');
  return text.trim() === '' ? [] : [text.trim()];
}
