import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  anthropicMessages,
  gemini,
  openAiResponses,
  type ModelAction,
  type ModelReply,
  type ModelRequest,
} from './scripted-model-dialects';

const dialects = [anthropicMessages, openAiResponses, gemini];

/** Decides what the model does next. */
export type ModelScript = (request: ModelRequest) => ModelAction;

/** Does one thing, then says that it is done. */
export function once(action: ModelAction): ModelScript {
  return ({ step }) => (step === 0 ? action : { kind: 'say', text: 'All done.' });
}

/**
 * A model service on the loopback whose answers a script decides. It speaks Anthropic Messages,
 * OpenAI Responses and Gemini, so that real agents can be run without their vendors.
 */
export class ScriptedModel {
  /** The work that was asked for, in order; questions on the side are left out. */
  readonly requests: ModelRequest[] = [];
  /** Requests that no dialect understands, for the message of a failing test. */
  readonly strange: string[] = [];

  private constructor(
    private readonly server: Server,
    public script: ModelScript,
  ) {}

  static async start(script: ModelScript): Promise<ScriptedModel> {
    const server = createServer();
    const model = new ScriptedModel(server, script);
    server.on('request', (request, response) => {
      void bodyOf(request).then((body) => {
        const reply = model.answer(request.url ?? '', body);
        response.writeHead(reply === null ? 404 : 200, {
          'content-type': reply?.contentType ?? 'application/json',
        });
        response.end(reply?.body ?? '{"error":{"message":"not scripted"}}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return model;
  }

  get url(): string {
    const address = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(path: string, text: string): ModelReply | null {
    if (text === '') return { contentType: 'application/json', body: '{"data":[],"models":[]}' };
    const dialect = dialects.find((candidate) => candidate.matches(path));
    if (dialect === undefined) {
      this.strange.push(path);
      return null;
    }
    const body: unknown = JSON.parse(text);
    const request = dialect.read(body, path);
    if (request.aside) return dialect.reply({ kind: 'say', text: 'ok' }, request, body);
    this.requests.push(request);
    return dialect.reply(this.script(request), request, body);
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
