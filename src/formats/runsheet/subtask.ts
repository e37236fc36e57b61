import { noHints } from '../../model/agent-spec';
import type { Dependency, Problem, SourceRange, Subtask } from '../../model/plan';
import { commandTextSchema, type CommandText, type Validator } from '../../model/validator';
import { nameChecks, parseCheckText, splitList } from '../check-syntax';
import type { Keys } from '../keys';
import {
  duplicateId,
  pathOutsideWorkspace,
  problem,
  staysInside,
  unknownMarker,
} from '../problems';
import { slug } from '../text';
import { knownMarks, statusOfMark } from './marks';
import { fieldsOf, type Field, type Item } from './scan';

const fieldNames: ReadonlySet<string> = new Set([
  'files',
  'depends',
  'check',
  'run',
  'agent',
  'gate',
  'optional',
  'labels',
]);

/** A subtask with what only the format needs: where to write, and gates that hang on it. */
export interface ReadSubtask {
  subtask: Subtask;
  markRange: SourceRange;
  gates: Field[];
}

const maxChecks = 20;

export function readSubtask(item: Item, keys: Keys, problems: Problem[]): ReadSubtask | null {
  if (item.box === null) return null;
  const { box, line, below } = item;
  const at = { line: line.number, range: { start: line.start, end: line.end } };
  const status = statusOfMark(box.mark);
  if (status === null)
    problems.push(unknownMarker({ ...at, range: box.markRange }, box.mark, knownMarks));
  const { fields, rest } = fieldsOf(below, fieldNames);
  const name = splitId(item);
  const { key, firstLine } = keys.take(name.id ?? (slug(name.title) || 'subtask'), line.number);
  if (firstLine !== null && name.id !== null)
    problems.push(duplicateId({ ...at, range: name.range }, name.id, firstLine));
  const all = (wanted: string) => fields.filter((field) => field.name === wanted);
  reportFields(fields, problems);
  const checks = readChecks(all('check'), problems);
  const subtask: Subtask = {
    key,
    keyOrigin: name.id === null ? 'derived' : 'declared',
    id: name.id ?? key,
    title: name.title,
    detail: rest.map((other) => other.text).join('\n'),
    status: status ?? 'needs_attention',
    fileStatus: box.mark,
    dependsOn: all('depends').flatMap(readDependencies),
    files: readFiles(all('files'), problems),
    labels: all('labels').flatMap((field) => listOf(field).map(({ text }) => text)),
    optional: all('optional').some((field) => !/^(no|false)$/i.test(field.values[0]?.text ?? '')),
    verification: all('check').flatMap((field) => field.values.map(({ text }) => text)),
    checks,
    command: readCommand(all('run')[0], problems),
    agent: all('agent')[0]?.values[0]?.text ?? null,
    hints: noHints,
    line: line.number,
    range: { start: line.start, end: below.at(-1)?.end ?? line.end },
    idRange: name.range,
  };
  return { subtask, markRange: box.markRange, gates: all('gate') };
}

// `T01`, `API-2`, `1.2`; any other word with a digit when a colon follows, `step-1: Title`.
const plainId = /^(?:[A-Z]{1,5}-?\d{2,}[a-z]?|[A-Z]{1,5}-\d+[a-z]?|\d+(?:\.\d+)+):?(?=\s|$)/;
const colonId = /^(?=[\w.-]*\d)[A-Za-z0-9][\w.-]*:(?=\s|$)/;

function splitId(item: Item): { id: string | null; title: string; range: SourceRange | null } {
  const written = (plainId.exec(item.text) ?? colonId.exec(item.text))?.[0];
  if (written === undefined) return { id: null, title: item.text, range: null };
  const id = written.replace(/:$/, '');
  const title = item.text.slice(written.length).trim();
  const range = { start: item.textStart, end: item.textStart + id.length };
  return { id, title: title === '' ? id : title, range };
}

function reportFields(fields: readonly Field[], problems: Problem[]): void {
  const seen = new Set<string>();
  for (const { name, line, range, values } of fields) {
    const at = { line, range };
    if (values.length === 0 && name !== 'optional' && name !== 'gate')
      problems.push(problem('warning', 'empty-field', at, `${name}: has no value.`));
    if ((name === 'run' || name === 'agent') && seen.has(name))
      problems.push(
        problem('error', 'duplicate-field', at, `${name}: is given twice; the first one counts.`),
      );
    seen.add(name);
  }
}

/** The parts of a field's values, each with its place. */
export function listOf(field: Field): { text: string; line: number; range: SourceRange }[] {
  return field.values.flatMap((value) => {
    let from = 0;
    return splitList(value.text).map((text) => {
      const found = value.text.indexOf(text, from);
      from = found + text.length;
      const start = value.range.start + found;
      return { text, line: value.line, range: { start, end: start + text.length } };
    });
  });
}

function readDependencies(field: Field): Dependency[] {
  return listOf(field)
    .filter(({ text }) => text.toLowerCase() !== 'none')
    .map(({ text, range }) => ({ id: text, kind: 'declared', range }));
}

function readFiles(fields: readonly Field[], problems: Problem[]): string[] {
  const parts = fields.flatMap(listOf);
  for (const part of parts)
    if (!staysInside(part.text)) problems.push(pathOutsideWorkspace(part, part.text));
  return [...new Set(parts.map(({ text }) => text))];
}

function readChecks(fields: readonly Field[], problems: Problem[]): Validator[] {
  const checks: Validator[] = [];
  for (const value of fields.flatMap((field) => field.values)) {
    const { validator, error } = parseCheckText(value.text);
    if (validator === null)
      problems.push(
        problem('error', 'invalid-check', value, `This check cannot be run: ${error}.`),
      );
    else if (checks.length === maxChecks)
      problems.push(
        problem('error', 'too-many-checks', value, `A subtask has at most ${maxChecks} checks.`),
      );
    else checks.push(validator);
  }
  return nameChecks(checks, 'check');
}

function readCommand(field: Field | undefined, problems: Problem[]): CommandText | null {
  const value = field?.values[0];
  if (value === undefined) return null;
  const { validator } = parseCheckText(value.text);
  const parsed =
    validator?.type === 'test_pass'
      ? commandTextSchema.safeParse(validator.config.command)
      : commandTextSchema.safeParse(value.text);
  if (parsed.success) return parsed.data;
  problems.push(problem('error', 'invalid-command', value, 'This command cannot be run.'));
  return null;
}
