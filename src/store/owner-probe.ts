import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { probeLine } from '../model/owner-file';
import type { Clock } from '../platform/clock';
import { errorCode } from '../platform/files';

/** `hung`: somebody holds the endpoint but does not answer as the owner would. */
export type Liveness = 'alive' | 'dead' | 'hung';

const patience = 2000;

/** What the owner answers to the first bytes of a connection, if they are a probe. */
export function answerProbe(received: string | Uint8Array, token: string): string | null {
  const text = typeof received === 'string' ? received : Buffer.from(received).toString('latin1');
  return text.startsWith(probeLine) ? `${hashOf(token)}\n` : null;
}

/**
 * Asks the endpoint whether the owner with this token listens there. The system closes a process's
 * sockets when it dies, so this needs neither process ids, which are used again, nor timeouts.
 */
export function probe(endpoint: string, token: string, clock: Clock): Promise<Liveness> {
  return new Promise((resolve) => {
    const socket = connect(endpoint);
    const timer = clock.after(patience, () => finish('hung'));
    const finish = (result: Liveness): void => {
      timer[Symbol.dispose]();
      socket.destroy();
      resolve(result);
    };
    let answer = '';
    socket.setEncoding('latin1');
    socket.once('connect', () => socket.write(probeLine));
    socket.on('data', (chunk: string) => {
      answer += chunk;
      // Another answer means that the endpoint's name is another process's by now.
      if (answer.includes('\n')) finish(answer === `${hashOf(token)}\n` ? 'alive' : 'dead');
    });
    socket.once('error', (error) => finish(nobodyListens(error) ? 'dead' : 'hung'));
    socket.once('close', () => finish('hung'));
  });
}

function nobodyListens(error: Error): boolean {
  return ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].includes(errorCode(error) ?? '');
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
