import { execFileSync, spawnSync } from 'node:child_process';
import { z } from 'zod';
import { RunsheetError } from '../../src/model/errors';
import { SystemClock } from '../../src/platform/clock';
import { TimeOrderedIds } from '../../src/platform/ids';
import { command, query } from '../../src/store/command';
import { type DatabaseOptions, WorkspaceDatabase } from '../../src/store/database';
import type { Submission } from '../../src/store/group-commit';
import { migrations } from '../../src/store/migrations/all';
import { NodeVfs } from '../../src/store/sqlite/vfs';
import type { SqliteConnection } from '../../src/store/sqlite/sqlite-connection';
import { sqlite } from './in-memory-store';

export async function loadVfs(): Promise<NodeVfs> {
  return NodeVfs.of(await sqlite());
}

export async function openDatabase(
  path: string,
  options: Partial<DatabaseOptions> = {},
): Promise<WorkspaceDatabase> {
  return WorkspaceDatabase.open(await loadVfs(), databaseOptions(path, options));
}

export function databaseOptions(
  path: string,
  options: Partial<DatabaseOptions> = {},
): DatabaseOptions {
  return {
    path,
    migrations,
    appVersion: 'test',
    clock: new SystemClock(),
    ids: new TimeOrderedIds(),
    ...options,
  };
}

const noteRow = z.object({ entity_id: z.string() });
const insertNote = `INSERT INTO journal (occurred_at, actor, entity, entity_id, action, reason)
  VALUES ('now', 'engine', 'note', ?, 'noted', ?)`;

/** Stores a note; with `refuse` it throws afterwards, so nothing may stay. */
export const addNote = command(
  'test.addNote',
  (tx, { note, refuse = false }: { note: string; refuse?: boolean }) => {
    tx.run(insertNote, note, 'x'.repeat((note.length * 37) % 400));
    tx.changed('plan', note);
    if (refuse) throw new RunsheetError('validation', `${note} is refused`, { note });
    return { note, time: tx.now };
  },
);

export const readNotes = query('test.readNotes', (db, _input: null) => notesIn(db));

export const registry = { commands: [addNote], queries: [readNotes] };

export function writeNote(connection: SqliteConnection, note: string): void {
  connection.run(insertNote, note, '');
}

/** The notes in the order in which they were stored. */
export function notesIn(connection: Pick<SqliteConnection, 'all'>): string[] {
  return connection
    .all(noteRow, "SELECT entity_id FROM journal WHERE entity = 'note' ORDER BY id")
    .map((row) => row.entity_id);
}

export function noteSubmission(id: number, note: string, refuse = false): Submission {
  const input = { note, refuse };
  return { id, command: addNote, input, actor: 'engine', now: 'now', key: null };
}

/** Asks the native `sqlite3` program, whose reading of a file is independent of ours. */
export function askSqlite(path: string, sql: string): string {
  const { stdout, stderr } = spawnSync('sqlite3', ['-batch', path, sql], { encoding: 'utf8' });
  return (stdout + stderr).trim();
}

export function hasNativeSqlite(): boolean {
  try {
    execFileSync('sqlite3', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Skips a test, with a line that says so. */
export function skipLoudly(test: Mocha.Context, reason: string): never {
  process.stdout.write(`      SKIPPED: ${reason}\n`);
  return test.skip();
}

/** The long form of a test runs with RUNSHEET_LONG=1. */
export function times(short: number, long: number): number {
  return process.env['RUNSHEET_LONG'] === '1' ? long : short;
}
