import assert from 'node:assert/strict';
import { panelMessageSchema, type PanelMessage } from '../../../src/protocol/panel';
import { deltaSchema } from '../../../src/protocol/views';
import { EngineConnection } from '../../../src/ui/engine/engine-connection';
import { EngineState } from '../../../src/ui/engine/engine-state';
import { RunLogs } from '../../../src/ui/engine/run-logs';
import { PanelFeed } from '../../../src/ui/panel/panel-feed';
import { FakeSession } from '../../support/fake-session';
import { counts, needView, phaseView, planView, runView } from '../../support/views';

function given() {
  const state = new EngineState();
  const effects = {
    open: async () => new FakeSession(),
    now: () => 0,
    wait: async () => undefined,
  };
  const connection = new EngineConnection(effects, state);
  const posted: PanelMessage[] = [];
  const due: (() => void)[] = [];
  const feed = new PanelFeed(state.mirror, new RunLogs(connection, () => undefined), {
    post: (message) => posted.push(panelMessageSchema.parse(message)),
    connected: () => true,
    soon: (flush) => due.push(flush),
  });
  state.onDidChange((change) => feed.take(change));
  const flush = () => {
    for (const one of due.splice(0)) one();
  };
  return { state, feed, posted, due, flush };
}

const plan = planView({
  phases: [phaseView({ id: 'p', counts: counts({ total: 4, done: 1 }) })],
  counts: counts({ total: 4, done: 1, proven: 1 }),
});

describe('the feed of the progress panel', () => {
  it('says nothing before the panel is ready', () => {
    const { state, posted, due } = given();
    state.show(deltaSchema.parse({ plans: [plan] }));
    assert.deepEqual([posted.length, due.length], [0, 0]);
  });

  it('begins with everything, in words', () => {
    const { state, feed, posted } = given();
    state.show(deltaSchema.parse({ plans: [plan], runs: [runView({ id: 'r' })] }));
    feed.showAll();
    const [first] = posted;
    assert.ok(first?.type === 'show');
    assert.equal(first.plans[0]?.summary, '1 of 4 done, 1 proven');
    assert.equal(first.runs[0]?.word, 'running');
  });

  it('sends many changes as one message, each thing once and as it is at last', () => {
    const { state, feed, posted, due, flush } = given();
    state.show(deltaSchema.parse({ plans: [plan] }));
    feed.showAll();
    for (let step = 1; step <= 50; step += 1) {
      const lastEvent = { type: 'message', text: `step ${step}`, at: '' };
      state.apply(deltaSchema.parse({ runs: [runView({ id: 'r', lastEvent })] }));
    }
    assert.equal(due.length, 1);
    flush();
    const update = posted.at(-1);
    assert.ok(update?.type === 'update');
    assert.deepEqual(
      update.runs.map((run) => run.lastEvent),
      ['message: step 50'],
    );
    assert.deepEqual(update.plans, []);
  });

  it('has what agents ask, with their answers, as long as nobody has answered', () => {
    const { state, feed, posted, flush } = given();
    const options = [{ id: 'yes', name: 'Allow', kind: 'allow_once' as const }];
    const need = needView({ id: 'ask', kind: 'permission', title: 'Write a.ts', options });
    state.show(deltaSchema.parse({ plans: [plan], needs: [need, needView({ id: 'other' })] }));
    feed.showAll();
    const [first] = posted;
    assert.ok(first?.type === 'show');
    assert.deepEqual(
      first.asks.map(({ id, title, options: answers }) => [id, title, answers]),
      [['ask', 'Write a.ts', [{ id: 'yes', name: 'Allow' }]]],
    );
    state.apply(deltaSchema.parse({ removed: { plans: [], subtasks: [], needs: ['ask'] } }));
    flush();
    const update = posted.at(-1);
    assert.ok(update?.type === 'update');
    assert.deepEqual(update.asks, []);
  });

  it('names plans that are gone', () => {
    const { state, feed, posted, flush } = given();
    state.show(deltaSchema.parse({ plans: [plan] }));
    feed.showAll();
    state.apply(deltaSchema.parse({ removed: { plans: ['plan'], subtasks: [], needs: [] } }));
    flush();
    const update = posted.at(-1);
    assert.ok(update?.type === 'update');
    assert.deepEqual(update.removedPlans, ['plan']);
  });

  it('is silent after its panel is gone', () => {
    const { state, feed, posted, flush } = given();
    feed.showAll();
    state.show(deltaSchema.parse({ plans: [plan] }));
    feed.dispose();
    const before = posted.length;
    flush();
    assert.equal(posted.length, before);
  });
});
