import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildGraph } from '../../../src/model/graph';
import {
  etaOf,
  phaseStatusOf,
  planStateOf,
  tally,
  type EtaFacts,
  type Leaf,
} from '../../../src/model/progress';
import { subtaskStatusSchema, type SubtaskStatus } from '../../../src/model/status';
import { item } from '../../support/plans';

function leaf(status: SubtaskStatus, optional = false): Leaf {
  return { status, proof: status === 'done' ? 'proven' : null, optional, leftOut: false };
}

function count(...statuses: SubtaskStatus[]) {
  return tally(statuses.map((status) => leaf(status)));
}

describe('tally', () => {
  it('puts every leaf into exactly one count', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...subtaskStatusSchema.options)), (statuses) => {
        const { total, proven, accepted, open, leftOut, ...byStatus } = count(...statuses);
        const sum = Object.values(byStatus).reduce((all, one) => all + one, 0);
        assert.equal(sum, total);
        assert.equal(leftOut, 0);
        assert.equal(proven + accepted, byStatus.done);
        assert.ok(open <= total);
      }),
    );
  });

  it('keeps proven, accepted and claimed apart', () => {
    const counts = tally([
      leaf('done'),
      { status: 'done', proof: 'accepted', optional: false, leftOut: false },
      leaf('claimed'),
      leaf('pending', true),
    ]);
    const { done, proven, accepted, claimed, open } = counts;
    assert.deepEqual(
      { done, proven, accepted, claimed, open },
      {
        done: 2,
        proven: 1,
        accepted: 1,
        claimed: 1,
        open: 1,
      },
    );
  });
});

describe('what a file leaves out', () => {
  const out = (status: SubtaskStatus): Leaf => ({ ...leaf(status), leftOut: true });

  it('is counted apart: neither done nor open, and not part of the whole', () => {
    const { total, done, open, pending, leftOut } = tally([leaf('done'), out('pending')]);
    assert.deepEqual([total, done, open, pending, leftOut], [1, 1, 0, 0, 1]);
  });

  it('is over where it had failed or waited for a person', () => {
    assert.equal(tally([out('failed'), out('needs_attention'), out('blocked')]).leftOut, 3);
  });

  it('is what we know of it, where more is known than the file says', () => {
    const { done, claimed, running, skipped, leftOut } = tally(
      (['done', 'claimed', 'in_progress', 'skipped'] as const).map(out),
    );
    assert.deepEqual([done, claimed, running, skipped, leftOut], [1, 1, 1, 1, 0]);
  });

  it('ends a phase and a plan with what is done, and skips those that are left out wholly', () => {
    const rest = { ready: 0, closedGates: 0 };
    assert.equal(phaseStatusOf(tally([leaf('done'), out('pending')]), true), 'done');
    assert.equal(phaseStatusOf(tally([out('pending')]), true), 'skipped');
    assert.equal(planStateOf(tally([leaf('done'), out('pending')]), rest), 'completed');
    assert.equal(planStateOf(tally([leaf('pending'), out('pending')]), rest), 'active');
    assert.equal(planStateOf(tally([out('pending')]), rest), 'completed');
    assert.equal(planStateOf(tally([]), rest), 'active');
  });
});

describe('phaseStatusOf', () => {
  it('is done when each leaf is done, skipped, cancelled or optional and the checkpoint passed', () => {
    const leaves = tally([leaf('done'), leaf('skipped'), leaf('cancelled'), leaf('pending', true)]);
    assert.equal(phaseStatusOf(leaves, true), 'done');
    assert.equal(phaseStatusOf(leaves, false), 'in_progress');
  });

  it('is never done by claims', () => {
    assert.equal(phaseStatusOf(count('done', 'claimed'), true), 'in_progress');
    assert.equal(phaseStatusOf(count('claimed'), true), 'pending');
  });

  it('is blocked when something is stuck and nothing moves', () => {
    assert.equal(phaseStatusOf(count('failed', 'pending'), true), 'blocked');
    assert.equal(phaseStatusOf(count('failed', 'in_review'), true), 'in_progress');
  });

  it('is skipped when all of it is', () => {
    assert.equal(phaseStatusOf(count('skipped', 'skipped'), true), 'skipped');
  });

  it('is pending without leaves', () => {
    assert.equal(phaseStatusOf(count(), true), 'pending');
  });
});

describe('planStateOf', () => {
  it('is completed when all required leaves are closed and no gate is', () => {
    const leaves = count('done', 'skipped');
    assert.equal(planStateOf(leaves, { ready: 0, closedGates: 0 }), 'completed');
    assert.equal(planStateOf(leaves, { ready: 0, closedGates: 1 }), 'active');
    const optional = tally([leaf('done'), leaf('in_progress', true)]);
    assert.equal(planStateOf(optional, { ready: 1, closedGates: 0 }), 'active');
  });

  it('is failed only when something failed and nothing can go on', () => {
    const leaves = count('done', 'failed', 'pending');
    assert.equal(planStateOf(leaves, { ready: 0, closedGates: 0 }), 'failed');
    assert.equal(planStateOf(leaves, { ready: 1, closedGates: 0 }), 'active');
    const waiting = count('failed', 'needs_attention');
    assert.equal(planStateOf(waiting, { ready: 0, closedGates: 0 }), 'active');
    assert.equal(planStateOf(count('blocked'), { ready: 0, closedGates: 0 }), 'active');
  });
});

describe('etaOf', () => {
  const graph = buildGraph(
    [item('A'), item('B', { dependsOn: ['A'] }), item('C', { dependsOn: ['B'] }), item('D')],
    [],
  );
  const samples = [100, 900, 200].map((durationMs) => ({ weight: 1, durationMs }));
  const facts = (fields: Partial<EtaFacts> = {}): EtaFacts => ({
    graph,
    isOver: (id) => id === 'A',
    samples,
    elapsed: new Map(),
    workers: 8,
    ...fields,
  });

  it('follows the remaining critical path at the median speed', () => {
    assert.equal(etaOf(facts()), 400);
  });

  it('follows the remaining work when the workers are few', () => {
    assert.equal(etaOf(facts({ workers: 1 })), 600);
  });

  it('takes off what the going runs have behind them', () => {
    assert.equal(etaOf(facts({ elapsed: new Map([['B', 150]]) })), 250);
    assert.equal(etaOf(facts({ elapsed: new Map([['B', 9999]]) })), 200);
  });

  it('is unknown before anything has finished and when something can never start', () => {
    assert.equal(etaOf(facts({ samples: [] })), null);
    const stuck = buildGraph([item('A', { dependsOn: ['X'] })], []);
    assert.equal(etaOf(facts({ graph: stuck, isOver: () => false })), null);
  });

  it('is nothing when all is done', () => {
    assert.equal(etaOf(facts({ samples: [], isOver: () => true })), 0);
  });
});
