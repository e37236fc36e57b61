import assert from 'node:assert/strict';
import { RunsheetError } from '../../../src/model/errors';
import type { BudgetScope } from '../../../src/model/budget';
import { budgets } from '../../../src/store/repositories/budgets';
import { events } from '../../../src/store/repositories/events';
import { runs } from '../../../src/store/repositories/runs';
import { InMemoryStore } from '../../support/in-memory-store';
import {
  dispatch,
  engine,
  person,
  present,
  seed,
  subtaskContent,
  valuesOf,
} from '../../support/plan-rows';

let store: InMemoryStore;
function withStore(): void {
  beforeEach(async () => {
    store = await InMemoryStore.open();
  });
  afterEach(() => store.close());
}

const now = '2026-03-10T12:00:00.000Z';
const day = { scope: 'workspace_day' as const, scopeRef: null };
const use = (scope: BudgetScope, scopeRef: string | null, since: string | null = null) =>
  store.query(budgets.used, { scope, scopeRef, since, now });

/** Makes a run of the row's values; what is not given is as if nothing was used. */
async function run(
  planId: string,
  subtaskId: string,
  values: Readonly<Record<string, string | number | null>>,
): Promise<void> {
  const { id } = await dispatch(store, planId, subtaskId);
  const all = { state: 'ended', outcome: 'completed', ended_at: now, ...values };
  const sets = Object.keys(all).map((column) => `${column} = ?`);
  store.connection.run(
    `UPDATE runs SET ${sets.join(', ')} WHERE id = ?`,
    ...Object.values(all),
    id,
  );
  store.connection.run(
    `UPDATE subtasks SET status = 'pending', attempt_limit = 9 WHERE id = ?`,
    subtaskId,
  );
}

describe('a budget that is set', () => {
  withStore();

  it('keeps what is not said, and lifts what is null', async () => {
    const first = await store.command(
      budgets.set,
      { ...day, limits: { tokens: 5, runs: 3 } },
      person,
    );
    assert.deepEqual(first.limits, {
      ...{ wallMs: null, turns: null, tokens: 5, costMicros: null, runs: 3 },
    });
    const limits = { tokens: null, wallMs: 7, turns: 8, costMicros: 9 };
    const second = await store.command(budgets.set, { ...day, limits }, person);
    assert.deepEqual(second.limits, { wallMs: 7, turns: 8, tokens: null, costMicros: 9, runs: 3 });
    assert.deepEqual([second.id, second.version, second.updatedBy], [first.id, 2, 'person:ada']);
    assert.deepEqual(await store.query(budgets.list, undefined), [second]);
  });

  it('is refused for a version that is not the present one', async () => {
    await store.command(budgets.set, { ...day, limits: { runs: 3 }, expected: 0 }, person);
    const again = store.command(budgets.set, { ...day, limits: { runs: 9 }, expected: 0 }, person);
    await assert.rejects(again, (error) => {
      assert(RunsheetError.is(error, 'version_conflict'));
      assert.equal(error.details['current_version'], 1);
      return true;
    });
    assert.equal((await store.query(budgets.list, undefined))[0]?.limits.runs, 3);
  });

  it('is one for each plan and subtask, which must be there', async () => {
    const { planId, subtaskId } = await seed(store);
    const limits = { runs: 1 };
    await store.command(budgets.set, { scope: 'plan', scopeRef: planId, limits }, person);
    await store.command(budgets.set, { scope: 'subtask', scopeRef: subtaskId, limits }, person);
    await store.command(budgets.set, { scope: 'plan', scopeRef: planId, limits }, person);
    assert.equal((await store.query(budgets.list, undefined)).length, 2);
    for (const owner of [
      { scope: 'plan' as const, scopeRef: subtaskId },
      { scope: 'subtask' as const, scopeRef: null },
    ])
      await assert.rejects(store.command(budgets.set, { ...owner, limits }, person), (error) =>
        RunsheetError.is(error, 'not_found'),
      );
    const strange = { scope: 'workspace_day' as const, scopeRef: planId, limits };
    await assert.rejects(store.command(budgets.set, strange, person), /the whole workspace/);
  });

  it('is in the journal', async () => {
    await store.command(budgets.set, { ...day, limits: { runs: 3 } }, person);
    const [entry] = valuesOf(store, `SELECT actor, action, changes FROM journal ORDER BY id`);
    assert.deepEqual(entry, {
      ...{ actor: 'person:ada', action: 'set' },
      changes:
        '{"scope":"workspace_day","scopeRef":null,"wallMs":null,"turns":null,"tokens":null,"costMicros":null,"runs":3}',
    });
  });
});

describe('what is used of a budget', () => {
  withStore();

  it('is nothing before the first run', async () => {
    assert.deepEqual(await use('workspace_day', null), {
      ...{ wallMs: 0, turns: 0, tokens: 0, costMicros: null, runsWithoutCost: 0, runs: 0 },
    });
  });

  it('is the sum over the runs of its scope', async () => {
    const { planId } = await seed(store, {
      subtasks: [subtaskContent('T01'), subtaskContent('T02')],
    });
    const [one, two] = (await present(store, planId)).map(({ id }) => id);
    const other = await seed(store, { path: 'other.plan.md' });
    const used = { turns_used: 2, tokens_in: 10, tokens_out: 5, cost_micros: 100 };
    await run(planId, one ?? '', used);
    await run(planId, one ?? '', { ...used, counts_as_attempt: 0 });
    await run(planId, two ?? '', used);
    await run(other.planId, other.subtaskId, used);
    const of = async (scope: BudgetScope, ref: string | null) => {
      const { turns, tokens, costMicros, runs } = await use(scope, ref);
      return [turns, tokens, costMicros, runs];
    };
    assert.deepEqual(await of('subtask', one ?? ''), [4, 30, 200, 1]);
    assert.deepEqual(await of('subtask', two ?? ''), [2, 15, 100, 1]);
    assert.deepEqual(await of('plan', planId), [6, 45, 300, 2]);
    assert.deepEqual(await of('workspace_day', null), [8, 60, 400, 3]);
  });

  it('counts costs that were told, and the runs that told none', async () => {
    const { planId, subtaskId } = await seed(store);
    await run(planId, subtaskId, { started_at: now });
    await run(planId, subtaskId, { started_at: now });
    assert.deepEqual(
      [(await use('plan', planId)).costMicros, (await use('plan', planId)).runsWithoutCost],
      [null, 2],
    );
    await run(planId, subtaskId, { started_at: now, cost_micros: 7 });
    // One that never began had nothing to tell.
    await run(planId, subtaskId, { started_at: null });
    const { costMicros, runsWithoutCost } = await use('plan', planId);
    assert.deepEqual([costMicros, runsWithoutCost], [7, 2]);
  });

  it('counts the time in which runs worked, pauses left out, live ones up to now', async () => {
    const { planId, subtaskId } = await seed(store);
    const at = (time: string) => `2026-03-10T${time}Z`;
    await run(planId, subtaskId, { started_at: at('10:00:00.000'), ended_at: at('10:00:30.250') });
    assert.equal((await use('plan', planId)).wallMs, 30_250);
    await run(planId, subtaskId, {
      ...{ started_at: at('10:00:00.000'), ended_at: at('10:01:00.000'), paused_ms: 45_000 },
    });
    assert.equal((await use('plan', planId)).wallMs, 45_250);
    const live = { outcome: null, ended_at: null };
    await run(planId, subtaskId, {
      ...{ ...live, state: 'paused', started_at: at('11:00:00.000') },
      still_since: at('11:00:01.000'),
    });
    assert.equal((await use('plan', planId)).wallMs, 46_250);
    store.connection.run(
      `UPDATE runs SET state = 'running', still_since = NULL WHERE state = 'paused'`,
    );
    assert.equal((await use('plan', planId)).wallMs, 45_250 + 3_600_000);
  });

  it('is that of a run that was interrupted up to what it told last', async () => {
    const { planId, subtaskId } = await seed(store);
    const { id: runId } = await dispatch(store, planId, subtaskId);
    await store.command(runs.step, { runId, to: 'spawning' }, engine);
    await store.command(runs.step, { runId, to: 'running' }, engine);
    store.connection.run(`UPDATE runs SET started_at = '2026-03-10T10:00:00.000Z'`);
    const event = (type: string, at: string) => ({
      ...{ type, actor: 'engine', at, toolName: null, payload: '{}', overflow: null },
    });
    const told = [
      event('tool_call', '2026-03-10T10:00:20.000Z'),
      // The next engine comes a day later.
      event('interrupted', '2026-03-11T10:00:00.000Z'),
      event('verification_ended', '2026-03-11T10:00:01.000Z'),
    ];
    store.connection.run('DROP TRIGGER events_no_delete');
    store.connection.run('DELETE FROM events');
    await store.command(events.append, { runId, events: told }, engine);
    const end = { runId, outcome: 'interrupted' as const, verdict: null };
    await store.command(runs.end, end, engine);
    assert.equal((await use('plan', planId)).wallMs, 20_000);
  });

  it('of a day begins with its midnight', async () => {
    const { planId, subtaskId } = await seed(store);
    await run(planId, subtaskId, { created_at: '2026-03-09T22:59:59.999Z', tokens_in: 1 });
    await run(planId, subtaskId, { created_at: '2026-03-09T23:00:00.000Z', tokens_in: 10 });
    const { tokens, runs } = await use('workspace_day', null, '2026-03-09T23:00:00.000Z');
    assert.deepEqual([tokens, runs], [10, 1]);
  });
});
