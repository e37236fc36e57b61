import assert from 'node:assert/strict';
import { describeReason, type Reason } from '../../../src/model/reasons';

const names = { item: (id: string) => `«${id}»`, phase: (id: string) => `[${id}]` };

const sentences: [Reason, string][] = [
  [{ code: 'status', status: 'needs_attention' }, 'It needs attention.'],
  [{ code: 'live' }, 'A run of it is going on.'],
  [{ code: 'cycle', items: ['A'], phases: [] }, 'It depends on itself.'],
  [
    { code: 'cycle', items: ['A', 'B'], phases: ['P'] },
    'It is part of a dependency cycle: «A», «B», phase [P].',
  ],
  [
    { code: 'cycle', items: ['A', 'B', 'C', 'D', 'E', 'F', 'G'], phases: [] },
    'It is part of a dependency cycle: «A», «B», «C», «D», «E» and 2 more.',
  ],
  [{ code: 'dangling', id: 'X' }, 'It depends on X, which is not in the plan.'],
  [{ code: 'dependency', id: 'A', status: 'failed' }, 'It waits for «A», which failed.'],
  [{ code: 'dangling_phase', id: 'Q' }, 'Its phase depends on phase Q, which is not in the plan.'],
  [
    { code: 'phase', id: 'P', open: 2 },
    'Its phase waits for phase [P], which has 2 open subtasks.',
  ],
  [{ code: 'phase', id: 'P', open: 1 }, 'Its phase waits for phase [P], which has 1 open subtask.'],
  [{ code: 'phase', id: 'P', open: 0 }, 'Its phase waits for phase [P], which is not done.'],
  [{ code: 'gate', gate: 'Review' }, 'The gate Review is closed.'],
  [{ code: 'attempts', used: 3, limit: 3 }, 'It has used 3 of its 3 attempts.'],
  [{ code: 'escalated' }, 'It was escalated and waits for a person.'],
  [
    { code: 'not_ready', problem: 'it is a draft.' },
    'Its plan does not have it ready: it is a draft.',
  ],
  [{ code: 'agent', problem: 'signed out.' }, 'Its agent is not available: signed out.'],
  [{ code: 'retry', inMs: 1500 }, 'Its next attempt is due in 2 s.'],
  [{ code: 'retry', inMs: 600_000 }, 'Its next attempt is due in 10 min.'],
  [{ code: 'files', path: 'a.ts', heldBy: 'A' }, '«A» is working on a.ts.'],
  [{ code: 'scope' }, 'It was not asked for.'],
  [{ code: 'workers' }, 'It is ready and waits for a free worker.'],
];

describe('describeReason', () => {
  for (const [reason, sentence] of sentences)
    it(`says: ${sentence}`, () => {
      assert.equal(describeReason(reason, names), sentence);
    });
});
