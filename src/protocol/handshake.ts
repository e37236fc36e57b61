import type { Socket } from 'node:net';
import { z } from 'zod';
import { RunsheetError, errorCodeSchema } from '../model/errors';
import { helloPrefix } from '../model/owner-file';

/** Raised with every change that an older peer would misread. */
export const PROTOCOL_VERSION = 1;

/** The first line of a client; without it, or with a wrong token, nothing is served. */
export const helloSchema = z.object({
  protocol: z.int(),
  token: z.string(),
  client: z.object({
    kind: z.enum(['vscode', 'cli', 'test']),
    version: z.string(),
    pid: z.int(),
  }),
  /** Who sits at the client: a name, stored with decisions. */
  person: z.string().min(1).max(90),
  /** Whether the person trusts the workspace: without it, nothing is executed. */
  trusted: z.boolean(),
  /** The run that started this client, by its environment; such a client decides nothing. */
  run: z.string().nullable().default(null),
});
export type Hello = z.infer<typeof helloSchema>;

export const welcomeSchema = z.object({
  protocol: z.int(),
  engineVersion: z.string(),
  engineId: z.string(),
  pid: z.int(),
  workspace: z.string(),
  /** Things that a person should know about the start, e.g. a restored backup. */
  notices: z.array(z.string()),
});
export type Welcome = z.infer<typeof welcomeSchema>;

/** The engine's one-line answer; JSON-RPC follows a welcome, a refusal closes the connection. */
export const helloAnswerSchema = z.union([
  z.object({ welcome: welcomeSchema }),
  z.object({ refused: z.object({ code: errorCodeSchema, message: z.string() }) }),
]);

const longestLine = 64 * 1024;
/** An engine that has just started reads all plans, and ends what a dead one left, before it answers. */
const welcomePatienceMs = 60_000;

/** Reads one line and leaves the rest of the stream as it is, paused. */
export function readLine(socket: Socket, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const finish = (act: () => void) => {
      clearTimeout(timer);
      socket.off('data', onData).off('error', onError).off('close', onClose);
      socket.pause();
      act();
    };
    const fail = (message: string) => () => reject(new RunsheetError('unavailable', message));
    const onData = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf(0x0a);
      if (end >= 0) {
        const line = received.subarray(0, end).toString('utf8');
        const rest = received.subarray(end + 1);
        finish(() => {
          if (rest.length > 0) socket.unshift(rest);
          resolve(line);
        });
      } else if (received.length > longestLine)
        finish(fail('The other end does not speak Runsheet.'));
    };
    const onError = (error: Error) => finish(() => reject(error));
    const onClose = () => finish(fail('The connection was closed before it began.'));
    const timer = setTimeout(() => finish(fail('The other end does not answer.')), timeoutMs);
    socket.on('data', onData).on('error', onError).on('close', onClose);
    socket.resume();
  });
}

/**
 * Introduces a client on a fresh socket. Afterwards the socket speaks JSON-RPC.
 * @throws RunsheetError with the engine's refusal.
 */
export async function introduce(socket: Socket, hello: Hello): Promise<Welcome> {
  socket.write(`${helloPrefix}${JSON.stringify(hello)}\n`);
  const answer = helloAnswerSchema.parse(JSON.parse(await readLine(socket, welcomePatienceMs)));
  if ('welcome' in answer) return answer.welcome;
  throw new RunsheetError(answer.refused.code, answer.refused.message);
}
