import { isMap, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { z } from 'zod';
import { commandTextSchema, hostSchema } from '../model/validator';
import type { Problem } from '../model/plan';
import { checkSchema } from './check-syntax';
import { problem, staysInside, type Place } from './problems';
import { hintShape, policySchema } from './spec-hints';

// Settings as YAML, in a plan's front matter and in `runsheet.yml`.

const insidePath = z.string().refine(staysInside, 'the path leaves the workspace');
// As git reads them, line by line, and no patterns.
const folder = insidePath.regex(
  /^(?!\.?\/*$)[^\n\r"*?[\]!\\]+$/,
  'write a folder of the workspace, such as packages/app',
);

/** What a plan or a workspace may set for all its subtasks. */
export const commonSettings = {
  agent: z.string().min(1).max(100),
  workers: z.int().min(1).max(32),
  // `checks:` alone is an empty list, and one glob a list of one.
  checks: z.preprocess((value) => value ?? [], z.array(checkSchema).max(20)),
  setup: commandTextSchema,
  copy: z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z.array(insidePath).max(100),
  ),
  hosts: z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z.array(hostSchema).max(50),
  ),
  sparse: z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z.array(folder).max(200),
  ),
  conflicts: z.enum(['ask', 'agent'], 'write ask or agent'),
  ...hintShape,
  policy: policySchema,
};

export interface SettingsReading<T> {
  /** Only the keys that are there and understood. */
  values: Partial<T>;
  /** The keys as written, known or not. */
  keys: string[];
  problems: Problem[];
}

const longestSettings = 100_000;
const deepest = 60;

interface TextStart {
  firstLine: number;
  offset: number;
}

type Shape = Record<string, z.ZodType>;
type Values<S extends Shape> = { [K in keyof S]: z.output<S[K]> };

/**
 * Reads a YAML mapping key by key, so that one bad value does not cost the others. Never throws.
 * `firstLine` and `offset` are where the YAML begins in its file.
 */
export function readSettings<S extends Shape>(
  yaml: string,
  shape: S,
  start: TextStart = { firstLine: 1, offset: 0 },
): SettingsReading<Values<S>> {
  if (yaml.length > longestSettings)
    return unread(`Settings are read up to ${longestSettings} characters.`, start);
  if (nestsDeeply(yaml)) return unread('The settings are nested too deeply.', start);
  try {
    return readMapping(yaml, shape, start);
  } catch (error) {
    return unread(error instanceof Error ? error.message : String(error), start);
  }
}

/**
 * Whether a value could be nested deeper than any setting is. The YAML parser calls itself for
 * each level; where the stack ends while a regular expression is compiled, the process dies.
 */
export function nestsDeeply(yaml: string): boolean {
  let depth = 0;
  for (const sign of yaml) {
    if (sign === '[' || sign === '{') depth += 1;
    else if (sign === ']' || sign === '}') depth = Math.max(0, depth - 1);
    if (depth > deepest) return true;
  }
  return yaml.split(/[\r\n]/).some((line) => {
    const lead = /^(?:\s|[-?:](?=\s))*/.exec(line)?.[0] ?? '';
    return lead.length > 2 * deepest;
  });
}

function unread<T>(message: string, { firstLine }: TextStart): SettingsReading<T> {
  const found = problem('error', 'invalid-settings', { line: firstLine, range: null }, message);
  return { values: {}, keys: [], problems: [found] };
}

function readMapping<S extends Shape>(
  yaml: string,
  shape: S,
  start: TextStart,
): SettingsReading<Values<S>> {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, logLevel: 'error' });
  const place = (from: number, to: number): Place => ({
    line: lines.linePos(from).line + start.firstLine - 1,
    range: { start: from + start.offset, end: to + start.offset },
  });
  const problems = document.errors.map((error) =>
    problem('error', 'invalid-settings', place(...error.pos), firstLineOf(error.message)),
  );
  const alias = firstAlias(document);
  if (alias !== null) {
    const message = 'Aliases (*name) are not read here. Write the value out.';
    problems.push(problem('error', 'invalid-settings', place(...alias), message));
    return { values: {}, keys: [], problems };
  }
  if (!isMap(document.contents)) {
    if (document.contents !== null && problems.length === 0)
      problems.push(
        problem('error', 'invalid-settings', place(0, 0), 'Settings are `key: value` lines.'),
      );
    return { values: {}, keys: [], problems };
  }
  return readKeys(document, shape, place, problems);
}

function readKeys<S extends Shape>(
  document: Document,
  shape: S,
  place: (from: number, to: number) => Place,
  problems: Problem[],
): SettingsReading<Values<S>> {
  const values: Partial<Values<S>> = {};
  const written = new Map(Object.entries(plainValue(document)));
  const at = (path: readonly PropertyKey[]) => place(...rangeAt(document, path));
  for (const [key, value] of written) {
    const schema = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (schema === undefined) {
      const known = Object.keys(shape).join(', ');
      problems.push(
        problem(
          'warning',
          'unknown-key',
          at([key]),
          `${key} is no known setting. Known: ${known}.`,
        ),
      );
      continue;
    }
    const parsed = schema.safeParse(value);
    // The loop ties each key to the output of its own schema; the compiler cannot follow that.
    if (parsed.success) Object.assign(values, { [key]: parsed.data });
    else
      for (const issue of parsed.error.issues)
        problems.push(
          problem(
            'error',
            'invalid-value',
            at([key, ...issue.path]),
            `${nameOf(key, issue.path)}: ${issue.message}.`,
          ),
        );
  }
  return { values, keys: [...written.keys()], problems };
}

/** `limits.start_seconds`; the place of an item in a list is told by its line. */
function nameOf(key: string, path: readonly PropertyKey[]): string {
  return [key, ...path.filter((part) => typeof part === 'string')].join('.');
}

function plainValue(document: Document): Record<string, unknown> {
  const parsed = z.record(z.string(), z.unknown()).safeParse(document.toJS());
  return parsed.success ? parsed.data : {};
}

/** Aliases could unfold a small file into a huge value, and settings need none. */
function firstAlias(document: Document): [number, number] | null {
  let found: [number, number] | null = null;
  visit(document, {
    Alias(_key, { range }) {
      found = range ? [range[0], range[1]] : [0, 0];
      return visit.BREAK;
    },
  });
  return found;
}

/** Range of the value at `path`, or of the nearest one above it that the file writes. */
function rangeAt(document: Document, path: readonly PropertyKey[]): [number, number] {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    const range = z
      .object({ range: z.tuple([z.number(), z.number(), z.number()]) })
      .safeParse(node);
    if (range.success) return [range.data.range[0], range.data.range[1]];
  }
  return [0, 0];
}

function firstLineOf(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}
