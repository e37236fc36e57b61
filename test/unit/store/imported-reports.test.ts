import assert from 'node:assert/strict';
import { z } from 'zod';
import { TimeOrderedIds } from '../../../src/platform/ids';
import { migrations } from '../../../src/store/migrations/all';
import { migrate } from '../../../src/store/migrations/migrate';
import { FakeClock } from '../../support/fake-clock';
import { connectInMemory } from '../../support/in-memory-store';

const options = { clock: new FakeClock(), ids: new TimeOrderedIds(), appVersion: 'test' };
const hash = 'a'.repeat(40);

describe('the step of the schema for imported reports', () => {
  it('keeps the deployments, links and notes of the version before it', async () => {
    const connection = await connectInMemory();
    migrate(connection, migrations.slice(0, 3), options);
    connection.exec(`
      INSERT INTO vendors (id, name, created_at, created_by, updated_at, updated_by)
        VALUES ('v', 'acme', '', 'engine', '', 'engine');
      INSERT INTO work_items (id, item_type, title, path, depth, created_at, created_by, updated_at,
        updated_by) VALUES ('w', 'task', 'Item', '/w', 0, '', 'engine', '', 'engine');
      INSERT INTO deployments (id, deployed_at, commit_hash, metadata, created_at, created_by)
        VALUES ('d1', '2026', '${hash}', '{}', '', 'engine');
      INSERT INTO deployments (id, deployed_at, commit_hash, metadata, corrects_id, created_at,
        created_by) VALUES ('d2', '2026', '${hash}', '{}', 'd1', '', 'engine');
      INSERT INTO deployment_vendors (deployment_id, vendor_id) VALUES ('d2', 'v');
      INSERT INTO deployment_work_items (deployment_id, work_item_id) VALUES ('d2', 'w');
      INSERT INTO plans (id, title, format, source_path, created_at, created_by, updated_at,
        updated_by) VALUES ('p', 'Plan', 'runsheet', 'a', '', 'engine', '', 'engine');
      INSERT INTO plan_notes (id, plan_id, kind, title, created_at, created_by)
        VALUES ('n', 'p', 'risk', 'Risk', '', 'engine');`);
    migrate(connection, migrations, options);
    const rows = (sql: string) => connection.all(z.unknown(), sql);
    assert.deepEqual(rows('SELECT id, corrects_id FROM deployments ORDER BY id'), [
      { id: 'd1', corrects_id: null },
      { id: 'd2', corrects_id: 'd1' },
    ]);
    assert.deepEqual(rows('SELECT vendor_id FROM deployment_vendors'), [{ vendor_id: 'v' }]);
    assert.deepEqual(rows('SELECT plan_id, title FROM plan_notes'), [
      { plan_id: 'p', title: 'Risk' },
    ]);
    assert.equal(connection.pragma('foreign_key_check'), null);
    const link = `INSERT INTO deployment_work_items (deployment_id, work_item_id) VALUES ('d1', ?)`;
    assert.throws(() => connection.run(link, 'missing'), /no such work item/);
    assert.throws(
      () => connection.run(`INSERT INTO deployment_vendors VALUES ('missing', 'v')`),
      /FOREIGN KEY/,
    );
    connection.close();
  });
});
