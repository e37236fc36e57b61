import assert from 'node:assert/strict';
import { AgentText } from '../../../src/runs/agent-text';

function textOf(...events: [string, unknown][]): string {
  const text = new AgentText();
  for (const [type, payload] of events) text.add(type, payload);
  return text.toString();
}
const said = (text: string, role = 'assistant'): [string, unknown] => ['message', { role, text }];

describe('the text of an agent', () => {
  it('is what it said, and what its tools were given and printed', () => {
    const text = textOf(
      said('I begin.'),
      ['tool_call', { title: 'Run', input: { command: 'git push --force' }, locations: [] }],
      ['tool_result', { title: 'Run', output: [{ text: 'line one\nline two' }] }],
      ['output', { stream: 'stderr', text: 'oops' }],
    );
    for (const line of ['I begin.', 'git push --force', 'line two', 'oops'])
      assert.ok(text.split('\n').includes(line), line);
  });

  it('is not what Runsheet says, nor the prompt, nor thoughts: they name the patterns', () => {
    const text = textOf(
      said('none of: /TODO/', 'user'),
      said('I must avoid TODO', 'thought'),
      ['acceptance_check', { check: 'forbid /TODO/', message: 'TODO' }],
      ['notice', { text: 'TODO' }],
      ['setup', { command: 'TODO' }],
    );
    assert.equal(text, '');
  });

  it('is whole where it was told in pieces', () => {
    assert.equal(textOf(said('TO'), said('DO: x')), 'TODO: x');
    const streams = textOf(
      ['output', { stream: 'stdout', text: 'TO' }],
      ['output', { stream: 'stderr', text: 'DO' }],
    );
    assert.equal(streams, 'TO\nDO');
  });

  it('takes nothing from a payload that is not as it should be', () => {
    assert.equal(textOf(['message', 'x'], ['output', null], ['message', { role: 1 }]), '');
  });
});
