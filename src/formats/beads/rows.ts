import { z } from 'zod';
import type { Problem, SourceRange } from '../../model/plan';
import type { SourceFile } from '../format';
import { elementsOf, rangeOfNode } from '../json';
import { readDocument } from '../json-document';
import { problem } from '../problems';
import { linesOf } from '../text';

const fieldsSchema = z.record(z.string(), z.unknown());
export type Fields = z.infer<typeof fieldsSchema>;

/** One object of an export: a line of its own, or an entry of a list. */
export interface Row {
  fields: Fields;
  line: number;
  range: SourceRange;
}

export interface Rows {
  rows: Row[];
  problems: Problem[];
  /** The file is one JSON list, as `bd list --json` prints it. */
  isList: boolean;
  /** A merge left its markers between the lines. */
  isConflicted: boolean;
}

export function readRows(file: SourceFile): Rows {
  return /^\uFEFF?\s*\[/.test(file.text) ? listed(file) : byLine(file);
}

function listed({ text }: SourceFile): Rows {
  const { document, problems } = readDocument(text);
  const rows = elementsOf(document?.root).flatMap((node): Row[] => {
    const range = rangeOfNode(node);
    const line = document?.lines.lineAt(node.offset) ?? 1;
    const fields = fieldsIn(text.slice(range.start, range.end));
    if (fields !== null) return [{ fields, line, range }];
    const message = 'An issue is a JSON object; this entry is none and is left out.';
    problems.push(problem('warning', 'bad-entry', { line, range }, message));
    return [];
  });
  return { rows, problems, isList: true, isConflicted: false };
}

const mostBroken = 50;

/** A line that is broken does not take the others with it. */
function byLine({ text }: SourceFile): Rows {
  const read: Rows = { rows: [], problems: [], isList: false, isConflicted: false };
  let broken = 0;
  for (const line of linesOf(text)) {
    if (line.text.trim() === '') continue;
    const range = { start: line.start, end: line.end };
    const fields = fieldsIn(line.text);
    if (fields !== null) {
      read.rows.push({ fields, line: line.number, range });
      continue;
    }
    broken += 1;
    const isMarker = /^(?:<{7}|={7}|>{7}|\|{7})/.test(line.text);
    if (isMarker) read.isConflicted = true;
    if (broken > mostBroken) continue;
    const message = isMarker
      ? 'A merge left its conflict here. Resolve it; until then nothing is written to this file.'
      : 'The line is no JSON object. It is left out; repair it, or export the issues again.';
    const at = { line: line.number, range };
    read.problems.push(problem('error', 'invalid-json-line', at, message));
  }
  if (broken > mostBroken) {
    const message = `${broken} lines of this file are no JSON objects; the first ${mostBroken} are shown.`;
    read.problems.push(problem('error', 'invalid-json-line', { line: 1, range: null }, message));
  }
  return read;
}

function fieldsIn(text: string): Fields | null {
  // A thrown error costs far more than a look at the ends.
  if (!/^\s*\{/.test(text) || !text.trimEnd().endsWith('}')) return null;
  try {
    return fieldsSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** A text without blanks around it; empty where there is none. */
export function textIn(fields: Fields, key: string): string {
  const value = fields[key];
  return typeof value === 'string' ? value.trim() : '';
}

/** Yes is `true`, or 1 as tables have it. */
export function isSet(fields: Fields, key: string): boolean {
  const value = fields[key];
  return value === true || value === 1;
}

export function numberIn(fields: Fields, key: string): number | null {
  const value = fields[key];
  return typeof value === 'number' ? value : null;
}

export function objectsIn(fields: Fields, key: string): Fields[] {
  const value = fields[key];
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown): Fields[] => {
    const { data } = fieldsSchema.safeParse(one);
    return data === undefined ? [] : [data];
  });
}

export function textsIn(fields: Fields, key: string): string[] {
  const value = fields[key];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
