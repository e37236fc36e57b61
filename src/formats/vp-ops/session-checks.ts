import type { Problem } from '../../model/plan';
import { frontMatterText } from '../front-matter';
import { problem, type Place } from '../problems';
import { fieldIn, placeOf, type SessionDocument } from './document';
import { dayIn } from './events';
import type { EngineeringDocument } from './engineering';
import type { SessionFiles } from './session-files';

// What the files of one session say of each other.

export interface FileDate {
  path: string;
  day: string;
  at: Place;
}

/** The days that the files of a session give for it. */
export function datesOf({ ops, product, engineering, minutes, log }: SessionFiles): FileDate[] {
  const written = [ops, product, engineering, minutes].flatMap((document): FileDate[] =>
    document === null ? [] : dateIn(document, document === ops ? null : document.file.path),
  );
  if (log === null || log.day === null) return written;
  const { path } = log.file;
  return [...written, { path, day: log.day, at: { line: 1, range: null, path } }];
}

function dateIn({ front, lines, file }: SessionDocument, path: string | null): FileDate[] {
  const field = fieldIn(lines, 'Date') ?? fieldIn(lines, 'Generated');
  const day = dayIn(frontMatterText(front, 'created') ?? field?.value ?? '');
  if (day === null) return [];
  const place = front.values.get('created');
  const at =
    place === undefined && field !== null
      ? placeOf(field.line, path)
      : { line: place?.line ?? 1, range: place?.range ?? null, path };
  return [{ path: file.path, day, at }];
}

export function dateProblems(dates: readonly FileDate[]): Problem[] {
  const [first] = dates;
  const other = dates.find(({ day }) => day !== first?.day);
  if (first === undefined || other === undefined) return [];
  const message = `This file says ${first.day} and ${other.path} says ${other.day}, though they belong to one session.`;
  return [problem('warning', 'date-mismatch', first.at, message)];
}

/** An engineering file that holds the tasks of another session. */
export function mixedSession({ engineering, otherEngineering, log }: SessionFiles): Problem[] {
  if (engineering === null || engineering.tasks.length < 2) return [];
  const at = { line: 1, range: null, path: engineering.file.path };
  const twin = otherEngineering.find((other) => titles(other) === titles(engineering));
  if (twin !== undefined) {
    const message = `The file has the same ${engineering.tasks.length} tasks as ${twin.file.path}, which belongs to another session.`;
    return [problem('error', 'mixed-session', at, message)];
  }
  const known = new Set(log?.rows.tasks.map(({ id }) => id));
  const ids = engineering.tasks.flatMap(({ dependencies }) => dependencies);
  if (known.size === 0 || ids.length === 0 || ids.some((id) => known.has(id))) return [];
  const message =
    'None of the ids in this file is in the log of its session: its tasks are those of another one.';
  return [problem('error', 'mixed-session', at, message)];
}

function titles({ tasks }: EngineeringDocument): string {
  return tasks.map(({ title }) => title).join('\n');
}
