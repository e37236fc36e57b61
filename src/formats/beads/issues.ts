import type { Problem, SourceRange } from '../../model/plan';
import { perFile, type PlanSource, type SourceFile } from '../format';
import { problem, type Place } from '../problems';
import { isTableOf } from './places';
import { objectsIn, isSet, readRows, textIn, type Row, type Rows } from './rows';
import { folded, noiseTypes } from './words';

export interface Issue {
  id: string;
  row: Row;
  type: string;
  /** The status as it is written; empty without one. */
  word: string;
}

/** `from` has a dependency on `to`. */
export interface Link {
  from: string;
  to: string;
  type: string;
  at: Place;
}

/** What an export holds, before it is a plan. */
export interface Tracker {
  rows: Rows;
  /** By their ids in the order of the file: what is to be done. */
  work: Map<string, Issue>;
  /** By their ids: gates of every kind. */
  gates: Map<string, Issue>;
  /** Ids of all rows, so that a reference to what is no work is not taken for a lost one. */
  known: ReadonlySet<string>;
  links: Link[];
  /** The file is a table of dependencies: without the issues it is no plan. */
  isTable: boolean;
  problems: Problem[];
}

export function readTracker(source: PlanSource): Tracker {
  const rows = readRows(source);
  const problems = [...rows.problems];
  const records = rows.rows.filter(({ fields }) => isRecord(fields));
  const links = records.filter(({ fields }) => isLink(fields));
  const issues = issuesOf(records, problems);
  const hasOwnLinks = rows.rows.some(({ fields }) => (fields['dependencies'] ?? null) !== null);
  const beside = hasOwnLinks ? [] : [...(source.others?.values() ?? [])];
  const tables = beside.filter(({ path }) => isTableOf(source.path, path));
  const all = [...issues.values()];
  const own = all.flatMap((issue) => linksOf(issue, issues, source.text));
  return {
    rows,
    work: new Map(all.filter(isWork).map((issue) => [issue.id, issue])),
    gates: new Map(all.filter(({ type }) => type === 'gate').map((issue) => [issue.id, issue])),
    known: new Set(issues.keys()),
    links: own.concat(tables.flatMap(tableLinks)),
    isTable: issues.size === 0 && links.length > 0,
    problems,
  };
}

/** Newer exports name the kind of each row, and hold what agents are to remember, too. */
function isRecord(fields: Row['fields']): boolean {
  const kind = textIn(fields, '_type');
  return kind === '' || kind === 'issue';
}

function isLink(fields: Row['fields']): boolean {
  return textIn(fields, 'id') === '' && textIn(fields, 'depends_on_id') !== '';
}

/** Of rows with the same id the one that was changed last counts. */
function issuesOf(rows: readonly Row[], problems: Problem[]): Map<string, Issue> {
  const issues = new Map<string, Issue>();
  for (const row of rows) {
    const { fields } = row;
    const id = textIn(fields, 'id');
    if (id === '') {
      const message = 'This row has no id, so it is no issue, and is left out.';
      if (!isLink(fields)) problems.push(problem('warning', 'missing-id', row, message));
      continue;
    }
    const issue = { id, row, type: folded(textIn(fields, 'issue_type')), word: wordOf(row) };
    const other = issues.get(id);
    if (other === undefined) {
      issues.set(id, issue);
      continue;
    }
    const message = `The id ${id} is already used on line ${other.row.line}. The row that was updated last counts; remove the other.`;
    problems.push(problem('error', 'duplicate-id', row, message));
    if (timeOf(row) < timeOf(other.row)) continue;
    issues.delete(id);
    issues.set(id, issue);
  }
  return issues;
}

function wordOf({ fields }: Row): string {
  return folded(textIn(fields, 'status')).replaceAll('-', '_');
}

function timeOf({ fields }: Row): number {
  const time = Date.parse(textIn(fields, 'updated_at'));
  return Number.isNaN(time) ? 0 : time;
}

function isWork({ row: { fields }, type, word }: Issue): boolean {
  if (word === 'tombstone' || noiseTypes.has(type)) return false;
  return !isSet(fields, 'ephemeral') && !isSet(fields, 'is_template');
}

function linksOf({ id, row }: Issue, issues: ReadonlyMap<string, Issue>, text: string): Link[] {
  const { line, range } = row;
  const written = targetsIn(text.slice(range.start, range.end), range.start);
  return objectsIn(row.fields, 'dependencies').flatMap((fields): Link[] => {
    // `bd show --json` prints the other issue instead of the link to it.
    const to = textIn(fields, 'depends_on_id') || textIn(fields, 'id');
    const named = textIn(fields, 'issue_id');
    const from = issues.has(named) ? named : id;
    const at = { line, range: written.next().value ?? range };
    return to === '' ? [] : [{ from, to, type: typeIn(fields), at }];
  });
}

/** Where the ids of dependencies stand, in their order. */
function* targetsIn(text: string, start: number): Generator<SourceRange, null> {
  for (const { index, 0: member, 1: name = '' } of text.matchAll(
    /("depends_on_id"\s{0,9}:\s{0,9})"[^"\\]*"/g,
  ))
    yield { start: start + index + name.length, end: start + index + member.length };
  return null;
}

function typeIn(fields: Row['fields']): string {
  const type = folded(textIn(fields, 'type') || textIn(fields, 'dependency_type'));
  return type === '' ? 'blocks' : type;
}

const tableLinks = perFile((file: SourceFile): Link[] =>
  readRows(file).rows.flatMap((row): Link[] => {
    const { fields, line, range } = row;
    const [from, to] = [textIn(fields, 'issue_id'), textIn(fields, 'depends_on_id')];
    const at = { line, range, path: file.path };
    return from === '' || to === '' ? [] : [{ from, to, type: typeIn(fields), at }];
  }),
);
