import assert from 'node:assert/strict';
import { UsageTotals } from '../../../src/agents/usage-totals';

describe('what a conversation has used', () => {
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
});
