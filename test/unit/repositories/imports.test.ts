import assert from 'node:assert/strict';
import type { ImportedRows, ImportedWorkItem } from '../../../src/store/repositories/import-pass';
import { deployments } from '../../../src/store/repositories/deployments';
import { enhancements } from '../../../src/store/repositories/enhancements';
import { importActor, imports, type Import } from '../../../src/store/repositories/imports';
import { notes } from '../../../src/store/repositories/notes';
import { vendors } from '../../../src/store/repositories/vendors';
import { workItems } from '../../../src/store/repositories/work-items';
import { InMemoryStore } from '../../support/in-memory-store';
import { count, person, valuesOf } from '../../support/plan-rows';

const path = 'old/.project_status.md';
const actor = importActor(path);
let store: InMemoryStore;

const vendor = (name: string, status: 'operational' | 'broken' = 'operational') => ({
  ...{ name, status, extractorVersion: null },
  metadata: {
    format_support: { excel: true, csv: false, pdf: false, ocr: false },
    ...{ test_results: null, manifest_compliant: null, extra: {} },
  },
});
const item = (title: string, values: Partial<ImportedWorkItem> = {}): ImportedWorkItem => ({
  ...{ kind: 'work_items', title, type: 'task', parent: null, status: 'pending' },
  ...{ statusReason: null, branch: null, metadata: {}, createdAt: null },
  ...{ says: null, evidence: null, ...values },
});
const deployment = (commit: string | null, vendorNames: string[], items: string[] = []) => ({
  ...{ deployedAt: '2026-03-01T16:40:00.000Z', commit, vendors: vendorNames, workItems: items },
  metadata: {
    ...{ pr_number: 7, pr_title: null, test_summary: {}, constitutional_compliance: null },
    ...{ unresolved: { vendors: [], work_items: [] }, extra: {} },
  },
});
const none: ImportedRows = {
  ...{ vendors: [], workItems: [], deployments: [], enhancements: [], notes: [] },
};
const file = (rows: Partial<ImportedRows>, hash = 'a'): Import => ({
  ...{ kind: 'project_status', path, hash: hash.repeat(64), account: { unread: [] } },
  rows: { ...none, ...rows },
});
const apply = (input: Import) =>
  store.command(imports.apply, { ...input, requestedBy: person.actor }, { actor });

const everything = file({
  vendors: [vendor('Acme'), vendor('bolt', 'broken'), vendor('ACME')],
  workItems: [
    item('Pier', { type: 'project', status: 'in_progress', says: 'in_progress', evidence: 'wip' }),
    item('Plank', { parent: 0, status: 'claimed', says: 'done' }),
    item('Plank', { parent: 0 }),
    item('Pier', { type: 'session', kind: 'session_prompts' }),
  ],
  deployments: [deployment('0a1b2c3', ['acme', 'ghost'], ['Pier', 'Plank', 'T001'])],
  enhancements: [
    { title: 'Faster', priority: 2, status: 'planned', quarter: '2026-Q1' },
    { title: 'Faster', priority: 3, status: 'planned', quarter: null },
  ],
  notes: [{ title: 'Prose', body: 'Words.', workItem: null }],
});
const tables = ['vendors', 'work_items', 'deployments', 'enhancements', 'plan_notes', 'claims'];
const counts = () => tables.map((table) => count(store, table));

describe('an import', () => {
  beforeEach(async () => {
    store = await InMemoryStore.open();
  });
  afterEach(() => store.close());

  it('stores all rows of a file in the name of the file, and tells doubles', async () => {
    const { counts: told, differences } = await apply(everything);
    assert.deepEqual(told.vendors, { found: 3, stored: 2, created: 2, updated: 0 });
    assert.deepEqual(told.work_items, { found: 3, stored: 3, created: 3, updated: 0 });
    assert.equal(told.session_prompts.created, 1);
    assert.deepEqual(
      differences.map(({ kind, name }) => [kind, name]),
      [['vendors', 'ACME']],
    );
    assert.deepEqual(counts(), [2, 4, 1, 2, 1, 2]);
    const items = await store.query(workItems.all, undefined);
    assert.deepEqual(
      items.map(({ title, depth, created_by: by }) => [title, depth, by]),
      [
        ['Pier', 0, actor],
        ['Pier', 0, actor],
        ['Plank', 1, actor],
        ['Plank', 1, actor],
      ],
    );
    assert.equal(items[2]?.path, `${items[0]?.path ?? ''}/${items[2]?.id ?? ''}`);
  });

  it('links deployments to what their names mean, and keeps the other names as words', async () => {
    await apply(everything);
    const [row] = await store.query(deployments.standing, undefined);
    assert.deepEqual([row?.vendors, row?.work_items], [['Acme'], []]);
    assert.deepEqual(row?.metadata.unresolved, {
      vendors: ['ghost'],
      work_items: ['Pier', 'Plank', 'T001'],
    });
    const other = file({
      deployments: [deployment(null, [], ['Jetty'])],
      workItems: [item('Jetty')],
    });
    await apply(other);
    const linked = await store.query(deployments.standing, undefined);
    assert.deepEqual(linked.map(({ work_items: titles }) => titles).sort(), [[], ['Jetty']]);
  });

  it('of the same file a second time changes nothing at all', async () => {
    await apply(everything);
    const [rows, journal] = [counts(), count(store, 'journal')];
    const { counts: told } = await apply(everything);
    assert.deepEqual(counts(), rows);
    assert.equal(count(store, 'journal'), journal);
    assert.equal(count(store, 'imports'), 1);
    assert.deepEqual(told.deployments, { found: 1, stored: 1, created: 0, updated: 0 });
  });

  it('is told beforehand as it will be, and nothing is written for that', async () => {
    for (const input of [
      everything,
      file({ ...everything.rows, vendors: [vendor('bolt')] }, 'b'),
    ]) {
      const before = [...counts(), count(store, 'journal')];
      const told = await store.query(imports.rehearse, input);
      assert.deepEqual([...counts(), count(store, 'journal')], before);
      assert.deepEqual(await apply(input), told);
    }
  });

  it('of a changed file brings its own rows up to date, and new ones in', async () => {
    await apply(everything);
    const changed = file(
      {
        vendors: [vendor('Acme', 'broken'), vendor('new')],
        workItems: [
          item('Pier', { type: 'project', status: 'claimed', says: 'done', branch: 'b' }),
        ],
        enhancements: [{ title: 'Faster', priority: 1, status: 'planned', quarter: null }],
        notes: [{ title: 'Prose', body: 'Other words.', workItem: null }],
      },
      'b',
    );
    const { differences } = await apply(changed);
    assert.deepEqual(differences, []);
    assert.deepEqual(
      (await store.query(vendors.all, undefined)).map(({ name, status }) => [name, status]),
      [
        ['Acme', 'broken'],
        ['bolt', 'broken'],
        ['new', 'operational'],
      ],
    );
    const [pier] = await store.query(workItems.childrenOf, null);
    assert.deepEqual([pier?.status, pier?.branch_name], ['claimed', 'b']);
    const [faster] = await store.query(enhancements.all, undefined);
    assert.deepEqual([faster?.priority, faster?.target_quarter], [1, null]);
    const standing = await store.query(notes.standing, undefined);
    assert.deepEqual(
      standing.map(({ body }) => body),
      ['Other words.'],
    );
  });

  it('never changes what a person has set since, and says so', async () => {
    await apply(everything);
    const [pier] = await store.query(workItems.childrenOf, null);
    const step = { id: pier?.id ?? '', to: 'blocked' as const, reason: 'No wood.' };
    await store.command(workItems.step, step, person);
    const told = file({
      workItems: [item('Pier', { type: 'project', status: 'claimed', says: 'done' })],
    });
    const { differences } = await apply(told);
    assert.equal(differences.length, 1);
    assert.match(differences[0]?.message ?? '', /claimed; person:ada has set blocked/);
    const [still] = await store.query(workItems.childrenOf, null);
    assert.equal(still?.status, 'blocked');
  });

  it('stores nothing when a row of it cannot be stored', async () => {
    const broken = file({ vendors: [vendor('Acme')], workItems: [item('x'.repeat(201))] });
    await assert.rejects(apply(broken));
    assert.deepEqual([...counts(), count(store, 'imports')], [0, 0, 0, 0, 0, 0, 0]);
  });

  it('knows a deployment by the first digits of its commit, and never changes one', async () => {
    const full = '0a1b2c3'.padEnd(40, '0');
    await apply(file({ deployments: [deployment(full, [])] }));
    const short = deployment('0a1b2c3', []);
    const retold = { ...short, metadata: { ...short.metadata, pr_title: 'Another' } };
    const { counts: told, differences } = await apply(file({ deployments: [retold] }, 'b'));
    assert.deepEqual(told.deployments, { found: 1, stored: 1, created: 0, updated: 0 });
    assert.equal(differences.length, 1);
    assert.deepEqual(valuesOf(store, 'SELECT commit_hash FROM deployments'), [
      { commit_hash: full },
    ]);
  });
});
