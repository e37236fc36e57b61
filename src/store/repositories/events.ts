import { z } from 'zod';
import { command, query, type Transaction } from '../command';
import { jsonColumn, maybeText, placeholders, text } from './columns';

/** Content that does not fit into a row: already on the disk under its hash, or small and inline. */
export interface NewArtifact {
  type: string;
  path: string | null;
  contentHash: string;
  sizeBytes: number;
  /** At most 4096 bytes of UTF-8; `null`: in the artifact files. */
  inline: string | null;
  metadata: Readonly<Record<string, unknown>>;
}

export interface NewEvent {
  type: string;
  actor: string;
  at: string;
  toolName: string | null;
  /** A JSON object of at most 4096 bytes, with what the command adds. */
  payload: string;
  /** The whole payload, when it was longer. */
  overflow: { bytes: number; artifact: NewArtifact } | null;
}

const eventRow = z.object({
  id: z.int(),
  run_id: text,
  sequence: z.int(),
  event_type: text,
  occurred_at: text,
  actor: text,
  tool_name: maybeText,
  payload: jsonColumn(z.json()).nullable(),
  artifact_id: maybeText,
});
export type EventRow = z.output<typeof eventRow>;

const columns = Object.keys(eventRow.shape).join(', ');

export function insertArtifact(tx: Transaction, runId: string, artifact: NewArtifact): string {
  const known = tx.get(
    z.object({ id: text }),
    `SELECT id FROM artifacts WHERE run_id = ? AND artifact_type = ? AND content_hash = ?
       AND coalesce(path, '') = ?`,
    runId,
    artifact.type,
    artifact.contentHash,
    artifact.path ?? '',
  );
  if (known !== null) return known.id;
  const id = tx.newId();
  tx.run(
    `INSERT INTO artifacts (id, run_id, artifact_type, path, content_hash, size_bytes, storage,
       content_inline, metadata, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    runId,
    artifact.type,
    artifact.path,
    artifact.contentHash,
    artifact.sizeBytes,
    artifact.inline === null ? 'file' : 'inline',
    artifact.inline,
    JSON.stringify(artifact.metadata),
    tx.now,
  );
  tx.changed('artifact', id);
  return id;
}

/** An event that a command itself tells: short and without secrets. */
export function ownEvent(
  tx: Transaction,
  type: string,
  payload: Readonly<Record<string, unknown>>,
): NewEvent {
  const common = { type, actor: tx.actor, at: tx.now, toolName: null };
  return { ...common, payload: JSON.stringify(payload), overflow: null };
}

type Facts = Readonly<Record<string, string | number | null>>;

function withFacts(payload: string, facts: Facts): string {
  if (Object.keys(facts).length === 0) return payload;
  return JSON.stringify({ ...facts, ...z.looseObject({}).parse(JSON.parse(payload)) });
}

/**
 * Appends to a run's story, within the transaction that makes it true; sequences go on without a
 * gap. `facts` are put into each payload: what is known only now, such as a new row's id. Returns
 * the last sequence.
 */
export function appendEvents(
  tx: Transaction,
  runId: string,
  told: readonly NewEvent[],
  facts: Facts = {},
): number {
  const last = tx.get(
    z.object({ sequence: z.int() }),
    'SELECT coalesce(max(sequence), 0) AS sequence FROM events WHERE run_id = ?',
    runId,
  );
  let sequence = last?.sequence ?? 0;
  for (const event of told) {
    sequence += 1;
    const artifactId =
      event.overflow === null
        ? null
        : insertArtifact(tx, runId, {
            ...event.overflow.artifact,
            metadata: { event_sequence: sequence, event_type: event.type },
          });
    const payload = withFacts(event.payload, facts);
    tx.run(
      `INSERT INTO events (run_id, sequence, event_type, occurred_at, actor, tool_name,
         payload, payload_bytes, artifact_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      runId,
      sequence,
      event.type,
      event.at,
      event.actor,
      event.toolName,
      payload,
      event.overflow?.bytes ?? null,
      artifactId,
    );
  }
  if (told.length > 0) tx.changed('event', runId);
  return sequence;
}

export const events = {
  /** Appends to a run's story. Returns the last sequence. */
  append: command(
    'events.append',
    (tx, input: { runId: string; events: readonly NewEvent[] }): number =>
      appendEvents(tx, input.runId, input.events),
  ),

  page: query('events.page', (db, input: { runId: string; after: number; limit: number }) =>
    db.all(
      eventRow,
      `SELECT ${columns} FROM events WHERE run_id = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
      input.runId,
      input.after,
      input.limit,
    ),
  ),

  /** Every type of which a run tells at least once. */
  typesOf: query('events.typesOf', (db, runId: string): string[] =>
    db
      .all(
        z.object({ event_type: text }),
        'SELECT DISTINCT event_type FROM events WHERE run_id = ?',
        runId,
      )
      .map((row) => row.event_type),
  ),

  lastOfType: query('events.lastOfType', (db, input: { runId: string; type: string }) =>
    db.get(
      eventRow,
      `SELECT ${columns} FROM events WHERE run_id = ? AND event_type = ?
       ORDER BY sequence DESC LIMIT 1`,
      input.runId,
      input.type,
    ),
  ),

  /** The newest event of each run. */
  lastOf: query('events.lastOf', (db, runIds: readonly string[]) =>
    db.all(
      eventRow,
      `SELECT ${columns} FROM events WHERE (run_id, sequence) IN
         (SELECT run_id, max(sequence) FROM events WHERE run_id IN (${placeholders(runIds)})
          GROUP BY run_id)`,
      ...runIds,
    ),
  ),
};

const artifactRow = z.object({
  id: text,
  run_id: text,
  artifact_type: text,
  path: maybeText,
  content_hash: text,
  size_bytes: z.int(),
  storage: z.enum(['inline', 'file', 'pruned']),
  content_inline: maybeText,
});
export type ArtifactRow = z.output<typeof artifactRow>;

const artifactFile = z.object({ content_hash: text, size_bytes: z.int(), named_at: text });

export const artifacts = {
  add: command('artifacts.add', (tx, input: { runId: string; artifact: NewArtifact }): string =>
    insertArtifact(tx, input.runId, input.artifact),
  ),
  byId: query('artifacts.byId', (db, id: string) =>
    db.get(
      artifactRow,
      `SELECT ${Object.keys(artifactRow.shape).join(', ')} FROM artifacts WHERE id = ?`,
      id,
    ),
  ),

  ofRun: query('artifacts.ofRun', (db, runId: string) =>
    db.all(
      artifactRow,
      `SELECT ${Object.keys(artifactRow.shape).join(', ')} FROM artifacts WHERE run_id = ?
       ORDER BY id`,
      runId,
    ),
  ),

  /** Stored files, the least recently named first, with the time when a row last named each. */
  files: query('artifacts.files', (db) =>
    db.all(
      artifactFile,
      `SELECT content_hash, max(size_bytes) AS size_bytes, max(created_at) AS named_at
       FROM artifacts WHERE storage = 'file' GROUP BY content_hash ORDER BY named_at, content_hash`,
    ),
  ),

  /**
   * Marks contents as pruned that no row has named since `before` (UTC text); the rows stay.
   * @returns the hashes whose files are not needed any more.
   */
  prune: command(
    'artifacts.prune',
    (tx, { hashes, before }: { hashes: readonly string[]; before: string }): string[] => {
      const old = tx.all(
        z.object({ content_hash: text }),
        `SELECT content_hash FROM artifacts
         WHERE storage = 'file' AND content_hash IN (${placeholders(hashes)})
         GROUP BY content_hash HAVING max(created_at) < ?`,
        ...hashes,
        before,
      );
      for (const { content_hash: hash } of old)
        tx.run(
          "UPDATE artifacts SET storage = 'pruned' WHERE storage = 'file' AND content_hash = ?",
          hash,
        );
      return old.map((row) => row.content_hash);
    },
  ),

  newestOf: query('artifacts.newestOf', (db, input: { runId: string; type: string }) => {
    const row = db.get(
      z.object({ id: text }),
      'SELECT id FROM artifacts WHERE run_id = ? AND artifact_type = ? ORDER BY id DESC LIMIT 1',
      input.runId,
      input.type,
    );
    return row?.id ?? null;
  }),
};
