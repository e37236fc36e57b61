import { z } from 'zod';
import type { Clock } from '../platform/clock';
import { timestamp } from '../platform/clock';
import { maskSecrets, maskSecretsIn } from '../model/secrets';
import { artifacts, events, type NewArtifact, type NewEvent } from '../store/repositories/events';
import type { ArtifactFiles } from '../store/artifact-files';
import type { Store } from '../store/store';
import { AgentText } from './agent-text';
import { sha256 } from './plan-content';

const largestInline = 4096;
// Longer single strings of a payload are cut in its summary.
const largestValue = 200;
// A longer text is kept beside the database.
const longestTold = 20_000;
const textPayload = z.looseObject({ text: z.string() });
// Up to 900 characters: 3600 bytes at most, beside what JSON escapes.
const piece = /[^]{1,900}(?:(?<=\s)|$)|[^]{1,900}/gu;
/** How long events of a working agent may wait for company in one transaction. */
const patienceMs = 50;
const pageSize = 500;

interface EventOptions {
  /** The run itself where nobody is named. */
  actor?: string;
  toolName?: string | null;
  /** Bytes that the command adds to the payload. */
  room?: number;
}

/** Writes what happened in runs: secrets masked, large content beside the database. */
export class Recorder {
  constructor(
    private readonly store: Store,
    private readonly files: ArtifactFiles,
    private readonly clock: Clock,
  ) {}

  /**
   * Appends to a run's story: one event, or several where a long text is told in pieces. Durable
   * when it resolves.
   */
  async event(
    runId: string,
    type: string,
    payload: Readonly<Record<string, unknown>>,
    options: EventOptions & { patient?: boolean } = {},
  ): Promise<void> {
    const told = await this.told(runId, type, payload, options);
    await this.store.command(
      events.append,
      { runId, events: told },
      { actor: 'engine', ...(options.patient === true ? { patience: patienceMs } : {}) },
    );
  }

  /** The same event for a command that appends it together with what it tells. */
  async told(
    runId: string,
    type: string,
    payload: Readonly<Record<string, unknown>>,
    options: EventOptions = {},
  ): Promise<NewEvent[]> {
    // Masked text by text: in JSON, quotes around a secret look different, and must stay in pairs.
    const masked = z.record(z.string(), z.unknown()).parse(maskSecretsIn(jsonOf(payload)));
    const whole = JSON.stringify(masked);
    const common = {
      type,
      actor: options.actor ?? `run:${runId}`,
      at: timestamp(this.clock),
      toolName: options.toolName?.slice(0, 100) ?? null,
    };
    const fits = Buffer.byteLength(whole) <= largestInline - (options.room ?? 0);
    const parts = fits ? [whole] : textInPieces(whole);
    return parts === null
      ? [{ ...common, payload: summary(masked), overflow: await this.overflow(whole) }]
      : parts.map((part) => ({ ...common, payload: part, overflow: null }));
  }

  private async overflow(whole: string): Promise<NewEvent['overflow']> {
    return { bytes: Buffer.byteLength(whole), artifact: await this.artifact('log', whole) };
  }

  /** Stores text (masked) for a run and returns the artifact's id. */
  async keep(
    runId: string,
    type: string,
    text: string,
    path: string | null = null,
  ): Promise<string> {
    const artifact = { ...(await this.artifact(type, maskSecrets(text))), path };
    return this.store.command(artifacts.add, { runId, artifact }, { actor: 'engine' });
  }

  /** Masked text as an artifact, its bytes already safe when they do not fit into a row. */
  async artifact(type: string, text: string): Promise<NewArtifact> {
    const bytes = Buffer.from(maskSecrets(text));
    const contentHash = sha256(bytes);
    const inline = bytes.length <= largestInline;
    if (!inline) await this.files.write(bytes);
    return {
      type,
      path: null,
      contentHash,
      sizeBytes: bytes.length,
      inline: inline ? bytes.toString('utf8') : null,
      metadata: {},
    };
  }

  /**
   * All that a run's agent said and its tools printed, as one text; `null` when a part of it was
   * pruned.
   */
  async textOf(runId: string): Promise<string | null> {
    const text = new AgentText();
    for (let after = 0; ;) {
      const page = await this.store.query(events.page, { runId, after, limit: pageSize });
      for (const row of page) {
        const whole = row.artifact_id === null ? null : await this.read(row.artifact_id);
        if (row.artifact_id !== null && whole === null) return null;
        text.add(row.event_type, whole === null ? row.payload : JSON.parse(whole));
        after = row.sequence;
      }
      if (page.length < pageSize) return text.toString();
    }
  }

  /** The text of an artifact; `null` when it was pruned. */
  async read(artifactId: string): Promise<string | null> {
    const row = await this.store.query(artifacts.byId, artifactId);
    if (row === null || row.storage === 'pruned') return null;
    if (row.content_inline !== null) return row.content_inline;
    return Buffer.from(await this.files.read(row.content_hash)).toString('utf8');
  }
}

function jsonOf(payload: Readonly<Record<string, unknown>>): unknown {
  return JSON.parse(JSON.stringify(payload));
}

/**
 * A payload with a long text (what an agent says, what a program prints) as several that fit into
 * rows, cut after words where there are some; `null` for any other payload.
 */
function textInPieces(whole: string): string[] | null {
  const parsed = textPayload.safeParse(JSON.parse(whole));
  if (!parsed.success || parsed.data.text === '') return null;
  if (parsed.data.text.length > longestTold) return null;
  const { text, ...rest } = parsed.data;
  const pieces = text.match(piece) ?? [];
  const payloads = pieces.map((part) => JSON.stringify({ ...rest, text: part }));
  return payloads.every((payload) => Buffer.byteLength(payload) <= largestInline) ? payloads : null;
}

/** The first level of a payload that is too long: long values give way to their length. */
function summary(payload: Readonly<Record<string, unknown>>): string {
  const short = Object.entries(payload).map(([key, value]) => {
    const json = JSON.stringify(value ?? null);
    const length = Buffer.byteLength(json);
    return [key, length > largestValue ? { truncated: length } : value];
  });
  const text = JSON.stringify(Object.fromEntries(short));
  return Buffer.byteLength(text) <= largestInline
    ? text
    : JSON.stringify({ truncated: text.length });
}
