import assert from 'node:assert/strict';
import type { PanelEvent, PanelMessage, PanelRun } from '../../../src/protocol/panel';
import { panelIntentSchema } from '../../../src/protocol/panel';
import { panelStrings } from '../../../src/ui/panel/panel-strings';
import { panelPlan, panelRun } from '../../../src/ui/panel/panel-views';
import { Mirror } from '../../../src/protocol/mirror';
import { barParts } from '../../../src/webview/bar-parts';
import { elapsed, remaining, worked } from '../../../src/webview/elapsed';
import {
  initialState,
  reduce,
  runsOf,
  shownPlan,
  type PanelState,
} from '../../../src/webview/state';
import { counts, planView, runView } from '../../support/views';

const plan = (id: string) => panelPlan(planView({ id, title: id }), new Mirror());
const run = (id: string, values: Partial<PanelRun> = {}): PanelRun => ({
  ...panelRun(runView({ id }), new Mirror()),
  ...values,
});
const event = (sequence: number): PanelEvent => ({
  ...{ sequence, time: '', type: 'message', tone: 'quiet', text: '' },
});

const update = (values: Partial<PanelMessage & { type: 'update' }>): PanelMessage => ({
  type: 'update',
  connected: true,
  needs: 0,
  asks: [],
  troubles: [],
  plans: [],
  removedPlans: [],
  runs: [],
  events: [],
  ...values,
});

function after(state: PanelState, ...messages: PanelMessage[]): PanelState {
  return messages.reduce((one, message) => reduce(one, { type: 'message', message }), state);
}

const shown = after(initialState({ planId: null, runId: null }), {
  type: 'show',
  strings: panelStrings(),
  connected: true,
  needs: 0,
  asks: [],
  troubles: [],
  plans: [plan('a'), plan('b')],
  runs: [],
});

describe('the state of the panel', () => {
  it('shows the first plan, the selected one, and the first again when that is gone', () => {
    assert.equal(shownPlan(shown)?.id, 'a');
    const other = reduce(shown, { type: 'select', selection: { planId: 'b', runId: null } });
    assert.equal(shownPlan(other)?.id, 'b');
    assert.equal(shownPlan(after(other, update({ removedPlans: ['b'] })))?.id, 'a');
  });

  it('keeps what an update does not name', () => {
    const state = after(shown, update({ runs: [run('1')] }), update({ runs: [run('2')] }));
    assert.deepEqual([...state.runs.keys()], ['1', '2']);
    assert.equal(state.plans.size, 2);
  });

  it('lists live runs before ended ones, newer before older', () => {
    const runs = [run('1'), run('2', { live: false }), run('3'), run('4', { live: false })];
    const state = after(shown, update({ runs }));
    assert.deepEqual(
      runsOf(state, 'plan').map(({ id }) => id),
      ['3', '1', '4', '2'],
    );
  });

  it('keeps the events of the selected run only', () => {
    const selected = reduce(shown, { type: 'select', selection: { planId: null, runId: '1' } });
    const events = [
      { runId: '1', reset: true, omitted: 0, events: [event(1), event(2)] },
      { runId: '2', reset: true, omitted: 0, events: [event(1)] },
    ];
    const more = [{ runId: '1', reset: false, omitted: 0, events: [event(3)] }];
    const state = after(selected, update({ events }), update({ events: more }));
    assert.deepEqual(
      state.transcript.events.map(({ sequence }) => sequence),
      [1, 2, 3],
    );
    const other = reduce(state, { type: 'select', selection: { planId: null, runId: '2' } });
    assert.deepEqual(other.transcript.events, []);
  });

  it('begins the transcript anew when the host does', () => {
    const selected = reduce(shown, { type: 'select', selection: { planId: null, runId: '1' } });
    const batch = { runId: '1', reset: true, omitted: 5, events: [event(6)] };
    const state = after(selected, update({ events: [batch] }), update({ events: [batch] }));
    assert.deepEqual([state.transcript.omitted, state.transcript.events.length], [5, 1]);
  });

  it('bounds the transcript and counts what it drops', () => {
    const selected = reduce(shown, { type: 'select', selection: { planId: null, runId: '1' } });
    const events = Array.from({ length: 25_000 }, (_, index) => event(index + 1));
    const state = after(
      selected,
      update({ events: [{ runId: '1', reset: true, omitted: 0, events }] }),
    );
    assert.equal(state.transcript.events.length, 20_000);
    assert.equal(state.transcript.omitted, 5000);
    assert.equal(state.transcript.events[0]?.sequence, 5001);
  });

  it('does not change what it was made of', () => {
    const before = JSON.stringify([...shown.plans.values()]);
    after(shown, update({ plans: [{ ...plan('a'), title: 'changed' }] }));
    assert.equal(JSON.stringify([...shown.plans.values()]), before);
  });
});

describe('a bar', () => {
  it('tells proven from accepted, and leaves skipped ones out', () => {
    const all = counts({
      total: 12,
      done: 3,
      proven: 2,
      claimed: 1,
      running: 3,
      paused: 2,
      failed: 1,
      skipped: 2,
    });
    const parts = barParts(all, panelStrings()).map(({ name, count }) => `${name} ${count}`);
    assert.deepEqual(parts, [
      'proven 2',
      'accepted 1',
      'claimed 1',
      'running 1',
      'paused 2',
      'failed 1',
      'remaining 2',
    ]);
  });
});

describe('the time since a start', () => {
  it('is minutes and seconds, later hours', () => {
    const start = '2026-01-05T10:00:00.000Z';
    const at = (seconds: number) => elapsed(start, Date.parse(start) + seconds * 1000);
    assert.deepEqual([at(5), at(65), at(3725), at(-3)], ['0:05', '1:05', '1:02:05', '0:00']);
    assert.equal(elapsed(null, 0), '');
  });
});

describe('the time that a run has worked', () => {
  const start = '2026-01-05T10:00:00.000Z';
  const at = (seconds: number) => new Date(Date.parse(start) + seconds * 1000).toISOString();
  const now = Date.parse(at(100));

  it('leaves out what it stood still', () => {
    const run = { startedAt: start, pausedSince: null, pausedMs: 30_000 };
    assert.equal(worked(run, now), '1:10');
  });

  it('stands still with it', () => {
    const run = { startedAt: start, pausedSince: at(40), pausedMs: 30_000 };
    assert.equal(worked(run, now), '0:10');
    assert.equal(worked(run, now + 60_000), '0:10');
  });
});

describe('the time until something is due', () => {
  it('counts down to nothing, and not below', () => {
    const due = '2026-01-05T10:02:05.000Z';
    const in_ = (seconds: number) => remaining(due, Date.parse(due) - seconds * 1000);
    assert.deepEqual([in_(125), in_(0.4), in_(0), in_(-9)], ['2:05', '0:01', '0:00', '0:00']);
  });
});

describe('what the panel may ask for', () => {
  it('is a closed list', () => {
    for (const intent of [
      { type: 'executeCommand', command: 'workbench.action.terminal.new' },
      { type: 'runPlan' },
      { type: 'stopRun', planId: 'p', id: 'x'.repeat(300) },
      'ready',
      null,
    ])
      assert.ok(!panelIntentSchema.safeParse(intent).success, JSON.stringify(intent));
    assert.ok(panelIntentSchema.safeParse({ type: 'ready' }).success);
  });

  it('loses what does not belong to it', () => {
    const parsed = panelIntentSchema.parse({ type: 'runPlan', planId: 'p', command: 'rm' });
    assert.deepEqual(parsed, { type: 'runPlan', planId: 'p' });
  });
});
