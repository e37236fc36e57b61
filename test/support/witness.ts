import assert from 'node:assert/strict';
import type { Database } from 'sql.js';
import { changed, listEvents, subscribe } from '../../src/protocol/messages';
import type { EngineClient } from '../../src/protocol/engine-client';
import { Mirror } from '../../src/protocol/mirror';
import type { Delta, EventView, RunView } from '../../src/protocol/views';

/** The values of the first column and so on, row by row. */
export function rowsOf(database: Database, sql: string): unknown[][] {
  return database.exec(sql)[0]?.values ?? [];
}

const wordsOf = ({ type, at, actor, payload }: EventView): string =>
  JSON.stringify([type, at, actor, payload]);

/** Remembers what engines told their clients, to hold it against the database afterwards. */
export class Witness {
  private readonly stories = new Map<string, Map<number, string>>();
  private readonly ends = new Map<string, string>();
  private readonly done = new Map<string, string>();
  private readonly executions = new Set<string>();

  get events(): number {
    return [...this.stories.values()].reduce((sum, story) => sum + story.size, 0);
  }

  get runs(): number {
    return this.stories.size;
  }

  get interrupted(): number {
    return [...this.ends.values()].filter((end) => end.startsWith('interrupted')).length;
  }

  execution(id: string): void {
    this.executions.add(id);
  }

  /** Watches all that a client is told; the mirror is kept up to date, `onChange` called after. */
  async follow(client: EngineClient, onChange: () => void): Promise<Mirror> {
    const mirror = new Mirror();
    let watched = new Set<string>();
    const take = (delta: Delta): void => {
      mirror.apply(delta);
      this.note(delta);
      const live = [...mirror.runs.values()].filter(({ state }) => state !== 'ended');
      if (live.some(({ id }) => !watched.has(id))) void watch(live).catch(() => undefined);
      onChange();
    };
    const watch = async (live: readonly RunView[]): Promise<void> => {
      watched = new Set(live.map(({ id }) => id));
      const wanted = live.map(({ id }) => ({ runId: id, after: this.lastOf(id) }));
      take(await client.request(subscribe, { plans: true, needs: true, runs: 50, events: wanted }));
    };
    client.on(changed, take);
    await watch([]);
    return mirror;
  }

  /** Asks an engine for some of the stories that were told by the ones before it. */
  async askAgain(client: EngineClient, count: number): Promise<void> {
    for (const runId of [...this.stories.keys()].slice(-count)) {
      const seen = new Map(this.stories.get(runId));
      const { events } = await client.request(listEvents, { runId, after: 0, limit: 1000 });
      const told = new Map(events.map((event) => [event.sequence, wordsOf(event)]));
      for (const [sequence, words] of seen) assert.equal(told.get(sequence), words);
    }
  }

  /** Everything that was acknowledged is in the database, as it was told. */
  hold(database: Database): void {
    const stored = new Map<string, string>();
    const sql = 'SELECT run_id, sequence, event_type, occurred_at, actor, payload FROM events';
    for (const [run, sequence, type, at, actor, payload] of rowsOf(database, sql)) {
      const value: unknown = typeof payload === 'string' ? JSON.parse(payload) : null;
      stored.set(`${String(run)} ${String(sequence)}`, JSON.stringify([type, at, actor, value]));
    }
    for (const [run, story] of this.stories) {
      for (const [sequence, words] of story) {
        assert.equal(stored.get(`${run} ${sequence}`), words, `event ${sequence} of ${run}`);
      }
    }
    const ends = new Map(
      rowsOf(database, 'SELECT id, outcome, verdict FROM runs').map(([id, outcome, verdict]) => [
        String(id),
        `${String(outcome)} ${String(verdict)}`,
      ]),
    );
    for (const [run, end] of this.ends) assert.equal(ends.get(run), end, `end of ${run}`);
    const proven = new Set(
      rowsOf(database, "SELECT id FROM subtasks WHERE status = 'done'").map(([id]) => id),
    );
    for (const [id, key] of this.done) assert.ok(proven.has(id), `${key} was done`);
    const executions = new Set(
      rowsOf(database, 'SELECT id FROM plan_executions').map(([id]) => id),
    );
    for (const id of this.executions) assert.ok(executions.has(id), `execution ${id}`);
  }

  private lastOf(runId: string): number {
    return Math.max(0, ...(this.stories.get(runId)?.keys() ?? []));
  }

  private note(delta: Delta): void {
    for (const event of delta.events) {
      const story = this.stories.get(event.runId) ?? new Map<number, string>();
      this.stories.set(event.runId, story.set(event.sequence, wordsOf(event)));
    }
    for (const { id, state, outcome, verdict } of delta.runs) {
      if (!this.stories.has(id)) this.stories.set(id, new Map());
      if (state === 'ended') this.ends.set(id, `${String(outcome)} ${String(verdict)}`);
    }
    for (const { id, key, status } of delta.subtasks) if (status === 'done') this.done.set(id, key);
    for (const { id } of delta.executions) this.executions.add(id);
  }
}
