import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CheckOutcome } from '../../../src/model/status';
import { judge, type CheckScore, type GateMode } from '../../../src/model/verdict';

const outcome = fc.constantFrom<CheckOutcome>('passed', 'failed', 'error', 'skipped');
const result: fc.Arbitrary<CheckScore> = fc.record({
  outcome,
  required: fc.boolean(),
  weight: fc.integer({ min: 0, max: 10 }),
  score: fc.option(fc.constantFrom(0, 0.25, 0.5, 1)),
  standsAlone: fc.boolean(),
});
const results = fc.array(result, { maxLength: 6 });
const gate = fc.oneof(
  fc.record({ mode: fc.constantFrom<GateMode>('all_pass', 'any_pass'), min: fc.constant(null) }),
  fc.record({ mode: fc.constant<GateMode>('weighted'), min: fc.constantFrom(0, 0.3, 0.7, 1) }),
);

function check(parts: Partial<CheckScore> = {}): CheckScore {
  return {
    ...{ outcome: 'passed', required: false, weight: 1, score: null, standsAlone: true },
    ...parts,
  };
}

const verdictOf = (list: readonly CheckScore[], mode: GateMode = 'all_pass', min?: number) =>
  judge(list, mode, min ?? null).verdict;

/** Whether the written rules let these results pass, said once more in other words. */
function mayPass(list: readonly CheckScore[], mode: GateMode, min: number | null): boolean {
  const passed = list.filter((one) => one.outcome === 'passed');
  const required = list.filter((one) => one.required);
  if (!required.every((one) => passed.includes(one))) return false;
  const whole = list.reduce((sum, { weight }) => sum + weight, 0);
  const gained = list.reduce((sum, one) => {
    const counts = one.outcome === 'passed' || one.outcome === 'failed';
    const score = one.score ?? (one.outcome === 'passed' ? 1 : 0);
    return sum + (counts ? one.weight * score : 0);
  }, 0);
  const enough = {
    all_pass: passed.length === list.length,
    any_pass: passed.length > 0,
    weighted: whole > 0 && min !== null && gained / whole > min - 1e-6,
  };
  return enough[mode];
}

describe('the verdict', () => {
  it('passes with exactly the score that is needed, whatever the weights are', () => {
    const list = [check({ weight: 1.1, outcome: 'failed' }), check({ weight: 1.4 })];
    assert.equal(verdictOf(list, 'weighted', 0.56), 'passed');
    assert.equal(verdictOf(list, 'weighted', 0.57), 'partial');
  });

  it('is passed only by the rules, and never by nothing', () =>
    fc.assert(
      fc.property(results, gate, (list, { mode, min }) => {
        const { verdict } = judge(list, mode, min);
        if (verdict !== 'passed') return;
        assert.ok(mayPass(list, mode, min));
        assert.ok(list.some((one) => one.outcome === 'passed' && one.standsAlone));
      }),
      { numRuns: 2000 },
    ));

  it('is passed whenever the rules say so and every check may stand alone', () =>
    fc.assert(
      fc.property(results, gate, (list, { mode, min }) => {
        const alone = list.map((one) => ({ ...one, standsAlone: true }));
        const something = alone.some((one) => one.outcome === 'passed');
        const required = alone.filter((one) => one.required).length;
        // A required one is a passed one here; without any, some other has passed.
        if (!mayPass(alone, mode, min) || (!something && required === 0)) return;
        assert.equal(judge(alone, mode, min).verdict, 'passed');
      }),
      { numRuns: 2000 },
    ));

  it('says otherwise what was found: partial, failed, error, unverified', () =>
    fc.assert(
      fc.property(results, gate, (list, { mode, min }) => {
        const { verdict } = judge(list, mode, min);
        const has = (one: CheckOutcome) => list.some(({ outcome: is }) => is === one);
        if (verdict === 'passed') return;
        const ran = list.some(({ outcome: is }) => is !== 'skipped');
        if (!ran) assert.equal(verdict, 'unverified');
        else if (has('failed')) assert.equal(verdict, has('passed') ? 'partial' : 'failed');
        else assert.equal(verdict, has('error') ? 'error' : 'unverified');
      }),
      { numRuns: 2000 },
    ));

  it('does not become better when a check gets worse', () =>
    fc.assert(
      fc.property(results, gate, fc.nat(), (list, { mode, min }, at) => {
        const [worse] = list.length === 0 ? [] : [at % list.length];
        const after = list.map((one, index) =>
          index === worse ? { ...one, outcome: 'failed' as const, score: null } : one,
        );
        const passes = judge(after, mode, min).verdict === 'passed';
        // A failed check still brings its partial score; without one it brings nothing.
        const before = list.map((one) => ({ ...one, score: null }));
        if (passes && after.every(({ score }) => score === null))
          assert.equal(judge(before, mode, min).verdict, 'passed');
      }),
      { numRuns: 2000 },
    ));

  it('does not depend on the order of the checks', () =>
    fc.assert(
      fc.property(results, gate, (list, { mode, min }) => {
        const { verdict } = judge(list, mode, min);
        assert.equal(judge(list.toReversed(), mode, min).verdict, verdict);
      }),
    ));

  it('weighs: 0.6 is not 0.7, and 0.8 is', () => {
    const weighted = (failing: number) => [
      check({ weight: 10 - failing }),
      check({ weight: failing, outcome: 'failed' }),
    ];
    assert.deepEqual(judge(weighted(4), 'weighted', 0.7), { verdict: 'partial', score: 0.6 });
    assert.deepEqual(judge(weighted(2), 'weighted', 0.7), { verdict: 'passed', score: 0.8 });
  });

  it('counts what was not judged in the divisor', () => {
    const skipped = check({ outcome: 'skipped' });
    assert.equal(judge([check(), skipped], 'weighted', 0.6).verdict, 'unverified');
    assert.equal(judge([check(), skipped], 'weighted', 0.5).score, 0.5);
    const broken = check({ outcome: 'error', score: 1 });
    assert.equal(judge([check(), broken], 'weighted', 0.6).verdict, 'error');
  });

  it('is never passed by a weight of nothing, or by a minimum of nothing', () => {
    assert.equal(verdictOf([check({ weight: 0 })], 'weighted', 0), 'unverified');
    assert.equal(verdictOf([check({ outcome: 'failed' })], 'weighted', 0), 'failed');
    assert.equal(verdictOf([], 'all_pass'), 'unverified');
  });

  it('needs every required check, whatever the mode', () => {
    const missing = [check(), check({ required: true, outcome: 'skipped' })];
    assert.equal(verdictOf(missing, 'any_pass'), 'unverified');
    assert.equal(verdictOf(missing, 'weighted', 0.1), 'unverified');
    const failed = [check({ weight: 9 }), check({ required: true, outcome: 'failed' })];
    assert.equal(verdictOf(failed, 'weighted', 0.5), 'partial');
  });
});

describe('a verdict that rests on a second agent alone', () => {
  const review = (parts: Partial<CheckScore> = {}) => check({ standsAlone: false, ...parts });

  it('proves nothing, in any mode', () => {
    assert.equal(verdictOf([review()]), 'unverified');
    assert.equal(verdictOf([review(), review()], 'weighted', 1), 'unverified');
    assert.equal(verdictOf([review(), check({ outcome: 'failed' })], 'any_pass'), 'partial');
    assert.equal(verdictOf([review(), check({ outcome: 'skipped' })], 'any_pass'), 'unverified');
  });

  it('proves nothing when the review is all that is required', () => {
    const list = [review({ required: true }), check()];
    assert.equal(verdictOf(list, 'any_pass'), 'unverified');
    assert.equal(verdictOf([...list, check({ required: true })], 'any_pass'), 'passed');
  });

  it('passes beside another check, and where the plan lets it stand alone', () => {
    assert.equal(verdictOf([review({ required: true }), check()]), 'passed');
    assert.equal(verdictOf([check({ standsAlone: true })]), 'passed');
  });
});
