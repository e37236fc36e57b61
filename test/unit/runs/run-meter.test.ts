import assert from 'node:assert/strict';
import type { AgentEvent, Usage } from '../../../src/agents/agent';
import { RunMeter } from '../../../src/runs/run-meter';

function said(text: string, role: 'assistant' | 'thought' | 'user' = 'assistant'): AgentEvent {
  return { type: 'message', role, text };
}

function called(toolCallId: string): AgentEvent {
  const rest = { title: 'T', toolKind: 'read', status: 'in_progress', locations: [], input: null };
  return { type: 'tool_call', toolCallId, ...rest };
}

function answered(toolCallId: string): AgentEvent {
  return { type: 'tool_result', toolCallId, title: 'T', status: 'completed', output: null };
}

function used(usage: Partial<Usage>): AgentEvent {
  return { type: 'usage', usage: { tokensIn: 0, tokensOut: 0, costMicros: null, ...usage } };
}

function after(...events: AgentEvent[]): RunMeter {
  const meter = new RunMeter();
  for (const event of events) meter.take(event);
  return meter;
}

describe('the meter of a run', () => {
  it('counts a turn whenever the agent goes on after what came back', () => {
    const rows: readonly (readonly [AgentEvent[], number])[] = [
      [[], 0],
      [[said('I begin.')], 1],
      [[said('a', 'thought'), said('b'), called('1'), called('2')], 1],
      [[said('a'), called('1'), called('2'), answered('1'), answered('2')], 1],
      [[called('1'), answered('1'), said('Done.')], 2],
      [[called('1'), answered('1'), called('2'), answered('2'), said('Done.')], 3],
      [[said('It is said to me.', 'user')], 0],
    ];
    for (const [events, turns] of rows) assert.equal(after(...events).use.turns, turns);
  });

  it('believes an agent that counts more turns by itself, and never goes down', () => {
    const meter = after(said('a'), used({ turns: 7 }), used({ turns: 3 }));
    assert.equal(meter.use.turns, 7);
    assert.equal(after(called('1'), answered('1'), said('b'), used({ turns: 1 })).use.turns, 2);
  });

  it('takes totals that only grow, and money only where the agent tells it', () => {
    const meter = after(used({ tokensIn: 10, tokensOut: 5 }));
    assert.equal(meter.use.costMicros, null);
    meter.take(used({ tokensIn: 4, tokensOut: 6, costMicros: 30 }));
    meter.take(used({ tokensIn: 12, tokensOut: 6, costMicros: 20 }));
    assert.deepEqual(meter.use, { turns: 0, tokensIn: 12, tokensOut: 6, costMicros: 30 });
  });

  it('says when something more was used', () => {
    const meter = new RunMeter();
    assert.equal(meter.take(used({})), false);
    assert.equal(meter.take(used({ tokensIn: 1 })), true);
    assert.equal(meter.take(used({ tokensIn: 1 })), false);
    assert.equal(meter.take(said('a')), true);
    assert.equal(meter.take(said('b')), false);
  });

  it('keeps what was said last, in one piece and not without end', () => {
    const meter = after(said('I look.'), called('1'), answered('1'), said('All '), said('done.'));
    assert.equal(meter.story.text, 'All done.');
    meter.take(said('hm', 'thought'));
    assert.equal(meter.story.text, 'All done.');
    meter.take(said('x'.repeat(20_000)));
    assert.equal(meter.story.text.length, 8_000);
  });

  it('counts calls once, however often they are told', () => {
    const { story } = after(called('1'), called('1'), answered('1'), answered('2'));
    assert.deepEqual([story.toolCalls, story.updates], [2, 4]);
  });
});
