import type { Socket } from 'node:net';
import { createConnection } from 'vscode-languageserver';
import {
  createProtocolConnection,
  ErrorCodes,
  ResponseError,
  SocketMessageReader,
  SocketMessageWriter,
  type Connection,
} from 'vscode-languageserver/node';
import { messageOf, RunsheetError } from '../model/errors';
import type { Log } from '../platform/log';
import type { Hello } from '../protocol/handshake';
import { changed, subscribe, trustChanged } from '../protocol/messages';
import type { Delta } from '../protocol/views';
import type { EngineContext } from './engine-context';
import { LanguageService } from './language-service';
import type { EditorDocuments } from './editor-documents';
import { paramsOf, type Caller } from './handler';
import { requestHandlers } from './requests';
import { Subscription } from './subscription';

/** One client: its requests, its subscription, and the language server for its documents. */
export class Session implements Disposable {
  private readonly connection: Connection;
  private readonly language: LanguageService;
  private readonly caller: Caller;
  private subscription: Subscription | null = null;
  private isClosing = false;

  constructor(
    socket: Socket,
    hello: Hello,
    private readonly context: EngineContext,
    documents: EditorDocuments,
    private readonly onTrusted: () => void,
    onClosed: (session: Session) => void,
  ) {
    this.caller = {
      actor: hello.run === null ? `person:${hello.person}` : `run:${hello.run}`,
      trusted: hello.trusted,
    };
    this.connection = connectionOn(socket, context.log);
    this.serveRequests();
    this.language = new LanguageService(
      this.connection,
      context,
      documents,
      () => this.caller.trusted,
    );
    // The socket's own event comes also when the client dies without a word.
    socket.once('close', () => {
      this[Symbol.dispose]();
      onClosed(this);
    });
    this.connection.listen();
    // The handshake left it paused, so that nothing was lost before somebody listened.
    socket.resume();
    if (hello.trusted) onTrusted();
  }

  /** Takes no more requests and tells nothing more; answers that are on their way still go out. */
  close(): void {
    this.isClosing = true;
    this.subscription?.[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.subscription?.[Symbol.dispose]();
    this.language[Symbol.dispose]();
    this.connection.dispose();
  }

  private serveRequests(): void {
    const { connection, context } = this;
    for (const handler of requestHandlers(context)) {
      connection.onRequest(handler.method, (params: unknown) =>
        this.answer(handler.method, () => handler.handle(params, this.caller)),
      );
    }
    connection.onRequest(subscribe.method, (params: unknown) =>
      this.answer(subscribe.method, () => this.subscribe(params)),
    );
    connection.onNotification(trustChanged.method, (params: unknown) => {
      const { success, data } = trustChanged.params.safeParse(params);
      this.caller.trusted = success && data.trusted;
      if (this.caller.trusted) this.onTrusted();
    });
  }

  private async subscribe(params: unknown): Promise<unknown> {
    const { context } = this;
    const wish = paramsOf(subscribe, params);
    this.subscription?.[Symbol.dispose]();
    this.subscription = new Subscription(wish, context, (delta) => this.tell(delta));
    await context.state.settled();
    await context.desks.open.settled();
    return this.subscription.first();
  }

  /** A client may be gone before its `close` has come: then nobody misses the message. */
  private tell(delta: Delta): void {
    this.connection.sendNotification(changed.method, delta).catch(() => undefined);
  }

  /** Errors leave as a code with details; a bug is logged and told without its stack. */
  private async answer(method: string, act: () => Promise<unknown>): Promise<unknown> {
    try {
      if (this.isClosing) throw new RunsheetError('unavailable', 'The engine is about to end.');
      return await act();
    } catch (error) {
      if (RunsheetError.is(error)) {
        return new ResponseError(ErrorCodes.InvalidRequest, error.message, {
          code: error.code,
          details: error.details,
        });
      }
      this.context.log.error(`${method} failed`, error);
      const message = `Something went wrong inside Runsheet: ${messageOf(error)}. See .runsheet/engine.log.`;
      return new ResponseError(ErrorCodes.InternalError, message, {
        code: 'internal',
        details: {},
      });
    }
  }
}

function connectionOn(socket: Socket, log: Log): Connection {
  const watchDog = {
    shutdownReceived: false,
    // The protocol has a server end with its client; this one serves others, too.
    initialize: () => undefined,
    exit: () => socket.end(),
  };
  // The library would tell its troubles to the client; one that left while its request was being
  // answered is such a trouble, and cannot be told.
  const logger = {
    error: (message: string) => log.warn(message),
    warn: (message: string) => log.warn(message),
    info: (message: string) => log.info(message),
    log: (message: string) => log.info(message),
  };
  return createConnection(
    () =>
      createProtocolConnection(
        new SocketMessageReader(socket),
        new SocketMessageWriter(socket),
        logger,
      ),
    watchDog,
  );
}
