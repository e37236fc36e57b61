import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { Recorder } from '../../../src/runs/recorder';
import { ArtifactFiles } from '../../../src/store/artifact-files';
import { artifacts, events, type EventRow } from '../../../src/store/repositories/events';
import { FakeClock } from '../../support/fake-clock';
import { InMemoryStore } from '../../support/in-memory-store';
import { dispatch, seed, valuesOf } from '../../support/plan-rows';
import { withTemporaryFolder } from '../../support/temporary-folder';

interface Desk {
  store: InMemoryStore;
  recorder: Recorder;
  runId: string;
  folder: string;
  rows: () => Promise<EventRow[]>;
}

async function withRun(work: (desk: Desk) => Promise<void>): Promise<void> {
  await withTemporaryFolder(async (workspace) => {
    const store = await InMemoryStore.open();
    const folder = join(workspace, 'artifacts');
    const recorder = new Recorder(store, new ArtifactFiles(folder), new FakeClock());
    const { planId, subtaskId } = await seed(store);
    const { id: runId } = await dispatch(store, planId, subtaskId);
    // Behind what the run says of its own beginning.
    const rows = () => store.query(events.page, { runId, after: 1, limit: 1000 });
    await work({ store, recorder, runId, folder, rows });
    await store.close();
  });
}

const secret = 'hunter2hunter2';

describe('what is recorded of a run', () => {
  it('keeps a payload as it is', () =>
    withRun(async ({ recorder, runId, rows }) => {
      const payload = { text: 'Grüße "an" alle\n', count: 3, list: [null, true] };
      await recorder.event(runId, 'message', payload);
      assert.deepEqual((await rows())[0]?.payload, payload);
    }));

  it('keeps long payloads whole beside the row, which says how long they are', () =>
    withRun(async ({ recorder, runId, rows, store, folder }) => {
      const payload = { title: 'Read', output: 'x'.repeat(10_000) };
      await recorder.event(runId, 'tool_result', payload);
      const [row] = await rows();
      assert.deepEqual(row?.payload, { title: 'Read', output: { truncated: 10_002 } });
      const whole = await recorder.read(row.artifact_id ?? '');
      assert.deepEqual(JSON.parse(whole ?? ''), payload);
      assert.deepEqual(
        valuesOf(
          store,
          'SELECT payload_bytes AS bytes, storage FROM events JOIN artifacts ON artifacts.id = artifact_id',
        ),
        [{ bytes: Buffer.byteLength(JSON.stringify(payload)), storage: 'file' }],
      );
      assert.equal((await readdir(folder)).length, 1);
      assert.match((await recorder.textOf(runId)) ?? '', /x{10000}/);
      // What was pruned could say anything.
      store.connection.run("UPDATE artifacts SET storage = 'pruned' WHERE storage = 'file'");
      assert.equal(await recorder.textOf(runId), null);
    }));

  it('measures in bytes, not in letters', () =>
    withRun(async ({ recorder, runId, rows }) => {
      await recorder.event(runId, 'tool_result', { output: 'ü'.repeat(2100) });
      const [row] = await rows();
      assert.notEqual(row?.artifact_id, null);
    }));

  it('keeps any payload, however it is made', () =>
    withRun(async ({ recorder, runId, rows }) => {
      const payload = fc.dictionary(
        fc.string({ maxLength: 8 }),
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 30 }),
          fc.constantFrom(
            'token="abcdefghij"',
            `password=${secret}" and`,
            'secret: \\"12345678\\"',
          ),
          fc.jsonValue({ maxDepth: 2 }),
          fc.constant('y'.repeat(3000)),
        ),
        { maxKeys: 5 },
      );
      let written = 1;
      await fc.assert(
        fc.asyncProperty(payload, async (value) => {
          await recorder.event(runId, 'message', value);
          written += 1;
          assert.equal((await rows()).at(-1)?.sequence, written);
        }),
        { numRuns: 150 },
      );
    }));

  const secrets: readonly Record<string, unknown>[] = [
    { text: `export API_KEY=${secret}` },
    { text: `curl -H "x-token=${secret}" there` },
    { text: `{"password": "${secret}"}` },
    { text: `token="${secret}"` },
    { nested: [{ env: { secret } }] },
    { token: secret },
    { input: { command: ['login', `--password=${secret}`] } },
  ];
  for (const payload of secrets) {
    it(`masks ${JSON.stringify(payload)}`, () =>
      withRun(async ({ recorder, runId, rows, store }) => {
        await recorder.event(runId, 'message', payload);
        await recorder.event(runId, 'message', { ...payload, more: 'z'.repeat(5000) });
        assert.equal((await rows()).length, 2);
        const stored = JSON.stringify([
          valuesOf(store, 'SELECT payload FROM events'),
          await recorder.textOf(runId),
        ]);
        assert(!stored.includes(secret), stored.slice(0, 300));
        assert.match(stored, /••••••/);
      }));
  }

  it('keeps small texts in the row and large ones in a file, once', () =>
    withRun(async ({ recorder, runId, store, folder }) => {
      const small = await recorder.keep(runId, 'diff', 'a\0ü');
      const large = await recorder.keep(runId, 'diff', 'b'.repeat(4097));
      assert.equal(await recorder.read(small), 'a\0ü');
      assert.equal(await recorder.read(large), 'b'.repeat(4097));
      assert.equal(await recorder.keep(runId, 'diff', 'b'.repeat(4097)), large);
      assert.deepEqual(valuesOf(store, 'SELECT storage FROM artifacts ORDER BY id'), [
        { storage: 'inline' },
        { storage: 'file' },
      ]);
      assert.equal((await readdir(folder)).length, 1);
      assert.equal(await store.query(artifacts.newestOf, { runId, type: 'diff' }), large);
    }));

  it('masks what it keeps', () =>
    withRun(async ({ recorder, runId }) => {
      const id = await recorder.keep(runId, 'diff', `+password=${secret}\n`);
      assert.equal(await recorder.read(id), '+password=••••••\n');
    }));
});
