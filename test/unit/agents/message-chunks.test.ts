import assert from 'node:assert/strict';
import { MessageChunks } from '../../../src/agents/message-chunks';
import { FakeClock } from '../../support/fake-clock';

function chunks(): { clock: FakeClock; chunks: MessageChunks; told: string[] } {
  const clock = new FakeClock();
  const told: string[] = [];
  const push = ({ role, text }: { role: string; text: string }): void => {
    told.push(`${role}: ${text}`);
  };
  return { clock, told, chunks: new MessageChunks(push, clock) };
}

describe('the fragments of a message', () => {
  it('become few events when they come quickly, and lose nothing', async () => {
    const { clock, chunks: message, told } = chunks();
    for (const part of ['One', ' ', 'tw', 'o ', 'thr', 'ee']) {
      message.add('assistant', part, null);
      await clock.pass(10);
    }
    assert.deepEqual(told, []);
    await clock.pass(150);
    assert.deepEqual(told, ['assistant: One two ', 'assistant: three']);
  });

  it('are cut between words while more keeps coming', async () => {
    const { clock, chunks: message, told } = chunks();
    message.add('assistant', 'the key is sk-', null);
    await clock.pass(60);
    message.add('assistant', 'secret', null);
    await clock.pass(60);
    assert.deepEqual(told, ['assistant: the key is ']);
    await clock.pass(100);
    assert.deepEqual(told, ['assistant: the key is ', 'assistant: sk-secret']);
  });

  it('are told before the other voice begins', () => {
    const { chunks: message, told } = chunks();
    message.add('thought', 'hm', null);
    message.add('assistant', 'yes', null);
    assert.deepEqual(told, ['thought: hm']);
  });

  it('of two messages are kept apart', () => {
    const { chunks: message, told } = chunks();
    message.add('assistant', 'One.', 'm1');
    message.add('assistant', 'Two.', 'm2');
    message.flush();
    assert.deepEqual(told, ['assistant: One.\n\nTwo.']);
  });

  it('leave no timer behind when everything has been told', () => {
    const { clock, chunks: message } = chunks();
    message.add('assistant', 'One.', null);
    message.flush();
    assert.equal(clock.waiting, 0);
  });

  it('are told at once when they are many', () => {
    const { chunks: message, told } = chunks();
    message.add('assistant', 'word '.repeat(2_000), null);
    assert.equal(told.length, 1);
  });
});
