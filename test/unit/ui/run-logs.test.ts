import assert from 'node:assert/strict';
import { listEvents, subscribe } from '../../../src/protocol/messages';
import { deltaSchema } from '../../../src/protocol/views';
import { EngineConnection } from '../../../src/ui/engine/engine-connection';
import { EngineState } from '../../../src/ui/engine/engine-state';
import { RunLogs } from '../../../src/ui/engine/run-logs';
import { FakeSession } from '../../support/fake-session';
import { eventView } from '../../support/views';

/** An engine that has the first `stored` events of the run `run`. */
function given(stored: number) {
  const session = new FakeSession();
  const all = Array.from({ length: 5000 }, (_, index) => eventView({ sequence: index + 1 }));
  const engine = { stored };
  const known = (after: number) => all.slice(after, engine.stored);
  session.answer(listEvents, (params) => {
    const { after, limit } = listEvents.params.parse(params);
    return { events: known(after).slice(0, limit), more: known(after).length > limit };
  });
  session.answer(subscribe, (params) => {
    const [watched] = subscribe.params.parse(params).events;
    return deltaSchema.parse({ events: watched === undefined ? [] : known(watched.after) });
  });
  const effects = { open: async () => session, now: () => 0, wait: async () => undefined };
  const connection = new EngineConnection(effects, new EngineState());
  const errors: unknown[] = [];
  const logs = new RunLogs(connection, (error) => errors.push(error));
  const sequences: number[] = [];
  const reached = (last: number) =>
    new Promise<void>((resolve) => {
      const watching = logs.watch('run', (log) => {
        if (log.events.at(-1)?.sequence === last) resolve();
      });
      done.push(watching);
    });
  const done: { dispose(): unknown }[] = [];
  const watch = () =>
    logs.watch('run', (_log, added) => {
      sequences.push(...added.map((event) => event.sequence));
    });
  return { session, engine, all, logs, watch, sequences, reached, errors };
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('the log of a watched run', () => {
  it('is read page by page from the first event', async () => {
    const { watch, sequences, reached } = given(2500);
    watch();
    await reached(2500);
    assert.deepEqual(sequences, upTo(2500));
  });

  it('goes on with what the engine tells', async () => {
    const { session, all, watch, sequences, reached } = given(3);
    watch();
    await reached(3);
    session.push({ events: all.slice(3, 5) });
    await reached(5);
    assert.deepEqual(sequences, upTo(5));
  });

  it('takes an event once, however often it comes', async () => {
    const { session, all, watch, sequences, reached } = given(3);
    watch();
    await reached(3);
    session.push({ events: all.slice(0, 4) });
    session.push({ events: all.slice(2, 4) });
    assert.deepEqual(sequences, upTo(4));
  });

  it('fetches what is missing before an event', async () => {
    const { session, engine, all, watch, sequences, reached } = given(2);
    watch();
    await reached(2);
    engine.stored = 6;
    session.push({ events: all.slice(5, 6) });
    await reached(6);
    assert.deepEqual(sequences, upTo(6));
  });

  it('gives a second watcher what is known at once', async () => {
    const { logs, watch, reached } = given(4);
    watch();
    await reached(4);
    let seen = 0;
    logs.watch('run', (_log, added) => {
      seen = added.length;
    });
    assert.equal(seen, 4);
  });

  it('is not asked for any more when nobody watches', async () => {
    const { session, logs } = given(1);
    await new Promise<void>((resolve) => {
      const watching = logs.watch('run', () => {
        watching.dispose();
        resolve();
      });
    });
    await new Promise((resolve) => setImmediate(resolve));
    const last = session.asked.filter(({ method }) => method === subscribe.method).at(-1);
    assert.deepEqual(subscribe.params.parse(last?.params).events, []);
  });
});
