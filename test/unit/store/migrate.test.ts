import assert from 'node:assert/strict';
import { z } from 'zod';
import { RunsheetError } from '../../../src/model/errors';
import { TimeOrderedIds } from '../../../src/platform/ids';
import { migrations } from '../../../src/store/migrations/all';
import { migrate, schemaVersion } from '../../../src/store/migrations/migrate';
import type { Migration } from '../../../src/store/migrations/migration';
import type { SqliteConnection } from '../../../src/store/sqlite/sqlite-connection';
import { FakeClock } from '../../support/fake-clock';
import { connectInMemory } from '../../support/in-memory-store';

const options = { clock: new FakeClock(), ids: new TimeOrderedIds(), appVersion: '1.2.3' };
const first: Migration = { version: 1, name: 'first', sql: versionsTable() };
const second: Migration = { version: 2, name: 'second', sql: 'CREATE TABLE b (id TEXT) STRICT;' };

function versionsTable(): string {
  return `CREATE TABLE schema_versions (version INTEGER PRIMARY KEY, name TEXT NOT NULL,
    checksum TEXT NOT NULL, applied_at TEXT NOT NULL, app_version TEXT NOT NULL) STRICT;`;
}

function recorded(connection: SqliteConnection): unknown[] {
  return connection.all(z.unknown(), 'SELECT version, name, app_version FROM schema_versions');
}

function dump(connection: SqliteConnection): unknown[] {
  return connection.all(z.unknown(), 'SELECT name, sql FROM sqlite_schema ORDER BY name');
}

describe('migrating a database', () => {
  let connection: SqliteConnection;
  beforeEach(async () => {
    connection = await connectInMemory();
  });
  afterEach(() => connection.close());

  it('takes each step once, in order, and records it', () => {
    migrate(connection, [first], options);
    assert.equal(schemaVersion(connection), 1);
    migrate(connection, [first, second], options);
    assert.equal(schemaVersion(connection), 2);
    assert.deepEqual(recorded(connection), [
      { version: 1, name: 'first', app_version: '1.2.3' },
      { version: 2, name: 'second', app_version: '1.2.3' },
    ]);
  });

  it('second migration does no harm', () => {
    migrate(connection, migrations, options);
    const before = dump(connection);
    migrate(connection, migrations, options);
    assert.deepEqual(dump(connection), before);
    assert.equal(recorded(connection).length, migrations.length);
  });

  it('leaves nothing of a step that fails', () => {
    const broken: Migration = { ...second, sql: `${second.sql} CREATE TABLE b (id TEXT);` };
    migrate(connection, [first], options);
    const before = dump(connection);
    assert.throws(() => migrate(connection, [first, broken], options), /already exists/);
    assert.deepEqual(dump(connection), before);
    assert.equal(schemaVersion(connection), 1);
    migrate(connection, [first, second], options);
    assert.equal(schemaVersion(connection), 2);
  });

  it('refuses a database that took another form of a step', () => {
    migrate(connection, [first], options);
    const edited: Migration = { ...first, sql: `${first.sql} -- edited` };
    assert.throws(
      () => migrate(connection, [edited, second], options),
      (error) => RunsheetError.is(error, 'unavailable') && error.message.includes('(first)'),
    );
    assert.equal(schemaVersion(connection), 1);
  });

  it('numbers its steps from 1 without gaps', () => {
    assert.deepEqual(
      migrations.map((migration) => migration.version),
      migrations.map((_, index) => index + 1),
    );
  });
});

describe('a database with plans from before what files leave out was kept', () => {
  it('keeps its rows, and counts nothing as left out until the files are read', async () => {
    const connection = await connectInMemory();
    try {
      const step = migrations.findIndex(({ name }) => name === 'left-out');
      migrate(connection, migrations.slice(0, step), options);
      connection.run(
        `INSERT INTO plans (id, title, format, source_path, extra_paths, created_at, created_by,
           updated_at, updated_by) VALUES ('p', 'Demo', 'runsheet', 'a.md', '["b.md"]', '', '', '', '')`,
      );
      connection.run(
        `INSERT INTO subtasks (id, plan_id, subtask_key, key_origin, fingerprint, title, position,
           created_at, updated_at, updated_by)
         VALUES ('s', 'p', 'T01', 'declared', 'one#1', 'One', 0, '', '', '')`,
      );
      migrate(connection, migrations, options);
      const rows = connection.all(
        z.unknown(),
        `SELECT p.title, s.subtask_key, s.left_out FROM plans p JOIN subtasks s ON s.plan_id = p.id`,
      );
      assert.deepEqual(rows, [{ title: 'Demo', subtask_key: 'T01', left_out: 0 }]);
      assert.equal(connection.pragma('integrity_check'), 'ok');
    } finally {
      connection.close();
    }
  });
});

describe('the first schema', () => {
  let connection: SqliteConnection;
  before(async () => {
    connection = await connectInMemory();
    migrate(connection, migrations, options);
  });
  after(() => connection.close());

  function insertWorkItem(id: string, type: string): void {
    connection.run(
      `INSERT INTO work_items (id, item_type, title, path, depth, created_at, created_by, updated_at, updated_by)
       VALUES (?, ?, 'An item', ?, 0, '', 'engine', '', 'engine')`,
      id,
      type,
      `/${id}`,
    );
  }

  it('is strict in every table and sound', () => {
    const tables = z.array(z.object({ name: z.string(), strict: z.literal(1) }));
    const rows = connection.all(
      z.unknown(),
      "SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    );
    assert.ok(tables.parse(rows).length >= 40);
    assert.equal(connection.pragma('integrity_check'), 'ok');
    assert.equal(connection.pragma('foreign_key_check'), null);
  });

  it('has one configuration and the rules by which rejections are routed', () => {
    const configuration = connection.all(
      z.unknown(),
      'SELECT id, max_parallel_runs, updated_at, updated_by FROM project_configuration',
    );
    assert.deepEqual(configuration, [
      { id: 1, max_parallel_runs: 3, updated_at: '2026-01-01T00:00:00.000Z', updated_by: 'engine' },
    ]);
    const rules = connection.all(
      z.object({ rejection_type: z.string(), handler_kind: z.string() }),
      'SELECT rejection_type, handler_kind FROM routing_rules ORDER BY rejection_type',
    );
    assert.deepEqual(
      rules.map((rule) => `${rule.rejection_type} → ${rule.handler_kind}`),
      [
        '_default → person',
        'clarity → same_run',
        'mechanics → same_run',
        'other → same_run',
        'scope → same_run',
        'style → same_run',
        'verification → same_run',
      ],
    );
  });

  it('lets nobody change or delete history', () => {
    connection.run(
      `INSERT INTO journal (occurred_at, actor, entity, entity_id, action)
       VALUES ('', 'engine', 'plan', 'p', 'read')`,
    );
    assert.throws(() => connection.run("UPDATE journal SET action = 'x'"), /append-only/);
    assert.throws(() => connection.run('DELETE FROM journal'), /append-only/);
  });

  const guarded: [table: string, insert: string][] = [
    [
      'verifications',
      `INSERT INTO verifications (id, work_item_id, validators, gate_mode, tree, requested_by, created_at)
       VALUES ('v', ?, '[]', 'all_pass', 'worktree', 'engine', '')`,
    ],
    [
      'claims',
      `INSERT INTO claims (id, work_item_id, source, says, made_at, made_by)
       VALUES ('c', ?, 'file', 'done', '', 'engine')`,
    ],
    [
      'rejections',
      `INSERT INTO rejections (id, work_item_id, rejection_type, reason, round, created_at, created_by)
       VALUES ('r', ?, 'style', 'no', 1, '', 'engine')`,
    ],
    [
      'escalations',
      `INSERT INTO escalations (id, work_item_id, reason_code, escalated_to, created_at)
       VALUES ('e', ?, 'stuck', 'person', '')`,
    ],
    [
      'enhancements',
      `INSERT INTO enhancements (id, work_item_id, title, created_at, created_by, updated_at, updated_by)
       VALUES ('n', ?, 'An enhancement', '', 'engine', '', 'engine')`,
    ],
  ];
  for (const [table, insert] of guarded) {
    it(`refuses ${table} of a work item that is not there`, () => {
      assert.throws(() => connection.run(insert, 'missing'), /no such work item/);
      insertWorkItem(`item of ${table}`, 'task');
      assert.equal(connection.run(insert, `item of ${table}`), 1);
    });
  }

  it('accepts only a session as the current one', () => {
    const update = 'UPDATE project_configuration SET current_session_id = ?';
    insertWorkItem('a task', 'task');
    insertWorkItem('a session', 'session');
    assert.throws(() => connection.run(update, 'a task'), /no such session/);
    assert.equal(connection.run(update, 'a session'), 1);
    assert.equal(connection.run(update, null), 1);
  });
});
