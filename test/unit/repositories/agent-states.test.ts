import assert from 'node:assert/strict';
import { RunsheetError } from '../../../src/model/errors';
import { agentStates } from '../../../src/store/repositories/agent-states';
import { FakeClock } from '../../support/fake-clock';
import { InMemoryStore } from '../../support/in-memory-store';
import { engine, person, valuesOf } from '../../support/plan-rows';

let clock: FakeClock;
let store: InMemoryStore;

const agentKey = 'fake';
const inMs = (ms: number) => new Date(clock.now() + ms).toISOString();
const pause = (ms: number | null, reason = 'Too many requests.') =>
  store.command(
    agentStates.pause,
    { agentKey, reason, retryAt: ms === null ? null : inMs(ms) },
    engine,
  );
const fail = () =>
  store.command(agentStates.failed, { agentKey, reason: 'It could not be started.' }, engine);
const succeed = () => store.command(agentStates.succeeded, { agentKey }, engine);
const resume = (by = engine) => store.command(agentStates.resume, { agentKey }, by);

async function state(): Promise<unknown[]> {
  const [row] = await store.query(agentStates.list, undefined);
  return row === undefined ? [] : [row.state, row.failures, row.retry_at];
}

describe('an agent', () => {
  beforeEach(async () => {
    clock = new FakeClock();
    store = await InMemoryStore.open({ clock });
  });
  afterEach(() => store.close());

  it('that never gave trouble has no row', async () => {
    await succeed();
    await resume(person);
    assert.deepEqual(await state(), []);
  });

  it('that is paused goes on when its time has come, not before', async () => {
    await pause(60_000);
    const retryAt = inMs(60_000);
    assert.deepEqual(await state(), ['paused', 1, retryAt]);
    await assert.rejects(resume(), (error) => {
      assert(RunsheetError.is(error, 'not_ready'));
      assert.equal(error.details['retryAt'], retryAt);
      return true;
    });
    await clock.pass(60_000);
    await resume();
    // The failure is kept until it has worked: one run tries it first.
    assert.deepEqual(await state(), ['ok', 1, null]);
    await succeed();
    assert.deepEqual(await state(), ['ok', 0, null]);
  });

  it('that is paused goes on at once when a person says so', async () => {
    await pause(60_000);
    await resume(person);
    assert.deepEqual(await state(), ['ok', 1, null]);
  });

  it('that is paused until a person resumes it waits for one', async () => {
    await pause(null);
    await clock.pass(1_000_000);
    await assert.rejects(resume(), /until a person resumes it/);
    await resume(person);
    assert.deepEqual(await state(), ['ok', 1, null]);
  });

  it('counts a trouble once that several runs tell of, and waits for the longest', async () => {
    await pause(60_000);
    await pause(90_000);
    await pause(30_000);
    assert.deepEqual(await state(), ['paused', 1, inMs(90_000)]);
  });

  it('counts troubles in a row', async () => {
    for (const failures of [1, 2, 3, 4]) {
      await pause(1000);
      assert.deepEqual(await state(), ['paused', failures, inMs(1000)]);
      await clock.pass(1000);
      await resume();
    }
  });

  it('stays paused when what was under way ends well', async () => {
    await pause(60_000);
    await succeed();
    assert.deepEqual(await state(), ['paused', 1, inMs(60_000)]);
  });

  it('breaks with the third launch in a row that fails', async () => {
    await fail();
    await fail();
    assert.deepEqual(await state(), ['ok', 2, null]);
    await fail();
    assert.deepEqual(await state(), ['broken', 3, null]);
  });

  it('does not break when it worked, or was at least started, in between', async () => {
    await fail();
    await fail();
    await succeed();
    await fail();
    await fail();
    await pause(1000);
    await resume(person);
    await fail();
    assert.deepEqual(await state(), ['ok', 4, null]);
  });

  it('that is broken waits for a person, whatever its provider says', async () => {
    for (let launch = 0; launch < 3; launch += 1) await fail();
    await pause(1000);
    await clock.pass(10_000);
    await assert.rejects(resume(), (error) => RunsheetError.is(error, 'not_ready'));
    assert.deepEqual(await state(), ['broken', 3, null]);
    await resume(person);
    assert.deepEqual(await state(), ['ok', 3, null]);
    // It has one launch to show that it works.
    await fail();
    assert.deepEqual(await state(), ['broken', 4, null]);
    await resume(person);
    await succeed();
    await fail();
    assert.deepEqual(await state(), ['ok', 1, null]);
  });

  it('is in the journal with who, what and why; its versions count', async () => {
    await pause(1000);
    await resume(person);
    await succeed();
    assert.deepEqual(valuesOf(store, 'SELECT actor, action, reason FROM journal ORDER BY id'), [
      { actor: 'engine', action: 'pause', reason: 'Too many requests.' },
      { actor: 'person:ada', action: 'resume', reason: 'Too many requests.' },
      { actor: 'engine', action: 'succeed', reason: null },
    ]);
    const [row] = await store.query(agentStates.list, undefined);
    assert.equal(row?.version, 3);
  });
});
