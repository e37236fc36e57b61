import assert from 'node:assert/strict';
import { RunsheetError } from '../../../src/model/errors';
import { stopRuns, subscribe, trustChanged } from '../../../src/protocol/messages';
import { EngineConnection } from '../../../src/ui/engine/engine-connection';
import { EngineState } from '../../../src/ui/engine/engine-state';
import { FakeSession } from '../../support/fake-session';
import { planView } from '../../support/views';

type Opening = FakeSession | Error;

/** A connection whose engine opens as listed; past the list it cannot be reached. */
function given(...openings: Opening[]) {
  const state = new EngineState();
  const waits: number[] = [];
  const time = { now: 0 };
  let opened = 0;
  const connection = new EngineConnection(
    {
      open: async () => {
        const opening = openings[opened] ?? new RunsheetError('unavailable', 'Nobody is there.');
        opened += 1;
        if (opening instanceof Error) throw opening;
        return opening;
      },
      now: () => time.now,
      wait: async (ms) => {
        waits.push(ms);
      },
    },
    state,
  );
  const statuses: string[] = [];
  connection.onDidChangeStatus((status) => statuses.push(status.name));
  const until = (name: string) =>
    new Promise<void>((resolve) => {
      if (connection.status.name === name) resolve();
      connection.onDidChangeStatus((status) => {
        if (status.name === name) resolve();
      });
    });
  return { connection, state, statuses, waits, time, until, opened: () => opened };
}

describe('the connection to the engine', () => {
  it('shows the state of the engine before it counts as connected', async () => {
    const { connection, state, statuses, until } = given(new FakeSession({ plans: [planView()] }));
    connection.onDidChangeStatus(({ name }) => {
      if (name === 'connected') assert.equal(state.mirror.plans.size, 1);
    });
    connection.start();
    await until('connected');
    assert.deepEqual(statuses, ['connecting', 'connected']);
  });

  it('opens one connection however many ask at once', async () => {
    const session = new FakeSession();
    session.answer(stopRuns, () => ({ stopped: 0 }));
    const { connection, opened } = given(session);
    await Promise.all([1, 2, 3].map(() => connection.request(stopRuns, {})));
    assert.equal(opened(), 1);
  });

  it('finds or starts the engine again when it is lost, and keeps the state', async () => {
    const first = new FakeSession({ plans: [planView({ title: 'Old' })] });
    const second = new FakeSession({ plans: [planView({ title: 'New' })] });
    const { connection, state, statuses, until } = given(first, second);
    connection.start();
    await until('connected');
    first.die();
    await until('reconnecting');
    assert.equal(state.mirror.plans.get('plan')?.title, 'Old');
    await until('connected');
    assert.equal(state.mirror.plans.get('plan')?.title, 'New');
    assert.deepEqual(statuses, ['connecting', 'connected', 'reconnecting', 'connected']);
  });

  it('tries a few times with growing pauses, then says that it failed', async () => {
    const { connection, waits, until } = given();
    connection.start();
    await until('failed');
    assert.deepEqual(waits, [0, 500, 2000, 5000]);
    assert.equal(
      connection.status.name === 'failed' && connection.status.error.code,
      'unavailable',
    );
  });

  it('does not try again what cannot get better', async () => {
    const newer = new RunsheetError('newer_database', 'The database is of a newer version.');
    const { connection, until, opened } = given(newer);
    connection.start();
    await until('failed');
    assert.equal(opened(), 1);
  });

  it('gives up on an engine that dies right after each start', async () => {
    const sessions = Array.from({ length: 9 }, () => new FakeSession());
    const { connection, until, opened } = given(...sessions);
    for (const session of sessions) session.die();
    connection.start();
    await until('failed');
    assert.ok(opened() < sessions.length, `opened ${opened()} times`);
  });

  it('forgets earlier failures when the engine lived for a while', async () => {
    const sessions = Array.from({ length: 9 }, () => new FakeSession());
    const { connection, until, time } = given(...sessions);
    connection.start();
    for (const session of sessions.slice(0, 8)) {
      await until('connected');
      time.now += 60_000;
      session.die();
      await until('reconnecting');
    }
    await until('connected');
  });

  it('connects again when a person retries after a failure', async () => {
    const refused = new RunsheetError('protocol_mismatch', 'Too old.');
    const { connection, until } = given(refused, new FakeSession());
    connection.start();
    await until('failed');
    await connection.restart();
    await until('connected');
  });

  it('asks for the watched runs with every subscription', async () => {
    const first = new FakeSession();
    const second = new FakeSession();
    const { connection, until } = given(first, second);
    connection.watchedRuns = () => [{ runId: 'r', after: 7 }];
    connection.start();
    await until('connected');
    first.die();
    await until('reconnecting');
    await until('connected');
    for (const { asked } of [first, second]) {
      assert.equal(asked[0]?.method, subscribe.method);
      assert.deepEqual(asked[0].params, {
        plans: true,
        needs: true,
        runs: 200,
        events: [{ runId: 'r', after: 7 }],
      });
    }
  });

  it('tells of trust that was granted while it connected, and later', async () => {
    const session = new FakeSession();
    const { connection, until } = given(session);
    connection.start();
    await connection.grantTrust();
    await until('connected');
    await connection.grantTrust();
    const granted = { method: trustChanged.method, params: { trusted: true } };
    assert.deepEqual(session.told, [granted, granted]);
  });

  it('ends its session and starts no other when it is disposed', async () => {
    const session = new FakeSession();
    const { connection, until, opened } = given(session, new FakeSession());
    connection.start();
    await until('connected');
    await connection.dispose();
    assert.ok(session.disposed);
    assert.equal(opened(), 1);
  });
});
