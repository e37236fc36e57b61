import { ndJsonStream, type Stream } from '@agentclientprotocol/sdk';
import type { Readable, Writable } from 'node:stream';
import { mostWaiting } from './read-chunks';
import type { EventQueue } from './event-queue';
import { TextLines } from './text-lines';

/** As long as the protocol library takes. */
const longestLine = 32 * 1024 * 1024;

/**
 * The protocol's messages over a program's pipes. Lines that are no messages go to `onOtherLines`
 * (agents let log lines slip out). While the host is behind, nothing is read.
 */
export function acpStream(
  stdin: Writable,
  stdout: Readable,
  events: EventQueue,
  onOtherLines: (lines: string[]) => void,
): Stream {
  const messages = messageLines(stdout, events, onOtherLines);
  const input = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await messages.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
  });
  // A failed write means that the agent is gone, which the end of its output tells as well.
  const output = new WritableStream<Uint8Array>({
    write: (chunk) => new Promise((resolve) => stdin.write(chunk, () => resolve())),
  });
  return ndJsonStream(output, input);
}

async function* messageLines(
  stdout: Readable,
  events: EventQueue,
  onOtherLines: (lines: string[]) => void,
): AsyncGenerator<Uint8Array, void> {
  const lines = new TextLines(longestLine);
  const isMessage = (line: string): boolean => line.trimStart().startsWith('{');
  const messagesOf = (read: string[]): string => {
    const others = read.filter((line) => !isMessage(line) && line.trim() !== '');
    if (others.length > 0) onOtherLines(others);
    return read
      .filter(isMessage)
      .map((line) => `${line}\n`)
      .join('');
  };
  for await (const chunk of stdout) {
    if (!(chunk instanceof Uint8Array)) continue;
    const text = messagesOf(lines.push(chunk));
    if (text !== '') yield Buffer.from(text);
    await events.room(mostWaiting);
  }
  const text = messagesOf(lines.end());
  if (text !== '') yield Buffer.from(text);
}
