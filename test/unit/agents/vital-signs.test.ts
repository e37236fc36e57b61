import assert from 'node:assert/strict';
import type { AgentOutcome } from '../../../src/agents/agent';
import { VitalSigns } from '../../../src/agents/vital-signs';
import { Watchdog } from '../../../src/agents/watchdog';
import { FakeClock } from '../../support/fake-clock';

const limits = { silenceMs: 30_000, totalMs: 600_000 };

interface Patient {
  clock: FakeClock;
  vitals: VitalSigns;
  /** What the run comes to when its limit is reached; `null` when that is a simple time-out. */
  outcomes: (AgentOutcome | null)[];
}

function prompted(): Patient {
  const clock = new FakeClock();
  const watchdog = new Watchdog(clock, limits);
  const vitals = new VitalSigns('Gemini', watchdog, limits.silenceMs, clock);
  const outcomes: (AgentOutcome | null)[] = [];
  void watchdog.expired.then((which) => outcomes.push(vitals.expired(which)));
  vitals.begin();
  return { clock, vitals, outcomes };
}

describe('the silence of an agent', () => {
  it('before its first update is trouble with its provider', async () => {
    const { clock, outcomes } = prompted();
    await clock.pass(30_000);
    assert.deepEqual(outcomes, [
      {
        kind: 'failed',
        code: 'network',
        message: 'Gemini said nothing for 30 s. Its provider may be out of reach.',
        exitCode: null,
      },
    ]);
  });

  it('is not broken by what is no work before the first work', async () => {
    const { clock, vitals, outcomes } = prompted();
    for (let n = 0; n < 3; n++) {
      await clock.pass(10_000);
      vitals.other();
    }
    assert.equal(outcomes.length, 1);
  });

  it('after its work is a time-out', async () => {
    const { clock, vitals, outcomes } = prompted();
    vitals.work();
    await clock.pass(20_000);
    vitals.other();
    await clock.pass(29_999);
    assert.deepEqual(outcomes, []);
    await clock.pass(1);
    assert.deepEqual(outcomes, [null]);
  });

  it('is explained by what it printed about its provider, with the time to wait', async () => {
    const { clock, vitals, outcomes } = prompted();
    vitals.hear(
      'Attempt 1 failed: You exceeded your current quota, please check. Please retry in 41s.',
    );
    await clock.pass(30_000);
    const [outcome] = outcomes;
    assert.ok(outcome?.kind === 'failed');
    assert.equal(outcome.code, 'rate_limit');
    assert.equal(outcome.retryAfterMs, 41_000);
    assert.match(outcome.message, /^Gemini said nothing for 30 s: its provider limits/);
  });

  it('after its work is trouble when it told of trouble since', async () => {
    const { clock, vitals, outcomes } = prompted();
    vitals.work();
    vitals.hear('Reconnecting... waiting for network');
    await clock.pass(30_000);
    const [outcome] = outcomes;
    assert.ok(outcome?.kind === 'failed');
    assert.equal(outcome.code, 'network');
  });

  it('has nothing to do with trouble that it has overcome', async () => {
    const { clock, vitals, outcomes } = prompted();
    vitals.hear('TypeError: fetch failed');
    vitals.work();
    await clock.pass(30_000);
    assert.deepEqual(outcomes, [null]);
    assert.equal(vitals.heard, null);
  });

  it('is not broken by what the agent says when it is asked to stop', async () => {
    const { clock, vitals, outcomes } = prompted();
    await clock.pass(30_000);
    vitals.work();
    vitals.hear('Attempt 1 failed with status 503. Retrying with backoff... overloaded');
    const again = vitals.expired('silence');
    assert.ok(outcomes[0]?.kind === 'failed' && again?.kind === 'failed');
    assert.deepEqual([outcomes[0].code, again.code], ['network', 'overloaded']);
  });

  it('says nothing about a run that took too long altogether', async () => {
    const { clock, vitals, outcomes } = prompted();
    for (let n = 0; n < 60; n++) {
      await clock.pass(10_000);
      vitals.work();
    }
    assert.deepEqual(outcomes, [null]);
  });
});
