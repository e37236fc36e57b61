import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  describeBudget,
  judgeBudget,
  limitsOfSpec,
  noLimits,
  startOfDay,
  startOfNextDay,
  type BudgetDimension,
  type BudgetUse,
} from '../../../src/model/budget';
import { agentSpec } from '../../support/agent-specs';

const unused: BudgetUse = {
  ...{ wallMs: 0, turns: 0, tokens: 0, costMicros: 0, runsWithoutCost: 0, runs: 0 },
};
const dimensions: readonly BudgetDimension[] = ['wallMs', 'turns', 'tokens', 'costMicros', 'runs'];

describe('a budget', () => {
  for (const dimension of dimensions) {
    it(`warns from four fifths of its ${dimension} on, and is used up by all of them`, () => {
      const limits = { ...noLimits, [dimension]: 1000 };
      const judge = (used: number) => judgeBudget(limits, { ...unused, [dimension]: used });
      assert.deepEqual(judge(799), { state: 'ok' });
      assert.deepEqual(judge(800), { state: 'warning', dimension, used: 800, limit: 1000 });
      assert.equal(judge(999).state, 'warning');
      assert.deepEqual(judge(1000), { state: 'exhausted', dimension, used: 1000, limit: 1000 });
      assert.equal(judge(5000).state, 'exhausted');
    });
  }

  it('names what is nearest to its limit', () => {
    const limits = { ...noLimits, turns: 10, tokens: 100 };
    const judgement = judgeBudget(limits, { ...unused, turns: 9, tokens: 110 });
    assert.deepEqual(judgement, { state: 'exhausted', dimension: 'tokens', used: 110, limit: 100 });
  });

  it('of money is not exhausted by costs that nobody has told', () => {
    const use = { ...unused, costMicros: null, runsWithoutCost: 40 };
    assert.deepEqual(judgeBudget({ ...noLimits, costMicros: 1 }, use), { state: 'ok' });
  });

  it('without limits always holds; with more use it never gets better', () => {
    const amount = fc.integer({ min: 0, max: 10_000 });
    const use = fc.record({
      ...{ wallMs: amount, turns: amount, tokens: amount, costMicros: amount },
      ...{ runsWithoutCost: amount, runs: amount },
    });
    const limit = fc.option(fc.integer({ min: 1, max: 10_000 }));
    const limits = fc.record({
      ...{ wallMs: limit, turns: limit, tokens: limit, costMicros: limit, runs: limit },
    });
    const rank = { ok: 0, warning: 1, exhausted: 2 };
    fc.assert(
      fc.property(limits, use, fc.constantFrom(...dimensions), (some, used, dimension) => {
        assert.deepEqual(judgeBudget(noLimits, used), { state: 'ok' });
        const more = { ...used, [dimension]: used[dimension] + 100 };
        assert.ok(rank[judgeBudget(some, more).state] >= rank[judgeBudget(some, used).state]);
      }),
    );
  });

  it('is told in one sentence with both figures', () => {
    const tell = (dimension: BudgetDimension, used: number, limit: number) => {
      const limits = { ...noLimits, [dimension]: limit };
      return describeBudget(judgeBudget(limits, { ...unused, [dimension]: used }), 'the plan');
    };
    assert.deepEqual(
      [
        tell('tokens', 120_000, 100_000),
        tell('costMicros', 1_600_000, 2_000_000),
        tell('wallMs', 5_400_000, 5_400_000),
        tell('runs', 3, 3),
        tell('turns', 1, 100),
      ],
      [
        'The budget of the plan is used up: 120,000 of 100,000 tokens.',
        'The budget of the plan is nearly used up: $1.60 of $2.00.',
        'The budget of the plan is used up: 1h 30m of 1h 30m of work.',
        'The budget of the plan is used up: 3 of 3 runs.',
        'The budget of the plan holds.',
      ],
    );
  });

  it('of a run is what its spec says', () => {
    const spec = agentSpec({
      ...{ max_turns: 7, timeout_seconds: 90, max_tokens: 4000, max_cost_micros: 5 },
    });
    assert.deepEqual(limitsOfSpec(spec), {
      ...{ wallMs: 90_000, turns: 7, tokens: 4000, costMicros: 5, runs: null },
    });
  });
});

describe('a day', () => {
  it('is the calendar day of this program’s clock', () => {
    const noon = new Date(2026, 2, 10, 12, 30).getTime();
    assert.equal(startOfDay(noon), new Date(2026, 2, 10).getTime());
    assert.equal(startOfNextDay(noon), new Date(2026, 2, 11).getTime());
    assert.equal(startOfDay(startOfDay(noon)), startOfDay(noon));
    assert.equal(
      startOfNextDay(new Date(2026, 11, 31, 23).getTime()),
      new Date(2027, 0, 1).getTime(),
    );
  });
});
