import assert from 'node:assert/strict';
import type { AgentEvent } from '../../../src/agents/agent';
import { claudeMessageSchema, type ClaudeMessage } from '../../../src/agents/claude-messages';
import { ClaudeUpdates } from '../../../src/agents/claude-updates';
import { UsageTotals } from '../../../src/agents/usage-totals';

/** Reads lines as the dialogue does and gives the events that they become. */
function eventsOf(lines: unknown[], usage = new UsageTotals()): AgentEvent[] {
  const events: AgentEvent[] = [];
  const updates = new ClaudeUpdates((event) => events.push(event), usage);
  for (const line of lines) take(updates, claudeMessageSchema.parse(line));
  return events;
}

function take(updates: ClaudeUpdates, message: ClaudeMessage): void {
  if (message.type === 'assistant') updates.takeAssistant(message);
  if (message.type === 'user') updates.takeUser(message);
  if (message.type === 'system') updates.takeSystem(message);
  if (message.type === 'result') updates.takeUsage(message);
}

function assistant(id: string, block: unknown, more: object = {}): unknown {
  const usage = { input_tokens: 30, cache_read_input_tokens: 70, output_tokens: 1 };
  return { type: 'assistant', message: { id, content: [block], usage }, ...more };
}

const write = {
  type: 'tool_use',
  id: 'toolu_1',
  name: 'Write',
  input: { file_path: '/w/hello.txt', content: 'hi\n' },
};

function result(more: object): unknown {
  return { type: 'result', subtype: 'success', num_turns: 2, ...more };
}

function modelUsage(inputTokens: number, outputTokens: number, costUSD: number): object {
  return { opus: { inputTokens, outputTokens, costUSD, cacheReadInputTokens: 10 } };
}

describe('what Claude Code prints', () => {
  it('becomes messages, thoughts, and calls of tools with their results', () => {
    const events = eventsOf([
      assistant('m1', { type: 'thinking', thinking: 'A file.' }),
      assistant('m1', write),
      {
        type: 'user',
        message: {
          content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'File created.' }],
        },
      },
      assistant('m2', { type: 'text', text: 'All done.' }),
    ]);
    assert.deepEqual(
      events.filter(({ type }) => type !== 'usage'),
      [
        { type: 'message', role: 'thought', text: 'A file.' },
        {
          type: 'tool_call',
          toolCallId: 'toolu_1',
          name: 'Write',
          title: 'Write /w/hello.txt',
          toolKind: 'edit',
          status: 'pending',
          locations: ['/w/hello.txt'],
          input: write.input,
        },
        {
          type: 'tool_result',
          toolCallId: 'toolu_1',
          title: 'Write /w/hello.txt',
          status: 'completed',
          output: 'File created.',
        },
        { type: 'message', role: 'assistant', text: 'All done.' },
      ],
    );
  });

  it('tells a tool that failed or was rejected', () => {
    const failed = { type: 'tool_result', tool_use_id: 'toolu_1', content: 'No.', is_error: true };
    const events = eventsOf([
      assistant('m1', write),
      { type: 'user', message: { content: [failed] } },
    ]);
    const ends = events.filter((event) => event.type === 'tool_result');
    assert.deepEqual(
      ends.map(({ status, output }) => [status, output]),
      [['failed', 'No.']],
    );
  });

  it('keeps what a subagent does, and not what it says to the agent', () => {
    const of = { parent_tool_use_id: 'toolu_0' };
    const events = eventsOf([
      assistant('m1', { type: 'text', text: 'I found it.' }, of),
      assistant('m2', write, of),
    ]);
    assert.deepEqual(
      events.flatMap(({ type }) => (type === 'usage' ? [] : [type])),
      ['tool_call'],
    );
  });

  it('may have blocks and lines of kinds that nobody knows yet', () => {
    assert.deepEqual(eventsOf([assistant('m1', { type: 'hologram' })]).slice(1), []);
    assert.equal(claudeMessageSchema.safeParse({ type: 'keep_alive' }).success, false);
    assert.deepEqual(eventsOf([{ type: 'system', subtype: 'hologram_started' }]), []);
  });

  it('tells that the provider is asked again', () => {
    const retry = { type: 'system', subtype: 'api_retry', attempt: 2, max_retries: 10 };
    const [refused, unreachable] = eventsOf([
      { ...retry, error_status: 529 },
      { ...retry, error_status: null },
    ]);
    assert.deepEqual(refused, {
      type: 'notice',
      text: 'HTTP 529: the agent asks its provider again (2 of 10).',
    });
    assert.match(unreachable?.type === 'notice' ? unreachable.text : '', /^Connection error: /);
  });
});

describe('what Claude Code says that it has used', () => {
  const last = (events: AgentEvent[]): unknown =>
    events.flatMap((event) => (event.type === 'usage' ? [event.usage] : [])).at(-1);

  it('counts each answer of the model once while it works, though it comes in pieces', () => {
    const events = eventsOf([
      assistant('m1', { type: 'text', text: 'I will' }),
      assistant('m1', write),
      assistant('m2', { type: 'text', text: 'All done.' }),
    ]);
    assert.deepEqual(last(events), { tokensIn: 200, tokensOut: 2, costMicros: null });
  });

  it('is at the end what its own totals say, with money and turns', () => {
    const total = { modelUsage: modelUsage(190, 40, 0.0016), total_cost_usd: 0.0016 };
    const events = eventsOf([assistant('m1', write), result(total)]);
    assert.deepEqual(last(events), { tokensIn: 200, tokensOut: 40, costMicros: 1600, turns: 2 });
  });

  it('is of this run alone when an earlier conversation goes on', () => {
    const total = { modelUsage: modelUsage(290, 60, 0.0024), total_cost_usd: 0.0024 };
    const before = { tokensIn: 200, tokensOut: 40, costMicros: 1600 };
    const usage = new UsageTotals();
    usage.continueFrom(before);
    const own = { tokensIn: 100, tokensOut: 20, costMicros: 800, turns: 2 };
    assert.deepEqual(last(eventsOf([result(total)], usage)), own);
    // It knows better than we do where it tells what it used since it was started.
    const since = { ...total, model_usage_since_last_result: modelUsage(90, 20, 0.0008) };
    assert.deepEqual(last(eventsOf([result(since)])), own);
  });

  it('is nothing where there was no conversation', () => {
    const none = { subtype: 'error_during_execution', num_turns: 0, total_cost_usd: 0 };
    assert.deepEqual(eventsOf([result(none)]), []);
  });

  it('is not what its own words on an error would have cost', () => {
    const line = assistant('m1', { type: 'text', text: 'API Error' }, { error: 'rate_limit' });
    assert.equal(last(eventsOf([line])), undefined);
  });
});
