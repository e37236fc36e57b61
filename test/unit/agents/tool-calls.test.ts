import assert from 'node:assert/strict';
import { ToolCalls, toolCallSchema } from '../../../src/agents/tool-calls';

function calls(): { update: (part: Record<string, unknown>) => void; told: string[] } {
  const told: string[] = [];
  const tools = new ToolCalls((event) => told.push(`${event.type} ${event.title} ${event.status}`));
  return {
    told,
    update: (part) => tools.update(toolCallSchema.parse({ toolCallId: 't1', ...part })),
  };
}

describe('the calls of tools', () => {
  it('are told once with each change, and their end as a result', () => {
    const { update, told } = calls();
    update({ title: 'Write a.txt', kind: 'edit', status: 'pending' });
    update({ status: 'in_progress' });
    update({ status: 'in_progress', content: [{ type: 'content' }] });
    update({ status: 'completed', rawOutput: 'ok' });
    update({ status: 'completed' });
    assert.deepEqual(told, [
      'tool_call Write a.txt pending',
      'tool_call Write a.txt in_progress',
      'tool_result Write a.txt completed',
    ]);
  });

  it('may begin with an update', () => {
    const { update, told } = calls();
    update({ title: 'Run', status: 'in_progress' });
    assert.deepEqual(told, ['tool_call Run in_progress']);
  });

  it('may be told of only when they have ended', () => {
    const { update, told } = calls();
    update({ title: 'Run', status: 'failed' });
    assert.deepEqual(told, ['tool_call Run failed', 'tool_result Run failed']);
  });

  it('may have kinds, states and parts that nobody knows yet', () => {
    const { update, told } = calls();
    update({ title: 'Fly', kind: 'flight', status: 'boarding', locations: 'here' });
    assert.deepEqual(told, ['tool_call Fly boarding']);
  });

  it('have their output from wherever the agent puts it', () => {
    const outputs: unknown[] = [];
    const tools = new ToolCalls((event) => {
      if (event.type === 'tool_result') outputs.push(event.output);
    });
    const content = [{ type: 'diff', path: 'a', newText: 'b' }];
    tools.update(toolCallSchema.parse({ toolCallId: '1', status: 'completed', content }));
    tools.update(
      toolCallSchema.parse({ toolCallId: '2', status: 'completed', rawOutput: 0, content }),
    );
    assert.deepEqual(outputs, [content, 0]);
  });

  it('name every file that they show, also beside an input that names another', () => {
    const tools = new ToolCalls(() => undefined);
    const content = [{ type: 'diff', path: '/etc/x', newText: 'b' }, { type: 'terminal' }];
    const part = { toolCallId: '1', rawInput: { path: 'a' }, locations: [{ path: 'a' }], content };
    const told = tools.update(toolCallSchema.parse(part));
    assert.deepEqual([told.locations, told.input], [['a', '/etc/x'], { path: 'a' }]);
    assert.deepEqual(told.content, content);
    const shown = tools.update(toolCallSchema.parse({ toolCallId: '2', rawInput: {}, content }));
    assert.deepEqual([shown.locations, shown.input], [['/etc/x'], content]);
  });

  it('are forgotten, the oldest first, so that a long run does not fill the memory', () => {
    const told: string[] = [];
    const tools = new ToolCalls((event) => told.push(event.toolCallId));
    const update = (id: number) =>
      tools.update(toolCallSchema.parse({ toolCallId: String(id), title: 'x' }));
    for (let id = 0; id < 600; id += 1) update(id);
    told.length = 0;
    update(599);
    assert.deepEqual(told, []);
    update(0);
    assert.deepEqual(told, ['0']);
  });
});
