import assert from 'node:assert/strict';
import { usedInSession } from '../../../src/runs/session-usage';

function run(session: string | null, tokens: number, cost: number | null) {
  return { agent_session: session, tokens_in: tokens, tokens_out: 1, cost_micros: cost };
}

describe('what the runs of one conversation have used', () => {
  it('is the sum of the runs that shared it', () => {
    const runs = [run('s1', 100, 800), run('s2', 7, 7), run('s1', 50, 400), run(null, 3, 3)];
    assert.deepEqual(usedInSession(runs, 's1'), {
      tokensIn: 150,
      tokensOut: 2,
      costMicros: 1200,
    });
  });

  it('has no money that no agent told of', () => {
    assert.equal(usedInSession([run('s1', 100, null)], 's1')?.costMicros, null);
    assert.equal(usedInSession([run('s1', 1, null), run('s1', 1, 5)], 's1')?.costMicros, 5);
  });

  it('is nothing known of a conversation that begins', () => {
    assert.equal(usedInSession([run('s1', 100, 800)], 's9'), null);
    assert.equal(usedInSession([run(null, 100, 800)], null), null);
  });
});
