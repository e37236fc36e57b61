import assert from 'node:assert/strict';
import { RunsheetError } from '../../../src/model/errors';
import { events } from '../../../src/store/repositories/events';
import { gates } from '../../../src/store/repositories/gates';
import { permissions } from '../../../src/store/repositories/permissions';
import { runs } from '../../../src/store/repositories/runs';
import { subtasks } from '../../../src/store/repositories/subtasks';
import { InMemoryStore } from '../../support/in-memory-store';
import {
  count,
  dispatch,
  engine,
  person,
  rowOf,
  seed,
  subtaskContent,
  sync,
  valuesOf,
} from '../../support/plan-rows';

const gate = {
  ...{ key: 'g', title: 'Look first', kind: 'human' as const, trigger: 'manual' as const },
  ...{ phaseKey: null, subtaskKey: null, criteria: [] },
};

describe('dispatching a run', () => {
  let store: InMemoryStore;
  beforeEach(async () => {
    store = await InMemoryStore.open();
  });
  afterEach(() => store.close());

  const end = (runId: string, subtaskId: string, countsAsAttempt = true) =>
    store.command(
      runs.end,
      {
        ...{ runId, outcome: 'completed', verdict: 'failed', countsAsAttempt },
        subtask: { subtaskId, to: 'failed', reason: 'It failed.' },
      },
      engine,
    );
  const again = (subtaskId: string, action: 'reset' | 'accept' | 'skip' = 'reset', reason = '') =>
    store.command(subtasks.decide, { subtaskId, action, reason }, person);

  it('makes the row and takes the subtask out of the ready set', async () => {
    const { planId, subtaskId } = await seed(store);
    const run = await dispatch(store, planId, subtaskId);
    assert.deepEqual([run.state, run.attempt, run.subtask_id], ['queued', 1, subtaskId]);
    assert.equal((await rowOf(store, planId, 'T01')).status, 'in_progress');
  });

  it('is refused behind a gate, whoever asks', async () => {
    const { planId, subtaskId } = await seed(store, { gates: [gate] });
    const [{ id } = { id: '' }] = await store.query(gates.ofPlan, planId);
    await assert.rejects(dispatch(store, planId, subtaskId, [id]), (error) => {
      assert(RunsheetError.is(error, 'gate_closed'));
      assert.deepEqual(error.details['gates'], ['Look first']);
      return true;
    });
    assert.equal(count(store, 'runs'), 0);
    assert.equal((await rowOf(store, planId, 'T01')).status, 'pending');
    await store.command(gates.open, id, engine);
    await store.command(gates.decide, { gateId: id, decision: 'override', reason: 'so' }, person);
    assert.equal((await dispatch(store, planId, subtaskId, [id])).attempt, 1);
  });

  it('is refused while another run of the subtask is going on', async () => {
    const { planId, subtaskId } = await seed(store);
    await dispatch(store, planId, subtaskId);
    await assert.rejects(dispatch(store, planId, subtaskId), (error) =>
      RunsheetError.is(error, 'not_ready'),
    );
    assert.equal(count(store, 'runs'), 1);
  });

  it('is refused for a subtask that its file has no more', async () => {
    const { planId, subtaskId } = await seed(store);
    await sync(store, { subtasks: [subtaskContent('T02')] });
    await assert.rejects(dispatch(store, planId, subtaskId), (error) =>
      RunsheetError.is(error, 'not_found'),
    );
    assert.equal(count(store, 'runs'), 0);
  });

  it('is refused for one that is closed', async () => {
    const { planId, subtaskId } = await seed(store);
    await again(subtaskId, 'accept', 'Seen.');
    await assert.rejects(dispatch(store, planId, subtaskId), (error) =>
      RunsheetError.is(error, 'not_ready'),
    );
    assert.equal(count(store, 'runs'), 0);
  });

  for (const action of ['block', 'cancel'] as const) {
    it(`is refused where a person was faster: ${action}`, async () => {
      const { planId, subtaskId } = await seed(store);
      await store.command(subtasks.decide, { subtaskId, action, reason: 'Wait.' }, person);
      const { status } = await rowOf(store, planId, 'T01');
      await assert.rejects(dispatch(store, planId, subtaskId), (error) =>
        RunsheetError.is(error, 'not_ready'),
      );
      assert.equal((await rowOf(store, planId, 'T01')).status, status);
      assert.equal(count(store, 'runs'), 0);
    });
  }

  it('is refused when all attempts are used up; a person makes room for one more', async () => {
    const { planId, subtaskId } = await seed(store);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await end((await dispatch(store, planId, subtaskId)).id, subtaskId);
      // The third attempt was the last; the reset after it makes room.
      if (attempt < 3) await again(subtaskId);
    }
    await store.command(subtasks.step, { subtaskId, to: 'pending' }, engine);
    await assert.rejects(dispatch(store, planId, subtaskId), (error) =>
      RunsheetError.is(error, 'limit'),
    );
    await store.command(subtasks.step, { subtaskId, to: 'needs_attention' }, engine);
    await again(subtaskId);
    assert.equal((await dispatch(store, planId, subtaskId)).attempt, 4);
  });

  it('counts no attempt for a run that did not count', async () => {
    const { planId, subtaskId } = await seed(store);
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const run = await dispatch(store, planId, subtaskId);
      assert.equal(run.attempt, attempt);
      await end(run.id, subtaskId, false);
      await again(subtaskId);
    }
    assert.equal((await rowOf(store, planId, 'T01')).attempt_limit, null);
  });
});

describe('the end of a run', () => {
  let store: InMemoryStore;
  beforeEach(async () => {
    store = await InMemoryStore.open();
  });
  afterEach(() => store.close());

  it('is final: a second end changes nothing', async () => {
    const { planId, subtaskId } = await seed(store);
    const { id: runId } = await dispatch(store, planId, subtaskId);
    const first = { to: 'failed' as const, reason: 'It failed.', subtaskId };
    await store.command(
      runs.end,
      { runId, outcome: 'completed', verdict: 'failed', subtask: first },
      engine,
    );
    const before = valuesOf(store, 'SELECT * FROM runs');
    await store.command(
      runs.end,
      {
        ...{ runId, outcome: 'cancelled', verdict: null },
        subtask: { subtaskId, to: 'pending', reason: 'Stopped.' },
      },
      engine,
    );
    assert.deepEqual(valuesOf(store, 'SELECT * FROM runs'), before);
    assert.equal((await rowOf(store, planId, 'T01')).status, 'failed');
  });

  it('closes what its agent still asked', async () => {
    const { planId, subtaskId } = await seed(store);
    const { id: runId } = await dispatch(store, planId, subtaskId);
    const call = { tool: null, kind: 'other', locations: [], input: null };
    const question = { runId, toolName: null, summary: 'May I?', options: [], call, told: [] };
    await store.command(permissions.open, question, engine);
    await store.command(runs.end, { runId, outcome: 'cancelled', verdict: null }, engine);
    assert.deepEqual(await store.query(permissions.allOpen, undefined), []);
  });
});

describe("a person's word on a subtask", () => {
  let store: InMemoryStore;
  beforeEach(async () => {
    store = await InMemoryStore.open();
  });
  afterEach(() => store.close());

  const decide = (subtaskId: string, action: 'accept' | 'skip' | 'reset', reason = '') =>
    store.command(subtasks.decide, { subtaskId, action, reason }, person);

  it('does not close what a run is working on, and keeps the claims', async () => {
    const { planId, subtaskId } = await seed(store);
    await dispatch(store, planId, subtaskId);
    await sync(store, {
      subtasks: [subtaskContent('T01', { status: 'claimed', fileStatus: 'x' })],
    });
    await assert.rejects(decide(subtaskId, 'accept', 'Seen.'), (error) =>
      RunsheetError.is(error, 'not_ready'),
    );
    assert.deepEqual(valuesOf(store, 'SELECT disposition FROM claims'), [{ disposition: 'open' }]);
  });

  for (const action of ['reset', 'resume', 'block', 'cancel'] as const) {
    it(`takes no subtask away from its run: ${action}`, async () => {
      const { planId, subtaskId } = await seed(store);
      await dispatch(store, planId, subtaskId);
      const word = { subtaskId, action, reason: 'So it is.' };
      await assert.rejects(store.command(subtasks.decide, word, person), (error) =>
        RunsheetError.is(error, 'not_ready'),
      );
      assert.equal((await rowOf(store, planId, 'T01')).status, 'in_progress');
    });
  }

  it('closes without a proof only with a reason, but for what its file claims', async () => {
    const { planId, subtaskId } = await seed(store, { subtasks: [subtaskContent('T01')] });
    for (const reason of ['', '  ']) {
      await assert.rejects(decide(subtaskId, 'accept', reason), (error) =>
        RunsheetError.is(error, 'validation'),
      );
    }
    await sync(store, {
      subtasks: [subtaskContent('T01', { status: 'claimed', fileStatus: 'x' })],
    });
    await decide(subtaskId, 'accept');
    assert.equal((await rowOf(store, planId, 'T01')).proof, 'accepted');
  });

  it('has the last run go on also where it was stopped', async () => {
    const { planId, subtaskId } = await seed(store);
    const { id } = await dispatch(store, planId, subtaskId);
    const stopped = { subtaskId, to: 'pending' as const, reason: 'Its run was stopped.' };
    const end = { runId: id, outcome: 'cancelled' as const, verdict: null, subtask: stopped };
    await store.command(runs.end, end, engine);
    const nextRun = { because: 'resume', specId: null, continues: id, closeOut: false } as const;
    const word = { subtaskId, action: 'resume' as const, reason: '' };
    const input = { ...word, nextRun: { ...nextRun, notBefore: null, guidance: null } };
    await store.command(subtasks.decide, input, person);
    assert.equal((await rowOf(store, planId, 'T01')).next_run?.continues, id);
  });

  it('keeps of what the next run is told only what a row takes', async () => {
    const { planId, subtaskId } = await seed(store);
    await store.command(subtasks.step, { subtaskId, to: 'needs_attention' }, engine);
    const nextRun = { because: 'retry', specId: null, continues: null, closeOut: false } as const;
    const told = { ...nextRun, notBefore: null, guidance: 'x'.repeat(30_000) };
    await store.command(subtasks.step, { subtaskId, to: 'pending', nextRun: told }, engine);
    assert.equal((await rowOf(store, planId, 'T01')).next_run?.guidance?.length, 20_000);
  });

  it('follows from what was seen, unless somebody has moved the subtask on', async () => {
    const { planId, subtaskId } = await seed(store);
    await dispatch(store, planId, subtaskId);
    const steps = [{ subtaskId, to: 'in_review' as const }];
    const input = { subtaskId, from: 'failed' as const, steps };
    await assert.rejects(store.command(subtasks.follow, input, person), (error) =>
      RunsheetError.is(error, 'version_conflict'),
    );
    assert.equal((await rowOf(store, planId, 'T01')).status, 'in_progress');
  });

  it('skips only with a reason', async () => {
    const { planId, subtaskId } = await seed(store);
    await assert.rejects(decide(subtaskId, 'skip'), (error) =>
      RunsheetError.is(error, 'validation'),
    );
    await decide(subtaskId, 'skip', 'Not needed.');
    const { status, status_reason: reason } = await rowOf(store, planId, 'T01');
    assert.deepEqual([status, reason], ['skipped', 'Not needed.']);
  });

  it('is kept in the journal with who gave it', async () => {
    const { subtaskId } = await seed(store);
    await decide(subtaskId, 'accept', 'I saw it work.');
    const [entry] = valuesOf(
      store,
      "SELECT actor, reason FROM journal WHERE entity = 'subtask' AND action = 'status'",
    );
    assert.deepEqual(entry, { actor: 'person:ada', reason: 'I saw it work.' });
  });

  it('is cut to what a row takes', async () => {
    const { planId, subtaskId } = await seed(store);
    await decide(subtaskId, 'accept', 'x'.repeat(4000));
    assert.equal((await rowOf(store, planId, 'T01')).status_reason?.length, 500);
  });
});

describe('the events of a run', () => {
  let store: InMemoryStore;
  beforeEach(async () => {
    store = await InMemoryStore.open();
  });
  afterEach(() => store.close());

  const event = (type: string) => ({
    ...{ type, actor: 'engine', at: '2026-01-01T00:00:00.000Z', toolName: null },
    ...{ payload: '{}', overflow: null },
  });

  it('are numbered from 1 without gaps, however many write at once', async () => {
    const { planId, subtaskId } = await seed(store);
    const { id: runId } = await dispatch(store, planId, subtaskId);
    const input = { runId, events: [event('a'), event('b')] };
    const lasts = await Promise.all(
      Array.from({ length: 20 }, () => store.command(events.append, input, engine)),
    );
    assert.deepEqual(
      lasts,
      // The first of every run says that it was dispatched.
      Array.from({ length: 20 }, (_, at) => 2 * at + 3),
    );
    const rows = await store.query(events.page, { runId, after: 0, limit: 100 });
    assert.deepEqual(
      rows.map(({ sequence }) => sequence),
      Array.from({ length: 41 }, (_, at) => at + 1),
    );
  });

  it('leave no gap when one of them is refused', async () => {
    const { planId, subtaskId } = await seed(store);
    const { id: runId } = await dispatch(store, planId, subtaskId);
    await store.command(events.append, { runId, events: [event('a')] }, engine);
    const bad = { runId, events: [event('b'), event('Not A Word')] };
    await assert.rejects(store.command(events.append, bad, engine));
    const next = { runId, events: [event('c')] };
    assert.equal(await store.command(events.append, next, engine), 3);
  });

  it('come in pages, and the newest of each run at once', async () => {
    const { planId, subtaskId } = await seed(store);
    const { id: runId } = await dispatch(store, planId, subtaskId);
    await store.command(
      events.append,
      { runId, events: ['a', 'b', 'c'].map((type) => event(type)) },
      engine,
    );
    const page = await store.query(events.page, { runId, after: 2, limit: 1 });
    assert.deepEqual(
      page.map(({ event_type }) => event_type),
      ['b'],
    );
    const last = await store.query(events.lastOf, [runId]);
    assert.deepEqual(
      last.map(({ event_type }) => event_type),
      ['c'],
    );
  });
});
