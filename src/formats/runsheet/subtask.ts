import { subtaskDefaults, type Problem, type SourceRange, type Subtask } from '../../model/plan';
import type { Keys } from '../keys';
import { duplicateId, unknownMarker } from '../problems';
import { slug } from '../text';
import {
  fieldNames,
  hintsBelow,
  listOf,
  readChecks,
  readCommand,
  readDependencies,
  readFiles,
  reportFields,
} from './fields';
import { knownMarks, statusOfMark } from './marks';
import { fieldsOf, type Field, type Item } from './scan';

/** A subtask with what only the format needs: where to write, and gates that hang on it. */
export interface ReadSubtask {
  subtask: Subtask;
  markRange: SourceRange;
  gates: Field[];
}

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
  reportFields(fields, problems);
  const checks = fieldsNamed(fields, 'check');
  const subtask: Subtask = {
    ...subtaskDefaults,
    key,
    keyOrigin: name.id === null ? 'derived' : 'declared',
    id: name.id ?? key,
    title: name.title,
    detail: rest.map((other) => other.text).join('\n'),
    status: status ?? 'needs_attention',
    fileStatus: box.mark,
    dependsOn: fieldsNamed(fields, 'depends').flatMap(readDependencies),
    files: readFiles(fieldsNamed(fields, 'files'), problems),
    labels: fieldsNamed(fields, 'labels').flatMap((field) => listOf(field).map(({ text }) => text)),
    optional: fieldsNamed(fields, 'optional').some(isYes),
    verification: checks.flatMap(({ values }) => values.map(({ text }) => text)),
    checks: readChecks(checks, problems),
    command: readCommand(fieldsNamed(fields, 'run')[0], problems),
    agent: fieldsNamed(fields, 'agent')[0]?.values[0]?.text ?? null,
    hints: hintsBelow(fields, problems),
    line: line.number,
    range: { start: line.start, end: below.at(-1)?.end ?? line.end },
    idRange: name.range,
  };
  return { subtask, markRange: box.markRange, gates: fieldsNamed(fields, 'gate') };
}

function fieldsNamed(fields: readonly Field[], wanted: string): Field[] {
  return fields.filter(({ name }) => name === wanted);
}

function isYes({ values }: Field): boolean {
  return !/^(no|false)$/i.test(values[0]?.text ?? '');
}

// `T01`, `API-2`, `1.2`; any other word with a digit when a colon follows, `step-1: Title`.
const plainId = /^(?:[A-Z]{1,5}-?\d{2,}[a-z]?|[A-Z]{1,5}-\d+[a-z]?|\d+(?:\.\d+)+):?(?=\s|$)/;
const colonId = /^(?=[\w.-]*\d)[A-Za-z0-9][\w.-]*:(?=\s|$)/;

/** How an id is written in front of a title; `null` when the format cannot write it. */
export function leadOfId(id: string): string | null {
  if (plainId.exec(id)?.[0] === id) return id;
  return colonId.exec(`${id}:`)?.[0] === `${id}:` ? `${id}:` : null;
}

function splitId(item: Item): { id: string | null; title: string; range: SourceRange | null } {
  const written = (plainId.exec(item.text) ?? colonId.exec(item.text))?.[0];
  if (written === undefined) return { id: null, title: item.text, range: null };
  const id = written.replace(/:$/, '');
  const title = item.text.slice(written.length).trim();
  const range = { start: item.textStart, end: item.textStart + id.length };
  return { id, title: title === '' ? id : title, range };
}
