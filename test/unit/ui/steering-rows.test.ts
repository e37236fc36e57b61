import assert from 'node:assert/strict';
import { Mirror } from '../../../src/protocol/mirror';
import { deltaSchema } from '../../../src/protocol/views';
import { panelEvent, panelPlan, panelRun, panelTroubles } from '../../../src/ui/panel/panel-views';
import { activityOf, isAnythingLive, statusText } from '../../../src/ui/status-text';
import { localTime, withLocalTimes } from '../../../src/ui/tree/figures';
import { needNode, needRow } from '../../../src/ui/tree/need-item';
import { phaseRow } from '../../../src/ui/tree/phase-item';
import { planRow } from '../../../src/ui/tree/plan-item';
import { runRow } from '../../../src/ui/tree/run-item';
import { RunsModel } from '../../../src/ui/tree/runs-model';
import { subtaskRow } from '../../../src/ui/tree/subtask-item';
import {
  counts,
  eventView,
  needView,
  phaseView,
  planView,
  runView,
  subtaskView,
} from '../../support/views';

const since = '2026-01-05T10:00:00.000Z';
const until = '2026-01-05T10:05:30.000Z';
const pause = { text: 'Paused by ada: Lunch.', since };
const own = { ...pause, of: 'subtask' as const };
const ofPhase = { ...pause, of: 'phase' as const };

function mirrorOf(state: unknown): Mirror {
  const mirror = new Mirror();
  mirror.apply(deltaSchema.parse(state));
  return mirror;
}

const has = (row: { context: readonly string[] }, ...words: string[]) =>
  words.map((word) => row.context.includes(word));

describe('a paused subtask in the tree', () => {
  const frozen = runView({ id: 'r', state: 'paused', pausedSince: since });

  it('has a shape of its own, and says who paused it and why', () => {
    const row = subtaskRow(subtaskView({ key: 'A', pause: own, whyNotReady: ['x'] }), null);
    assert.equal(row.icon.name, 'debug-pause');
    assert.equal(row.description, 'Paused by ada: Lunch.');
    assert.match(row.spoken, /paused/);
    assert.match(row.tooltip, /Paused by ada/);
  });

  it('is not shown as running while its run is frozen', () => {
    const live = subtaskView({ key: 'A', status: 'in_progress' });
    const row = subtaskRow({ ...live, pause: own }, frozen);
    assert.equal(row.icon.name, 'debug-pause');
    assert.equal(subtaskRow(live, frozen).description, 'paused with its plan');
    const withPhase = subtaskRow({ ...live, pause: ofPhase }, frozen);
    assert.equal(withPhase.description, 'paused with its phase · Paused by ada: Lunch.');
  });

  it('is resumed where it was paused: by itself, not for its phase or plan', () => {
    const live = subtaskView({ key: 'A', status: 'in_progress' });
    const words = ['pausable', 'paused', 'stoppable', 'cancellable'];
    assert.deepEqual(has(subtaskRow(live, null), ...words), [true, false, true, true]);
    const paused = subtaskRow({ ...live, pause: own }, frozen);
    assert.deepEqual(has(paused, ...words), [false, true, true, true]);
    const held = subtaskRow({ ...live, pause: ofPhase }, frozen);
    assert.deepEqual(has(held, ...words), [false, false, true, true]);
  });
});

describe('what can be decided on a subtask', () => {
  it('is what its status allows', () => {
    const words = ['decidable', 'closable', 'blockable', 'cancellable', 'pausable'];
    const of = (status: 'pending' | 'blocked' | 'cancelled' | 'done') =>
      has(subtaskRow(subtaskView({ key: 'A', status }), null), ...words);
    assert.deepEqual(of('pending'), [true, true, true, true, true]);
    assert.deepEqual(of('blocked'), [true, false, false, true, false]);
    assert.deepEqual(of('cancelled'), [false, false, false, false, false]);
    assert.deepEqual(of('done'), [false, false, false, false, false]);
  });

  it('is to continue only a run that was cut off', () => {
    const status = 'needs_attention' as const;
    const cut = subtaskRow(subtaskView({ key: 'A', status, canResume: true }), null);
    const other = subtaskRow(subtaskView({ key: 'A', status }), null);
    assert.deepEqual(has(cut, 'resumable', 'retryable'), [true, true]);
    assert.deepEqual(has(other, 'resumable', 'retryable'), [false, true]);
  });
});

describe('a subtask that waits', () => {
  it('tells which attempt follows, and when', () => {
    const waitsFor = { kind: 'retry' as const, until };
    const statusReason = 'Retry 1 of 2 follows. npm test failed.';
    const subtask = subtaskView({
      ...{ key: 'A', whyNotReady: ['x'], waitsFor, statusReason },
      ...{ attempts: 1, attemptLimit: 3 },
    });
    const row = subtaskRow(subtask, null);
    assert.equal(
      row.description,
      `next attempt at ${localTime(until)} · attempt 2 of 3 · ${statusReason}`,
    );
    assert.equal(row.icon.name, 'history');
  });

  it('tells that its agent is paused until a time, or needs a person', () => {
    const of = (at: string | null) => {
      const waitsFor = { kind: 'agent' as const, until: at };
      return subtaskRow(subtaskView({ key: 'A', whyNotReady: ['x'], waitsFor }), null);
    };
    assert.equal(of(until).description, `its agent is paused until ${localTime(until)}`);
    assert.equal(of(null).description, 'its agent needs you');
    assert.equal(of(null).icon.name, 'plug');
  });

  it('tells which budget is used up', () => {
    const whyNotReady = ['The budget of the plan is used up: 5 of 5 runs.'];
    const waitsFor = { kind: 'budget' as const, until: null };
    const row = subtaskRow(subtaskView({ key: 'A', whyNotReady, waitsFor }), null);
    assert.equal(row.description, whyNotReady[0]);
    assert.equal(row.icon.name, 'dashboard');
  });

  it('tells times by the clock of the person', () => {
    assert.equal(
      withLocalTimes(`It is tried again at ${until}.`),
      `It is tried again at ${localTime(until)}.`,
    );
    assert.match(localTime(until, new Date(until)), /^\d\d:\d\d:\d\d$/);
  });
});

describe('a plan and a phase that stand still', () => {
  it('are told apart from running ones by word and shape', () => {
    const still = counts({ total: 3, running: 2, paused: 2 });
    const plan = planRow(planView({ pause, counts: still }), 1);
    assert.equal(plan.description, 'paused · 0/3 · 2 paused');
    assert.equal(plan.icon.name, 'debug-pause');
    assert.deepEqual(has(plan, 'paused', 'pausable', 'stoppable'), [true, false, true]);
    const some = planRow(planView({ isBeingRun: true, counts: { ...still, paused: 1 } }), 1);
    assert.equal(some.description, '0/3 · 1 running · 1 paused');
    assert.equal(some.icon.name, 'sync~spin');
    assert.deepEqual(has(some, 'paused', 'pausable', 'stoppable'), [false, true, true]);
    const phase = phaseRow(phaseView({ id: 'p', pause, counts: counts({ total: 3 }) }));
    assert.equal(phase.icon.name, 'debug-pause');
    assert.deepEqual(has(phase, 'paused', 'pausable'), [true, false]);
  });

  it('can be stopped while they only wait', () => {
    const waiting = planRow(planView({ isBeingRun: true }), 1);
    assert.deepEqual(has(waiting, 'stoppable', 'pausable'), [true, true]);
    assert.deepEqual([waiting.description, waiting.icon.name], ['waiting · 0/0', 'history']);
    assert.deepEqual(has(planRow(planView(), 1), 'stoppable', 'pausable'), [false, false]);
  });
});

describe('a run that stands still', () => {
  const run = runView({ id: 'r', state: 'paused', pausedSince: since });

  it('says since when, and goes on with its subtask', () => {
    const row = runRow(run, subtaskView({ key: 'T01', pause: own }));
    assert.equal(row.description, `paused · since ${localTime(since)}`);
    assert.deepEqual(has(row, 'paused', 'pausable', 'stoppable'), [true, false, true]);
    const ofPlan = runRow(run, subtaskView({ key: 'T01' }));
    assert.deepEqual(has(ofPlan, 'paused', 'pausable'), [false, false]);
    assert.deepEqual(has(runRow(runView({ id: 'r' })), 'pausable'), [true]);
  });

  it('is drawn again when its subtask is paused or resumed', () => {
    const after = subtaskView({ key: 'T01', pause: own, lastRunId: 'r' });
    const mirror = mirrorOf({ subtasks: [after], runs: [run] });
    const nothing = { first: false, plans: [], executions: [], runs: [], needs: [] };
    const touched = new RunsModel(mirror, () => 0).touchedBy({
      ...nothing,
      subtasks: [{ before: { ...after, pause: null }, after }],
    });
    assert.deepEqual(
      touched?.map(({ nodeId }) => nodeId),
      ['run:r'],
    );
  });
});

describe('an agent in Needs You', () => {
  const need = needView({
    ...{ id: 'claude', kind: 'agent', state: 'paused', planId: null, until },
    ...{ title: 'Claude Code', detail: 'You have hit your limit.' },
  });

  it('says when it is tried again and why it is not now, and can be resumed by its key', () => {
    const row = needRow(need);
    assert.equal(row.label, 'Claude Code');
    assert.equal(row.description, `tried again at ${localTime(until)} · You have hit your limit.`);
    assert.deepEqual(has(row, 'agent', 'attention'), [true, false]);
    assert.equal(needNode(need, null).id, 'claude');
  });

  it('has no time when a person has to look', () => {
    const { until: _until, ...broken } = { ...need, state: 'broken' };
    assert.equal(needRow(broken).description, 'You have hit your limit.');
  });
});

describe('a used up budget and a run that was cut off in Needs You', () => {
  it('carry what their actions are about', () => {
    const subtask = subtaskView({ key: 'T01' });
    const budget = needView({ id: 'b', kind: 'budget', subtaskId: subtask.id });
    assert.deepEqual(has(needRow(budget), 'budget'), [true]);
    assert.equal(needNode(budget, subtask).key, 'T01');
    assert.equal(needNode({ ...budget, planId: null }, null).planId, '');
    const cut = needView({ id: subtask.id, state: 'interrupted', runId: 'r' });
    assert.deepEqual(has(needRow(cut), 'attention', 'resumable', 'has-run'), [true, true, true]);
  });
});

describe('the status bar', () => {
  const live = (id: string, state: 'running' | 'paused' | 'waiting') =>
    runView({ id, state, pausedSince: state === 'paused' ? since : null });

  it('tells running from paused and from waiting', () => {
    const waitsFor = { kind: 'retry' as const, until };
    const mirror = mirrorOf({
      plans: [planView({ isBeingRun: true })],
      subtasks: [subtaskView({ key: 'T09', waitsFor })],
      runs: [live('a', 'running'), live('b', 'paused'), live('c', 'waiting')],
      needs: [needView({ id: 'c' })],
    });
    assert.equal(
      statusText(activityOf(mirror)),
      `$(sync~spin) 1 running · 1 paused · 1 waiting until ${localTime(until)} · 1 needs you`,
    );
  });

  it('shows a plan that stands still although nothing of it was running', () => {
    const mirror = mirrorOf({ plans: [planView({ pause })] });
    assert.equal(statusText(activityOf(mirror)), '$(debug-pause) 1 paused');
    assert.ok(isAnythingLive(mirror));
  });

  it('is empty when nothing goes on', () => {
    const waitsFor = { kind: 'retry' as const, until };
    const subtasks = [subtaskView({ key: 'T09', waitsFor })];
    const mirror = mirrorOf({ plans: [planView()], subtasks });
    assert.equal(statusText(activityOf(mirror)), '');
    assert.ok(!isAnythingLive(mirror));
  });
});

describe('the panel', () => {
  it('says that a plan is paused instead of what it said before', () => {
    const execution = {
      ...{ id: 'e', planId: 'plan', scope: 'plan', scopeRef: null, state: 'paused' },
      ...{ message: 'Waits.', waitsForPerson: false, startedAt: null, endedAt: null },
    };
    const plan = planView({ pause });
    const mirror = mirrorOf({ plans: [plan], executions: [execution] });
    const shown = panelPlan(plan, mirror);
    assert.deepEqual(
      [shown.message, shown.paused, shown.pausedSince, shown.pausable, shown.running],
      ['', pause.text, since, false, true],
    );
  });

  it('calls plan and phases as the tree does', () => {
    const phases = [
      phaseView({ id: 'p', title: '**Hulls** and oars' }),
      phaseView({ id: 'q', title: '' }),
    ];
    const shown = panelPlan(planView({ title: 'The **Shop**', phases }), new Mirror());
    assert.deepEqual(
      [shown.title, ...shown.phases.map(({ title }) => title)],
      ['The Shop', 'Hulls and oars', 'The Shop'],
    );
  });

  it('lists what goes on later, first what is due first', () => {
    const retry = (key: string, at: string) =>
      subtaskView({
        ...{ key, attempts: 1, whyNotReady: ['x'] },
        waitsFor: { kind: 'retry', until: at },
      });
    const plan = planView({ isBeingRun: true });
    const later = '2026-01-05T11:00:00.000Z';
    const held = subtaskView({ key: 'T03', pause: own });
    const mirror = mirrorOf({
      plans: [plan],
      subtasks: [held, retry('T02', later), retry('T01', until), subtaskView({ key: 'T04' })],
    });
    assert.deepEqual(
      panelPlan(plan, mirror).waits.map(({ key, word }) => `${key}: ${word}`),
      [
        `T01: attempt 2 of 3 · next attempt at ${localTime(until)}`,
        `T02: attempt 2 of 3 · next attempt at ${localTime(later)}`,
        'T03: Paused by ada: Lunch.',
      ],
    );
    assert.deepEqual(panelPlan(planView(), mirror).waits, []);
  });

  it('pauses and resumes a run as its subtask', () => {
    const run = runView({ id: 'r', state: 'paused', pausedSince: since, pausedMs: 5 });
    const paused = panelRun(run, mirrorOf({ subtasks: [subtaskView({ key: 'T01', pause: own })] }));
    assert.deepEqual([paused.pausable, paused.resumable], [false, true]);
    const withPlan = panelRun(run, mirrorOf({ subtasks: [subtaskView({ key: 'T01' })] }));
    assert.deepEqual([withPlan.pausable, withPlan.resumable], [false, false]);
    const running = panelRun(runView({ id: 'r' }), new Mirror());
    assert.deepEqual([running.pausable, running.resumable], [true, false]);
    const ended = panelRun(runView({ id: 'r', state: 'ended' }), new Mirror());
    assert.deepEqual([ended.pausable, ended.resumable], [false, false]);
  });

  it('names agents in trouble with the time of the next try', () => {
    const need = needView({ id: 'claude', kind: 'agent', title: 'Claude Code', until });
    assert.deepEqual(panelTroubles(mirrorOf({ needs: [need, needView({ id: 'x' })] })), [
      {
        agent: 'claude',
        name: 'Claude Code',
        word: `tried again at ${localTime(until)}`,
        reason: 'Something waits.',
        until,
      },
    ]);
  });

  it('marks what of a story should not be missed', () => {
    const toneOf = (type: string) => panelEvent(eventView({ sequence: 1, type })).tone;
    assert.deepEqual(['budget_warning', 'budget_exhausted', 'message'].map(toneOf), [
      'warning',
      'bad',
      'quiet',
    ]);
  });
});
