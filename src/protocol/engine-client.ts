import {
  createMessageConnection,
  ResponseError,
  SocketMessageReader,
  SocketMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { errorCodeSchema, RunsheetError } from '../model/errors';
import type { EngineLink } from './engine-launcher';
import { errorDataSchema } from './messages';
import type { NotificationDefinition, RequestDefinition } from './request';

/** Turns a failed request back into the error that the engine meant. */
export function errorOf(error: unknown): unknown {
  if (!(error instanceof ResponseError)) return error;
  const data = errorDataSchema.safeParse(error.data);
  if (!data.success) return new RunsheetError('internal', error.message);
  const code = errorCodeSchema.catch('internal').parse(data.data.code);
  return new RunsheetError(code, error.message, data.data.details);
}

/** A client of the engine that is not an editor: the terminal, a test. */
export class EngineClient implements Disposable {
  private readonly connection: MessageConnection;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;

  constructor(readonly link: EngineLink) {
    const { socket } = link;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    this.connection = createMessageConnection(
      new SocketMessageReader(socket),
      new SocketMessageWriter(socket),
    );
    this.connection.listen();
    // The handshake left the socket paused.
    socket.resume();
  }

  /** @throws RunsheetError as the engine answered it, `unavailable` when it went away. */
  async request<P, R>(definition: RequestDefinition<P, R>, params: P): Promise<R> {
    const gone = this.closed.then(() => {
      throw new RunsheetError('unavailable', 'The connection to the engine was lost.');
    });
    gone.catch(() => undefined);
    try {
      const answer: unknown = await Promise.race([
        this.connection.sendRequest(definition.method, params),
        gone,
      ]);
      return definition.result.parse(answer);
    } catch (error) {
      throw errorOf(error);
    }
  }

  on<P>(definition: NotificationDefinition<P>, listener: (params: P) => void): void {
    this.connection.onNotification(definition.method, (params: unknown) => {
      const message = definition.params.safeParse(params);
      if (message.success) listener(message.data);
    });
  }

  [Symbol.dispose](): void {
    this.connection.dispose();
    this.link.socket.destroy();
  }
}
