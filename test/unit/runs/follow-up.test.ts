import assert from 'node:assert/strict';
import type { NextRun } from '../../../src/model/next-run';
import { followUp, type ChainLink, type FollowUpSource } from '../../../src/runs/follow-up';
import type { MergeConflict } from '../../../src/runs/merge-conflict';
import { attention, unproven, type RunEnd } from '../../../src/runs/run-end';

const failed: RunEnd = {
  ...unproven('completed', 'x', 'It does not pass.'),
  errorCode: null,
  verdict: 'failed',
  subtask: { to: 'failed', reason: 'It does not pass.' },
};
const done: RunEnd = { ...failed, verdict: 'passed', error: null, subtask: { to: 'done' } };
const conflicting: RunEnd = {
  ...unproven('completed', 'merge_conflict', 'It conflicts in a.txt.'),
  subtask: attention('It conflicts in a.txt.'),
};
const troubled: RunEnd = {
  ...unproven('failed', 'rate_limit', 'Too many requests.'),
  countsAsAttempt: false,
  trouble: { kind: 'rate_limit', retryAfterMs: null },
  subtask: attention('Too many requests.'),
};
const conflict: MergeConflict = {
  paths: ['a.txt', 'b.txt'],
  branch: 'runsheet/demo',
  worktree: '/trees/t01',
  byAgent: true,
};
const link = (
  startedBecause: ChainLink['startedBecause'],
  parts: Partial<ChainLink> = {},
): ChainLink => ({ startedBecause, counts: true, hadTrouble: false, ...parts });
const resumption: NextRun = {
  ...{ because: 'resume', specId: 'spec', continues: 'run-0', closeOut: false },
  ...{ notBefore: null, guidance: 'Merge it.', resolvesConflict: true },
};

function source(parts: Partial<FollowUpSource>): FollowUpSource {
  return {
    end: failed,
    runId: 'run-1',
    startedBy: null,
    specId: 'spec',
    acceptance: { retry_policy: 'fixed', retry_delay_ms: 0, max_retries: 2 },
    fallbackSpecId: null,
    chain: [link('first')],
    attemptLimit: 5,
    guidance: 'The test fails.',
    conflict: null,
    canContinue: true,
    now: Date.UTC(2026, 0, 1),
    random: 0.5,
    ...parts,
  };
}

/** Where the subtask goes, why its next run starts, and what a person is asked for. */
function told(parts: Partial<FollowUpSource>): string {
  const { subtask, escalation } = followUp(source(parts));
  const next = subtask.nextRun?.because ?? 'no run';
  return [subtask.to, next, escalation?.reasonCode ?? 'nobody'].join(', ');
}

const none = { retry_policy: 'none', retry_delay_ms: 0, max_retries: 0 } as const;
const used = [link('first'), link('retry'), link('retry')];

const cases: Readonly<Record<string, [parts: Partial<FollowUpSource>, expected: string]>> = {
  'is done': [{ end: done }, 'done, no run, nobody'],
  'failed and may be retried': [{}, 'pending, retry, nobody'],
  'failed without retries': [{ acceptance: none }, 'failed, no run, nobody'],
  'failed for the last time': [{ chain: used }, 'failed, no run, attempts_exhausted'],
  'failed, with a fallback left': [
    { chain: used, fallbackSpecId: 'other' },
    'pending, fallback, nobody',
  ],
  'failed after its fallback': [
    { chain: [...used, link('fallback')], fallbackSpecId: 'other', acceptance: none },
    'failed, no run, attempts_exhausted',
  ],
  'reached its attempts': [{ attemptLimit: 1 }, 'failed, no run, attempts_exhausted'],
  'was retried before a person started it again': [
    { chain: [...used, link('manual')] },
    'pending, retry, nobody',
  ],
  'failed in a way that does not count': [
    { end: { ...failed, outcome: 'failed', countsAsAttempt: false } },
    'failed, no run, nobody',
  ],
  'used up a budget': [
    { end: { ...failed, outcome: 'over_budget' } },
    'failed, no run, over_budget',
  ],
  'had trouble before it began': [
    { end: troubled, canContinue: false, chain: [link('first', { hadTrouble: true })] },
    'pending, no run, nobody',
  ],
  'had trouble in the middle': [
    { end: troubled, chain: [link('first', { counts: false, hadTrouble: true })] },
    'pending, resume, nobody',
  ],
  'had trouble again and again': [
    {
      end: troubled,
      attemptLimit: 2,
      chain: [link('first', { hadTrouble: true }), link('resume', { hadTrouble: true })],
    },
    'needs_attention, no run, stuck',
  ],
  'conflicts, and its agent may resolve it': [
    { end: conflicting, conflict },
    'pending, resume, nobody',
  ],
  'conflicts, and a person is to be asked': [
    { end: conflicting, conflict: { ...conflict, byAgent: false } },
    'needs_attention, no run, merge_conflict',
  ],
  'conflicts once more after its agent resolved it': [
    { end: conflicting, conflict, startedBy: resumption },
    'needs_attention, no run, merge_conflict',
  ],
  'conflicts in its last attempt': [
    { end: conflicting, conflict, attemptLimit: 1 },
    'needs_attention, no run, merge_conflict',
  ],
  'conflicts, and its worktree is gone': [
    { end: conflicting, conflict, canContinue: false },
    'needs_attention, no run, merge_conflict',
  ],
};

describe('what follows a run that', () => {
  for (const [what, [parts, expected]] of Object.entries(cases))
    it(what, () => assert.equal(told(parts), expected));
});

describe('the run that resolves a conflict', () => {
  it('goes on in the same worktree, and is told the paths and what to do', () => {
    const { subtask, retryInMs } = followUp(source({ end: conflicting, conflict }));
    const { nextRun } = subtask;
    assert.equal(nextRun?.continues, 'run-1');
    assert.equal(nextRun.resolvesConflict, true);
    assert.equal(retryInMs, 0);
    for (const word of ['runsheet/demo', '- a.txt', '- b.txt', 'Merge it into your work'])
      assert.ok(nextRun.guidance?.includes(word), nextRun.guidance ?? '');
  });

  it('stays what it is through trouble of its agent and retries of its checks', () => {
    const startedBy = resumption;
    const later = [troubled, failed].map((end) => followUp(source({ end, startedBy })));
    assert.deepEqual(
      later.map(({ subtask }) => subtask.nextRun?.resolvesConflict),
      [true, true],
    );
    assert.equal(later[0]?.subtask.nextRun?.guidance, 'Merge it.');
  });

  it('is no matter any more for an attempt that begins anew', () => {
    const { subtask } = followUp(source({ startedBy: resumption, canContinue: false }));
    assert.equal(subtask.nextRun?.resolvesConflict, undefined);
  });
});

describe('the escalation of a conflict', () => {
  it('says where the work is and what the ways out are', () => {
    const { escalation } = followUp(
      source({ end: conflicting, conflict: { ...conflict, byAgent: false } }),
    );
    const ways = ['a.txt, b.txt', 'git -C "/trees/t01" merge runsheet/demo', 'accept', 'continue'];
    for (const word of ways) assert.ok(escalation?.detail.includes(word), escalation?.detail);
  });
});

describe('a conflict in very many files', () => {
  it('is told to the agent with what it has to do', () => {
    const paths = Array.from({ length: 3000 }, (_, at) => `src/a-long-name-of-a-file-${at}.ts`);
    const { subtask } = followUp(source({ end: conflicting, conflict: { ...conflict, paths } }));
    const guidance = subtask.nextRun?.guidance ?? '';
    assert.match(guidance, /and 2900 more[^]*leave no conflict markers[^]*checked again\.$/);
    assert.ok(guidance.length < 20_000);
  });
});
