import assert from 'node:assert/strict';
import { z } from 'zod';
import type { AgentEvent } from '../../../src/agents/agent';
import { events, type EventRow } from '../../../src/store/repositories/events';
import { completed } from '../../support/fake-agent';
import { planPath, RunsWorld } from '../../support/runs-world';

const plan = '# Demo\n\n- [ ] T01 Build it\n  - check: npm test\n';
const largestPayload = 4096;

/** What is stored when the agent tells this one thing. */
async function stored(told: AgentEvent): Promise<EventRow[]> {
  let rows: EventRow[] = [];
  await RunsWorld.with({ [planPath]: plan }, async (world) => {
    world.agent.script('T01', async (_task, host) => {
      await host.onEvent(told);
      return completed;
    });
    await world.carryOut();
    const page = { runId: world.run('T01').id, after: 0, limit: 100 };
    rows = await world.store.query(events.page, page);
  });
  return rows.filter(({ event_type }) => event_type === told.type);
}

function textsOf(rows: readonly EventRow[]): string[] {
  const shape = z.object({ text: z.string(), role: z.literal('assistant') });
  return rows.map(({ payload }) => shape.parse(payload).text);
}

describe('a long text of an agent', function () {
  this.timeout(10_000);

  it('is told in pieces that fit, cut after words, and nothing of it is lost', async () => {
    for (const text of [
      'some words and\nlines '.repeat(400),
      '語'.repeat(5000),
      '"'.repeat(1500),
    ]) {
      const rows = await stored({ type: 'message', role: 'assistant', text });
      assert.equal(textsOf(rows).join(''), text);
      assert.ok(rows.every(({ artifact_id }) => artifact_id === null));
      const sizes = rows.map(({ payload }) => Buffer.byteLength(JSON.stringify(payload)));
      assert.ok(Math.max(...sizes) <= largestPayload);
      const cuts = textsOf(rows).slice(0, -1);
      if (text.includes(' ')) assert.ok(cuts.every((piece) => /\s$/.test(piece)));
    }
  });

  it('is not lost when it is other content that is long', async () => {
    const told = { type: 'message' as const, role: 'assistant' as const, text: '' };
    const rows = await stored({ ...told, ...{ more: 'x'.repeat(5000) } });
    assert.equal(rows.length, 1);
  });

  it('keeps a secret that stands where it is cut hidden', async () => {
    const secret = `ghp_${'a1B2'.repeat(9)}`;
    for (let before = 880; before <= 900; before += 5) {
      const text = `${'x'.repeat(before)} ${secret} ${'y '.repeat(2500)}`;
      const told = textsOf(await stored({ type: 'message', role: 'assistant', text })).join('');
      assert.doesNotMatch(told, /ghp_|a1B2/);
    }
  });

  it('is kept beside the database when it is very long', async () => {
    const rows = await stored({ type: 'message', role: 'assistant', text: 'x'.repeat(30_000) });
    assert.equal(rows.length, 1);
    assert.notEqual(rows[0]?.artifact_id, null);
  });
});
