import type { Entity, Transaction } from '../command';

/** A change that is not a run's event; written in the transaction of the change. */
export interface JournalEntry {
  entity: Entity;
  id: string;
  action: string;
  changes?: Readonly<Record<string, unknown>>;
  reason?: string | null;
}

export function journal(tx: Transaction, entry: JournalEntry): void {
  tx.run(
    `INSERT INTO journal (occurred_at, actor, entity, entity_id, action, changes, reason)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    tx.now,
    tx.actor,
    entry.entity,
    entry.id,
    entry.action,
    boundedJson(entry.changes ?? {}),
    entry.reason ?? null,
  );
  tx.changed(entry.entity, entry.id);
}

/** The schema allows 4096 bytes of changes: longer values are cut, the keys stay. */
function boundedJson(changes: Readonly<Record<string, unknown>>): string {
  const whole = JSON.stringify(changes);
  if (Buffer.byteLength(whole) <= 4096) return whole;
  const cut = Object.fromEntries(
    Object.keys(changes)
      .slice(0, 40)
      .map((key) => [key.slice(0, 60), 'too long for the journal']),
  );
  return JSON.stringify(cut);
}
