import { openAiCompletions } from './scripted-model-completions';
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

const dialects = [anthropicMessages, openAiResponses, openAiCompletions, gemini];

/** The provider does not let the model answer. */
export interface ModelFailure {
  kind: 'fail';
  /** 401, 429, 529 … */
  status: number;
  message: string;
}

/** Decides what the model does next. */
export type ModelScript = (request: ModelRequest) => ModelAction | ModelFailure;

/** Does one thing after the other, then says that it is done. */
export function inTurn(...actions: ModelAction[]): ModelScript {
  return ({ step }) => actions[step] ?? { kind: 'say', text: 'All done.' };
}

/** Does one thing, then says that it is done. */
export function once(action: ModelAction): ModelScript {
  return inTurn(action);
}

/**
 * A model service on the loopback whose answers a script decides. It speaks Anthropic Messages,
 * OpenAI Responses, OpenAI Chat Completions and Gemini, so that real agents can be run without their vendors.
 */
export class ScriptedModel {
  /** The work that was asked for, in order; questions on the side are left out. */
  readonly requests: ModelRequest[] = [];
  /** Requests that no dialect understands, for the message of a failing test. */
  readonly strange: string[] = [];

  private port = 0;

  private constructor(
    private readonly server: Server,
    public script: ModelScript,
  ) {}

  static async start(script: ModelScript): Promise<ScriptedModel> {
    const server = createServer();
    const model = new ScriptedModel(server, script);
    server.on('request', (request, response) => {
      void bodyOf(request).then((body) => {
        const { status = 200, contentType, body: answer } = model.answer(request.url ?? '', body);
        // Agents would try again for minutes.
        const headers = { 'content-type': contentType, 'x-should-retry': 'false' };
        response.writeHead(status, headers).end(answer);
      });
    });
    await model.reopen();
    return model;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Answers again, under the same address, after `close`. */
  async reopen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(path: string, text: string): ModelReply & { status?: number } {
    if (text === '') return { contentType: 'application/json', body: '{"data":[],"models":[]}' };
    const dialect = dialects.find((candidate) => candidate.matches(path));
    if (dialect === undefined) {
      this.strange.push(path);
      return failure(404, 'not scripted');
    }
    const body: unknown = JSON.parse(text);
    const request = dialect.read(body, path);
    if (request.aside) return dialect.reply({ kind: 'say', text: 'ok' }, request, body);
    this.requests.push(request);
    const action = this.script(request);
    if (action.kind === 'fail') return failure(action.status, action.message);
    return dialect.reply(action, request, body);
  }
}

/** In the words of all of them. */
function failure(status: number, message: string): ModelReply & { status: number } {
  const error = { type: 'error', code: status, message, status: String(status) };
  const body = JSON.stringify({ type: 'error', error });
  return { status, contentType: 'application/json', body };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
