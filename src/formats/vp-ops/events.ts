import { z } from 'zod';
import type { Problem } from '../../model/plan';
import type { SourceFile } from '../format';
import { problem, type Place } from '../problems';
import { linesOf, rangeOf, type Line } from '../text';

// The event log of a session: rows of tables, inserted, changed and deleted. Replaying it touches
// no database and runs nothing.

export interface Row {
  id: string;
  values: Record<string, unknown>;
  /** The line that made the row. */
  line: Line;
}

export interface EventLog {
  file: SourceFile;
  /** Events that count: those seen once. */
  events: number;
  /** By table and id, in the order in which the rows were made. */
  tables: ReadonlyMap<string, ReadonlyMap<string, Row>>;
  /** The day of the first event. */
  day: string | null;
  problems: Problem[];
}

const eventSchema = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  ts: z.string().optional(),
  table: z.string(),
  op: z.enum(['INSERT', 'UPDATE', 'DELETE']),
  key: z.union([z.string(), z.number()]).optional(),
  data: z.record(z.string(), z.unknown()).nullish(),
  idempotency_key: z.string().nullish(),
});

const knownTables: ReadonlySet<string> = new Set([
  'boardroom_sessions',
  'vp_plans',
  'phases',
  'milestones',
  'engineering_tasks',
  'schedule_batches',
  'human_gates',
  'operational_concerns',
  'risks',
  'boardroom_minutes',
  'ceo_feedback',
  'brainstorm_opinions',
  'session_checkpoints',
]);
const mostLines = 100_000;

/** Replays a log in the order of its lines; events may share one millisecond. */
export function readEvents(file: SourceFile): EventLog {
  const replay = new Replay();
  const lines = linesOf(file.text).filter(({ text }) => text.trim() !== '');
  const extra = lines[mostLines];
  for (const line of lines.slice(0, mostLines)) replay.line(line);
  if (extra !== undefined)
    replay.report('error', 'too-large', extra, `Only the first ${mostLines} events are read.`);
  const { events, tables, day, problems } = replay;
  return { file, events, tables, day, problems };
}

class Replay {
  readonly tables = new Map<string, Map<string, Row>>();
  readonly problems: Problem[] = [];
  events = 0;
  day: string | null = null;
  private readonly seen = new Set<string>();
  private readonly unknown = new Set<string>();

  line(line: Line): void {
    const parsed = eventSchema.safeParse(jsonOf(line.text));
    if (!parsed.success) {
      const message = 'This line is no event and is skipped. An event has a table, an op and data.';
      this.report('warning', 'bad-event', line, message);
      return;
    }
    const { id, ts, table, op, key, data, idempotency_key: once } = parsed.data;
    const names = [
      ...(id === undefined ? [] : [`id ${id}`]),
      ...(once === undefined || once === null ? [] : [`once ${once}`]),
    ];
    if (names.some((name) => this.seen.has(name))) return;
    for (const name of names) this.seen.add(name);
    this.events += 1;
    this.day ??= dayIn(ts ?? '');
    if (!knownTables.has(table) && !this.unknown.has(table)) {
      this.unknown.add(table);
      this.report(
        'info',
        'unknown-table',
        line,
        `The table ${table} is not known; its rows are kept as they are.`,
      );
    }
    this.apply(table, op, String(key ?? idOf(data) ?? `line ${line.number}`), data ?? {}, line);
  }

  report(severity: Problem['severity'], rule: string, line: Line, message: string): void {
    this.problems.push(problem(severity, rule, placeOfLine(line), message));
  }

  private apply(
    table: string,
    op: 'INSERT' | 'UPDATE' | 'DELETE',
    id: string,
    data: Record<string, unknown>,
    line: Line,
  ): void {
    const rows = this.tables.get(table) ?? new Map<string, Row>();
    this.tables.set(table, rows);
    if (op === 'DELETE') {
      rows.delete(id);
      return;
    }
    // The row that a change is about may have been made in another file.
    const row = rows.get(id);
    if (row === undefined) rows.set(id, { id, values: { ...data }, line });
    else Object.assign(row.values, data);
  }
}

export function placeOfLine(line: Line, path: string | null = null): Place {
  return { line: line.number, range: rangeOf(line), path };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function idOf(data: Record<string, unknown> | null | undefined): string | null {
  const parsed = z.union([z.string(), z.number()]).safeParse(data?.['id']);
  return parsed.success ? String(parsed.data) : null;
}

export function dayIn(text: string): string | null {
  return /\b\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? null;
}

// Columns. Lists are JSON in a text; what is none of that stays as it is written.

export function textIn({ values }: Row, column: string): string | null {
  const parsed = z.union([z.string(), z.number()]).safeParse(values[column]);
  return parsed.success && parsed.data !== '' ? String(parsed.data) : null;
}

export function numberIn({ values }: Row, column: string): number | null {
  const parsed = z.number().safeParse(values[column]);
  return parsed.success ? parsed.data : null;
}

export function booleanIn({ values }: Row, column: string): boolean | null {
  const value = values[column];
  if (typeof value === 'boolean') return value;
  return value === 1 ? true : value === 0 ? false : null;
}

const list = z.array(z.union([z.string(), z.number()]).transform(String));

export function listIn(row: Row, column: string): string[] {
  const value = row.values[column];
  const direct = list.safeParse(value);
  if (direct.success) return direct.data;
  if (typeof value !== 'string' || value.trim() === '') return [];
  const parsed = list.safeParse(jsonOf(value));
  return parsed.success ? parsed.data : [value];
}
