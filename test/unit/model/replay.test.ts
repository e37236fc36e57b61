import assert from 'node:assert/strict';
import { replay, type ToldEvent } from '../../../src/model/replay';
import { differences, nothingYet, type RunRecordFacts } from '../../../src/model/run-facts';

type Told = readonly [type: string, payload?: Record<string, unknown>];

const story = (...told: readonly Told[]): ToldEvent[] =>
  told.map(([type, payload = {}], index) => ({ sequence: index + 1, type, payload }));

const dispatched: Told = [
  'dispatched',
  { agent: 'claude', spec: 's', attempt: 2, because: 'retry', continues: null },
];
const opened: Told = ['worktree_opened', { base: 'b0', branch: 'r/T01', path: '/w/T01' }];
const started: Told = ['started', { version: '1', model: 'm', session: 'x' }];
const usage = { tokensIn: 130, tokensOut: 20, costMicros: 12 };
const verified = (id: string, tree: string, commit: string): Told[] => [
  ['verification_started', { verification: id, tree, commit, checks: 2 }],
  ['acceptance_check', { verification: id, ordinal: 0, outcome: 'passed' }],
  ['acceptance_check', { verification: id, ordinal: 1, outcome: 'passed' }],
  ['verification_ended', { verification: id, verdict: 'passed', score: 1, message: 'All.' }],
];
const whole = story(
  dispatched,
  opened,
  ['setup', { command: 'npm ci', outcome: 'passed', message: '' }],
  started,
  ['message', { role: 'assistant', text: 'Hello' }],
  ['permission_requested', { request: 'p', tool: null, summary: 'May I?', options: ['Yes'] }],
  ['permission_answered', { request: 'p', state: 'answered', option: 'y', answer: 'Yes' }],
  ['paused', { by: 'person:ada' }],
  ['resumed', { by: 'person:ada', paused_ms: 2000 }],
  ['paused', { by: 'person:ada' }],
  ['resumed', { by: 'person:ada', paused_ms: 3000 }],
  [
    'turn_complete',
    { outcome: 'completed', stopReason: 'end_turn', usage: { ...usage, turns: 1 } },
  ],
  ['commit_created', { commit: 'c1' }],
  ...verified('v1', 'worktree', 'c1'),
  ['merge_started', { commit: 'c1', branch: 'runsheet/p' }],
  ...verified('v2', 'merged', 'm1'),
  ['merged', { commit: 'm1' }],
  ['completed', { verdict: 'passed', reason: null }],
);

describe('replay', () => {
  it('rebuilds a proven run from its events', () => {
    const { run, verifications, permissions, gaps } = replay(whole);
    assert.deepEqual(gaps, []);
    assert.deepEqual(run, {
      ...nothingYet,
      ...{ state: 'ended', outcome: 'completed', verdict: 'passed' },
      ...{ agent: 'claude', spec: 's', attempt: 2, because: 'retry' },
      ...{ version: '1', model: 'm', session: 'x' },
      ...{ base: 'b0', branch: 'r/T01', path: '/w/T01', head: 'c1', merge: 'm1' },
      ...{ turns: 1, ...usage, pausedMs: 5000 },
    });
    const checks = ['passed', 'passed'];
    assert.deepEqual(verifications, [
      { id: 'v1', tree: 'worktree', commit: 'c1', verdict: 'passed', checks },
      { id: 'v2', tree: 'merged', commit: 'm1', verdict: 'passed', checks },
    ]);
    assert.deepEqual(permissions, [{ id: 'p', state: 'answered' }]);
  });

  it('knows the state after each step', () => {
    const states = whole.map((_event, index) => replay(whole.slice(0, index + 1)).run.state);
    assert.deepEqual(
      states.filter((state, index) => state !== states[index - 1]),
      [
        ...[
          'queued',
          'spawning',
          'running',
          'waiting',
          'running',
          'paused',
          'running',
          'paused',
          'running',
        ],
        ...['verifying', 'merging', 'verifying', 'ended'],
      ],
    );
  });

  it('takes from the end what the run has used and why it ended', () => {
    const used = { turns: 3, ...usage, costMicros: null, pausedMs: 7 };
    const { run } = replay(
      story(dispatched, [
        'over_budget',
        {
          ...{ verdict: 'partial', stopReason: 'budget', errorCode: 'budget', error: 'Too dear.' },
          ...{ countsAsAttempt: true, used },
        },
      ]),
    );
    assert.deepEqual(
      [run.outcome, run.verdict, run.stopReason, run.errorCode, run.error, run.turns, run.pausedMs],
      ['over_budget', 'partial', 'budget', 'budget', 'Too dear.', 3, 7],
    );
    assert.equal(run.costMicros, null);
  });

  it('believes the next engine of what it found after a crash', () => {
    const { run, permissions } = replay(
      story(
        dispatched,
        opened,
        started,
        ['permission_requested', { request: 'p' }],
        [
          'interrupted',
          {
            ...{
              state: 'waiting',
              left: 0,
              stopReason: 'the engine ended',
              countsAsAttempt: false,
            },
            found: { head: 'c9', tokensIn: 7 },
          },
        ],
      ),
    );
    assert.deepEqual(
      [run.outcome, run.verdict, run.head, run.tokensIn, run.countsAsAttempt, run.base],
      ['interrupted', null, 'c9', 7, false, 'b0'],
    );
    assert.deepEqual(permissions, [{ id: 'p', state: 'cancelled' }]);
  });

  it('counts as skipped what was never answered in a verification that ended', () => {
    const { verifications } = replay(
      story(
        dispatched,
        ['verification_started', { verification: 'v', tree: 'merged', commit: null, checks: 2 }],
        ['acceptance_check', { verification: 'v', ordinal: 0, outcome: 'failed' }],
        ['verification_ended', { verification: 'v', verdict: 'unverified' }],
      ),
    );
    assert.deepEqual(verifications[0]?.checks, ['failed', 'skipped']);
  });

  it('passes over what it does not know', () => {
    const { run, gaps } = replay(story(dispatched, ['brand_new', { a: 1 }], started));
    assert.deepEqual(gaps, []);
    assert.equal(run.state, 'running');
  });

  it('reports a silent run, holes, and events that say nothing', () => {
    assert.deepEqual(replay([]).gaps, ['The run has told nothing.']);
    const holes = [1, 2, 5, 7].map((sequence) => ({ sequence, type: 'message', payload: null }));
    assert.deepEqual(replay(holes).gaps, ['Events 3 to 4 are missing.', 'Event 6 is missing.']);
    assert.deepEqual(replay(whole.slice(1)).gaps, ['Event 1 is missing.']);
    assert.deepEqual(
      replay(story(['merged', {}], ['acceptance_check', { verification: 'x', ordinal: 0 }])).gaps,
      [
        'Event 1 (merged) does not say what it should.',
        'Event 2 (acceptance_check) does not say what it should.',
      ],
    );
  });
});

describe('differences', () => {
  const facts = (): RunRecordFacts => structuredClone(replay(whole));

  it('are none between a run and itself', () => {
    assert.deepEqual(differences(facts(), facts()), []);
  });

  it('name each fact that is not the same', () => {
    const stored = facts();
    stored.run.head = 'c2';
    stored.run.costMicros = null;
    stored.verifications[1] = { id: 'v3', tree: 'merged', commit: null, verdict: null, checks: [] };
    stored.permissions = [{ id: 'p', state: 'expired' }];
    assert.deepEqual(
      differences(facts(), stored).map(({ what, told, stored: is }) => [what, told, is]),
      [
        ['run.head', 'c1', 'c2'],
        ['run.costMicros', '12', 'nothing'],
        ['verification v2', JSON.stringify(facts().verifications[1]), 'nothing'],
        ['verification v3', 'nothing', JSON.stringify(stored.verifications[1])],
        ['permission p.state', 'answered', 'expired'],
      ],
    );
  });

  it('are not looked for while the run goes on, but an end without an event is one', () => {
    const told = replay(whole.slice(0, 4));
    const goesOn = { ...facts(), run: { ...facts().run, state: 'running' as const } };
    assert.deepEqual(differences(told, goesOn), []);
    assert.ok(differences(told, facts()).some(({ what }) => what === 'run.state'));
  });
});
