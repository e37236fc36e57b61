import assert from 'node:assert/strict';
import type { AgentEvent } from '../../../src/agents/agent';
import { codexEventSchema } from '../../../src/agents/codex-events';
import { CodexUpdates } from '../../../src/agents/codex-updates';

/** Reads lines as the conduct does; gives the events that they become, and what was declined. */
function read(lines: unknown[]): { events: AgentEvent[]; denials: number } {
  const events: AgentEvent[] = [];
  const updates = new CodexUpdates((event) => events.push(event));
  for (const line of lines) {
    const event = codexEventSchema.parse(line);
    if ('item' in event && event.item !== null) updates.take(event.type, event.item);
  }
  return { events, denials: updates.denials };
}

const started = (item: object): object => ({ type: 'item.started', item });
const completed = (item: object): object => ({ type: 'item.completed', item });

const command = { id: 'item_1', type: 'command_execution', command: 'bash -lc "make"' };

describe('what Codex prints', () => {
  it('becomes calls of tools with their results', () => {
    const { events } = read([
      started({ ...command, aggregated_output: '', exit_code: null, status: 'in_progress' }),
      completed({ ...command, aggregated_output: 'ok\n', exit_code: 0, status: 'completed' }),
    ]);
    assert.deepEqual(events, [
      {
        type: 'tool_call',
        toolCallId: 'item_1',
        name: null,
        title: 'bash -lc "make"',
        toolKind: 'execute',
        status: 'in_progress',
        locations: [],
        input: { command: 'bash -lc "make"' },
      },
      {
        type: 'tool_result',
        toolCallId: 'item_1',
        title: 'bash -lc "make"',
        status: 'completed',
        output: { output: 'ok\n', exitCode: 0 },
      },
    ]);
  });

  it('names the files of a change, which comes only when it is made', () => {
    const changes = [{ path: '/w/a.ts', kind: 'update' }];
    const { events } = read([
      completed({ id: 'item_2', type: 'file_change', changes, status: 'completed' }),
    ]);
    assert.deepEqual(
      events.map((event) => [event.type, 'title' in event && event.title]),
      [
        ['tool_call', 'Edit /w/a.ts'],
        ['tool_result', 'Edit /w/a.ts'],
      ],
    );
    assert.deepEqual(events[0]?.type === 'tool_call' && events[0].locations, ['/w/a.ts']);
  });

  it('becomes messages when they are whole, and the plan with each change', () => {
    const items = [
      { text: 'Look', completed: true },
      { text: 'Write', completed: false },
    ];
    const { events } = read([
      { type: 'item.updated', item: { id: 'item_3', type: 'agent_message', text: 'All' } },
      completed({ id: 'item_3', type: 'agent_message', text: 'All done.' }),
      completed({ id: 'item_4', type: 'reasoning', text: 'It is small.' }),
      started({ id: 'item_5', type: 'todo_list', items }),
    ]);
    assert.deepEqual(events, [
      { type: 'message', role: 'assistant', text: 'All done.' },
      { type: 'message', role: 'thought', text: 'It is small.' },
      {
        type: 'plan_update',
        entries: [
          { content: 'Look', status: 'completed' },
          { content: 'Write', status: 'pending' },
        ],
      },
    ]);
  });

  it('tells calls of MCP tools by server and name', () => {
    const call = { id: 'item_6', type: 'mcp_tool_call', server: 'notes', tool: 'take_note' };
    const { events } = read([
      started({ ...call, arguments: { text: 'hi' }, status: 'in_progress' }),
      completed({ ...call, arguments: { text: 'hi' }, error: 'No.', status: 'failed' }),
    ]);
    assert.deepEqual(
      events.map((event) => 'title' in event && [event.title, event.status]),
      [
        ['notes.take_note', 'in_progress'],
        ['notes.take_note', 'failed'],
      ],
    );
  });

  it('counts what its policy declined, each act once', () => {
    const { denials, events } = read([
      started({ ...command, status: 'in_progress' }),
      completed({ ...command, status: 'declined' }),
      completed({ ...command, id: 'item_9', exit_code: 1, status: 'failed' }),
    ]);
    assert.equal(denials, 1);
    assert.deepEqual(
      events.flatMap((event) => (event.type === 'tool_result' ? [event.status] : [])),
      ['failed', 'failed'],
    );
  });

  it('holds errors that are none for notices', () => {
    const warning = 'Model metadata for `x` not found.';
    const { events } = read([completed({ id: 'item_0', type: 'error', message: warning })]);
    assert.deepEqual(events, [{ type: 'notice', text: warning }]);
  });

  it('may have items that nobody knows yet', () => {
    const { events } = read([completed({ id: 'item_7', type: 'hologram' })]);
    assert.deepEqual(events, []);
  });
});
