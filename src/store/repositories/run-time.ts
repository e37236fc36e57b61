import { z } from 'zod';
import type { Transaction } from '../command';
import { maybeText } from './columns';

// The time of a run is that in which it works: not while it is paused, and not while it waits for
// an answer. Both may overlap, and count once.

/** From now on the run stands still, if it did not already. */
export function standStill(tx: Transaction, runId: string): void {
  tx.run('UPDATE runs SET still_since = coalesce(still_since, ?) WHERE id = ?', tx.now, runId);
}

/** It works again; what has passed since it stood still was not its time. */
export function goOn(tx: Transaction, runId: string): void {
  const row = tx.get(
    z.object({ still_since: maybeText }),
    'SELECT still_since FROM runs WHERE id = ?',
    runId,
  );
  const since = row?.still_since ?? null;
  if (since === null) return;
  const stoodMs = Math.max(0, Date.parse(tx.now) - Date.parse(since));
  tx.run(
    'UPDATE runs SET paused_ms = paused_ms + ?, still_since = NULL WHERE id = ?',
    stoodMs,
    runId,
  );
}
