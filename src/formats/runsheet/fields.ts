import { noHints, type SpecHints } from '../../model/agent-spec';
import type { Dependency, Problem, SourceRange } from '../../model/plan';
import { commandTextSchema, type CommandText, type Validator } from '../../model/validator';
import { nameChecks, parseCheckText, splitList } from '../check-syntax';
import { pathOutsideWorkspace, problem, staysInside } from '../problems';
import { hintWords, readHints } from '../spec-hints';
import type { Field } from './scan';

// What stands below a subtask, field by field.

export const fieldNames: ReadonlySet<string> = new Set([
  'files',
  'depends',
  'check',
  'run',
  'agent',
  'gate',
  'optional',
  'labels',
  ...hintWords,
]);
/** Given twice, one of them would be overlooked. */
const single: ReadonlySet<string> = new Set(['run', 'agent', ...hintWords]);

const maxChecks = 20;

export function reportFields(fields: readonly Field[], problems: Problem[]): void {
  const seen: string[] = [];
  for (const { name, line, range, values } of fields) {
    const at = { line, range };
    if (values.length === 0 && name !== 'optional' && name !== 'gate')
      problems.push(problem('warning', 'empty-field', at, `${name}: has no value.`));
    if (!single.has(name)) continue;
    if (!seen.includes(name)) seen.push(name);
    else
      problems.push(
        problem('error', 'duplicate-field', at, `${name}: is given twice; the first one counts.`),
      );
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

export function readDependencies(field: Field): Dependency[] {
  return listOf(field)
    .filter(({ text }) => text.toLowerCase() !== 'none')
    .map(({ text, range }) => ({ id: text, kind: 'declared', range }));
}

export function readFiles(fields: readonly Field[], problems: Problem[]): string[] {
  const files = new Set<string>();
  for (const part of fields.flatMap(listOf)) {
    if (!staysInside(part.text)) problems.push(pathOutsideWorkspace(part, part.text));
    files.add(part.text);
  }
  return [...files];
}

export function readChecks(fields: readonly Field[], problems: Problem[]): Validator[] {
  const checks: Validator[] = [];
  for (const field of fields) {
    const weighing = readQualifier(field, problems);
    for (const value of field.values) {
      const { validator, error } = parseCheckText(value.text);
      if (validator === null)
        problems.push(
          problem('error', 'invalid-check', value, `This check cannot be run: ${error}.`),
        );
      else if (checks.length === maxChecks)
        problems.push(
          problem('error', 'too-many-checks', value, `A subtask has at most ${maxChecks} checks.`),
        );
      else checks.push({ ...validator, ...weighing });
    }
  }
  return nameChecks(checks, 'check');
}

/** What a check counts: `check (weight 3, required): …`. */
function readQualifier(
  { qualifier, line, range }: Field,
  problems: Problem[],
): Partial<Pick<Validator, 'weight' | 'required'>> {
  const weighing: Partial<Pick<Validator, 'weight' | 'required'>> = {};
  for (const word of qualifier === null ? [] : qualifier.split(',').map((part) => part.trim())) {
    const weight = /^weight\s+(\d{1,2}(?:\.\d+)?)$/.exec(word)?.[1];
    if (word === 'required') weighing.required = true;
    else if (weight !== undefined && Number(weight) <= 10) weighing.weight = Number(weight);
    else {
      const message = `check (${word}): write weight with a number from 0 to 10, or required, such as check (weight 3, required).`;
      problems.push(problem('error', 'invalid-check', { line, range }, message));
    }
  }
  return weighing;
}

/** A word that cannot be read counts as not said, and is an error. */
export function hintsBelow(fields: readonly Field[], problems: Problem[]): SpecHints {
  const words = fields.filter(({ name }) => hintWords.has(name));
  if (words.length === 0) return noHints;
  const first = new Map<string, Field['values'][number]>();
  for (const { name, values } of words) {
    const [value, next] = values;
    if (value === undefined) continue;
    if (!first.has(name)) first.set(name, value);
    if (next !== undefined)
      problems.push(problem('error', 'invalid-value', next, `${name}: takes one value.`));
  }
  const texts = new Map([...first].map(([name, { text }]) => [name, text]));
  return readHints(texts, (name, message) => {
    const at = first.get(name) ?? { line: 1, range: null };
    problems.push(problem('error', 'invalid-value', at, message));
  });
}

export function readCommand(field: Field | undefined, problems: Problem[]): CommandText | null {
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
