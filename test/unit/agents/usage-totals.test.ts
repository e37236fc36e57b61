import assert from 'node:assert/strict';
import { UsageTotals } from '../../../src/agents/usage-totals';

describe('what a run has used', () => {
  it('counts what came from a cache once, wherever the agent counts it', () => {
    const beside = new UsageTotals();
    beside.addTurn({
      usage: {
        inputTokens: 30,
        cachedReadTokens: 100,
        cachedWriteTokens: 7,
        outputTokens: 20,
        totalTokens: 157,
      },
    });
    assert.equal(beside.current.tokensIn, 137);
    const within = new UsageTotals();
    within.addTurn({
      usage: { inputTokens: 200, cachedReadTokens: 20, outputTokens: 40, totalTokens: 240 },
    });
    assert.equal(within.current.tokensIn, 200);
  });

  it('does without what an agent leaves out', () => {
    const totals = new UsageTotals();
    assert.equal(totals.addTurn({ usage: { inputTokens: 5, outputTokens: 2 } }), true);
    assert.deepEqual(totals.current, { tokensIn: 5, tokensOut: 2, costMicros: null });
    assert.equal(totals.addTurn({ usage: 'free of charge' }), false);
  });

  it('never goes down, and tells only what is new', () => {
    const totals = new UsageTotals();
    assert.equal(totals.addCost({ amount: 0.02, currency: 'USD' }), true);
    assert.equal(totals.addCost({ amount: 0.02, currency: 'USD' }), false);
    assert.equal(totals.addCost({ amount: 0.01, currency: 'USD' }), false);
    assert.equal(totals.current.costMicros, 20_000);
  });

  it('does not take other money for dollars', () => {
    const totals = new UsageTotals();
    assert.equal(totals.addCost({ amount: 5, currency: 'EUR' }), false);
    assert.equal(totals.current.costMicros, null);
  });

  it('is what a continued conversation has used since, where the agent tells its totals', () => {
    const totals = new UsageTotals();
    totals.continueFrom({ tokensIn: 200, tokensOut: 40, costMicros: 1600 });
    totals.addSession({ tokensIn: 300, tokensOut: 60, costUsd: 0.0024 });
    assert.deepEqual(totals.current, { tokensIn: 100, tokensOut: 20, costMicros: 800 });
    totals.addSession({ tokensIn: 500, tokensOut: 100, costUsd: 0.004 });
    assert.deepEqual(totals.current, { tokensIn: 300, tokensOut: 60, costMicros: 2400 });
  });

  it('takes nothing off what an agent tells of the run alone', () => {
    const totals = new UsageTotals();
    totals.continueFrom({ tokensIn: 200, tokensOut: 40, costMicros: 1600 });
    totals.addTurn({ usage: { inputTokens: 100, outputTokens: 20, totalTokens: 120 } });
    totals.addCost({ amount: 0.0024, currency: 'USD' });
    assert.deepEqual(totals.current, { tokensIn: 100, tokensOut: 20, costMicros: 800 });
  });

  it('is all that an agent tells which has forgotten the earlier part', () => {
    const totals = new UsageTotals();
    totals.continueFrom({ tokensIn: 200, tokensOut: 40, costMicros: null });
    totals.addSession({ tokensIn: 100, tokensOut: 20, costUsd: 0.0008 });
    assert.deepEqual(totals.current, { tokensIn: 100, tokensOut: 20, costMicros: 800 });
  });

  it('has turns where the agent counts them', () => {
    const totals = new UsageTotals();
    assert.equal(totals.addOwn({ turns: 2 }), true);
    assert.equal(totals.addOwn({ turns: 1 }), false);
    assert.equal(totals.current.turns, 2);
  });
});
