import { t } from '@vscode/l10n';
import { languages, window, type LogOutputChannel } from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  type LanguageClientOptions,
} from 'vscode-languageclient/node';
import { messageOf, RunsheetError } from '../../model/errors';
import { errorOf } from '../../protocol/engine-client';
import { connectToEngine, type EngineAddress } from '../../protocol/engine-launcher';
import type { NotificationDefinition, RequestDefinition } from '../../protocol/request';
import type { Ending } from '../lifetime';
import type { EngineSession } from './engine-session';
import { plainText } from '../plain-text';
import { UnsavedDocuments } from './unsaved-documents';

/** The server decides which of these are plans. */
const documents = [
  { scheme: 'file', language: 'markdown' },
  { scheme: 'file', language: 'json' },
  { scheme: 'file', language: 'jsonc' },
  { scheme: 'file', pattern: '**/runsheet.yml' },
  { scheme: 'file', pattern: '**/sprint-status.yaml' },
  { scheme: 'file', pattern: '**/{backlog,.backlog}/config.yml' },
  { scheme: 'file', pattern: '**/.beads/**/*.jsonl' },
  { scheme: 'file', pattern: '**/data/events/*.jsonl' },
  { scheme: 'file', pattern: '**/{build-progress,claude-progress*,app_spec*}.txt' },
];

/** Finds or starts the engine; the language client on its socket carries our own messages too. */
export async function openLanguageSession(
  address: EngineAddress,
  log: LogOutputChannel,
): Promise<EngineSession> {
  const { socket, welcome } = await connectToEngine(address);
  log.info(`Connected to engine ${welcome.engineId}, process ${welcome.pid}`);
  for (const notice of welcome.notices) void window.showWarningMessage(plainText(notice));
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  // The engine speaks only when spoken to, so that nothing is lost before the client listens.
  const stream = () => {
    socket.resume();
    return Promise.resolve({ reader: socket, writer: socket, detached: true });
  };
  const options: LanguageClientOptions = {
    documentSelector: documents,
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationFailedHandler: () => false,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => ({ action: CloseAction.DoNotRestart, handled: true }),
    },
  };
  const client = new LanguageClient('runsheet', 'Runsheet', stream, options);
  await client.start();
  const unsaved = new UnsavedDocuments(
    client,
    (document) => languages.match(documents, document) > 0,
  );
  return new LanguageSession(client, closed, unsaved, log);
}

class LanguageSession implements EngineSession {
  /** Rejects when the connection is over. */
  private readonly gone: Promise<never>;

  constructor(
    private readonly client: LanguageClient,
    readonly closed: Promise<void>,
    private readonly unsaved: Ending,
    private readonly log: LogOutputChannel,
  ) {
    this.gone = closed.then(() => {
      throw new RunsheetError('unavailable', t('The connection to the engine was lost.'));
    });
    this.gone.catch(() => undefined);
  }

  async request<P, R>(definition: RequestDefinition<P, R>, params: P): Promise<R> {
    try {
      const asked = this.client.sendRequest<unknown>(definition.method, params);
      return definition.result.parse(await Promise.race([this.gone, asked]));
    } catch (error) {
      throw errorOf(error);
    }
  }

  async notify<P>(definition: NotificationDefinition<P>, params: P): Promise<void> {
    await this.client.sendNotification(definition.method, params);
  }

  on<P>(definition: NotificationDefinition<P>, listener: (params: P) => void): Ending {
    return this.client.onNotification(definition.method, (raw: unknown) => {
      const parsed = definition.params.safeParse(raw);
      if (parsed.success) listener(parsed.data);
      else this.log.error(`${definition.method} was not understood: ${parsed.error.message}`);
    });
  }

  async dispose(): Promise<void> {
    this.unsaved.dispose();
    try {
      await this.client.dispose(1000);
    } catch (error) {
      // The engine may be gone already, or not answer any more.
      this.log.info(`The connection did not end in order: ${messageOf(error)}`);
    }
  }
}
