import assert from 'node:assert/strict';
import type { Recorder } from '../../src/runs/recorder';
import { ReplayReader } from '../../src/runs/replay-reader';
import { runs } from '../../src/store/repositories/runs';
import type { Store } from '../../src/store/store';

/** Every run of the database tells by its events alone what its rows hold, without a gap. */
export async function assertReplays(
  store: Store,
  recorder: Pick<Recorder, 'read'>,
): Promise<number> {
  const reader = new ReplayReader(store, recorder);
  const rows = await store.query(runs.recent, { planId: null, limit: 100_000 });
  for (const { id, state, outcome } of rows) {
    const { gaps, differences } = await reader.read(id);
    const found = { gaps, differences };
    assert.deepEqual(found, { gaps: [], differences: [] }, `run ${id}, ${outcome ?? state}`);
  }
  return rows.length;
}
