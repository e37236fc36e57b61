import { createHash } from 'node:crypto';
import { z } from 'zod';
import { RunsheetError } from '../../model/errors';
import { type Clock, timestamp } from '../../platform/clock';
import type { Ids } from '../../platform/ids';
import type { SqliteConnection } from '../sqlite/sqlite-connection';
import type { Migration } from './migration';

export interface MigrateOptions {
  clock: Clock;
  ids: Ids;
  /** Version of the program, recorded with each step. */
  appVersion: string;
}

const appliedSchema = z.object({ version: z.int(), name: z.string(), checksum: z.string() });

export function schemaVersion(connection: SqliteConnection): number {
  return z.int().min(0).parse(connection.pragma('user_version'));
}

/** The version that a database has after `migrate`. */
export function latestVersion(migrations: readonly Migration[]): number {
  return Math.max(0, ...migrations.map((migration) => migration.version));
}

/**
 * Brings the database to the latest version, each step in a transaction of its own. Refuses a
 * database that took a step whose text was another.
 */
export function migrate(
  connection: SqliteConnection,
  migrations: readonly Migration[],
  options: MigrateOptions,
): void {
  const current = schemaVersion(connection);
  if (current > 0) assertUnedited(connection, migrations);
  for (const migration of migrations) {
    if (migration.version > current) apply(connection, migration, options);
  }
}

function apply(
  connection: SqliteConnection,
  migration: Migration,
  { clock, ids, appVersion }: MigrateOptions,
): void {
  const now = timestamp(clock);
  connection.transaction(() => {
    connection.exec(migration.sql);
    migration.seed?.({ connection, now, newId: () => ids.next() });
    connection.run(
      `INSERT INTO schema_versions (version, name, checksum, applied_at, app_version)
       VALUES (?, ?, ?, ?, ?)`,
      migration.version,
      migration.name,
      checksum(migration),
      now,
      appVersion,
    );
    connection.exec(`PRAGMA user_version = ${migration.version}`);
  });
}

function assertUnedited(connection: SqliteConnection, migrations: readonly Migration[]): void {
  const applied = connection.all(
    appliedSchema,
    'SELECT version, name, checksum FROM schema_versions ORDER BY version',
  );
  for (const { version, name, checksum: recorded } of applied) {
    const migration = migrations.find((candidate) => candidate.version === version);
    if (migration !== undefined && checksum(migration) === recorded) continue;
    throw new RunsheetError(
      'unavailable',
      `The database was made with another form of schema step ${version} (${name}) than this ` +
        'version of Runsheet has. Use the version that made it.',
      { version, name },
    );
  }
}

function checksum(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}
