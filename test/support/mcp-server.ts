import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { McpServer } from '../../src/agents/agent';

const requestSchema = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string(),
  params: z.looseObject({}).optional(),
});

/** The versions of the protocol that agents speak to it. */
const versions = ['2025-11-25', '2025-06-18', '2025-03-26'];

const tool = {
  name: 'take_note',
  description: 'Takes a note.',
  inputSchema: {
    type: 'object',
    properties: { text: { type: 'string' } },
    required: ['text'],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  // Claude Code hides the tools of servers behind a search of its own else.
  _meta: { 'anthropic/alwaysLoad': true },
};

/** A server of the Model Context Protocol over HTTP on the loopback, with one tool: `take_note`. */
export class TestMcpServer {
  /** What was noted, in order. */
  readonly notes: unknown[] = [];
  /** The methods that were called, and what was refused. */
  readonly calls: string[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TestMcpServer> {
    const server = createServer();
    const mcp = new TestMcpServer(server);
    server.on('request', (request, response) => {
      void mcp.answer(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(body === null ? undefined : JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return mcp;
  }

  get address(): McpServer {
    const { port } = this.server.address() as AddressInfo;
    return { name: 'notes', url: `http://127.0.0.1:${port}/mcp`, token: 'secret-of-the-run' };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) if (chunk instanceof Uint8Array) chunks.push(chunk);
    if (request.headers.authorization !== `Bearer ${this.address.token}`) {
      this.calls.push('unauthorised');
      return { status: 401, body: null };
    }
    // No stream of the server's own, and no sessions to end.
    if (request.method !== 'POST') return { status: 405, body: null };
    const text = Buffer.concat(chunks).toString('utf8');
    const { id, method, params } = requestSchema.parse(JSON.parse(text));
    this.calls.push(method);
    if (id === undefined) return { status: 202, body: null };
    const result = this.call(method, params ?? {});
    const error = { code: -32601, message: `There is no ${method}.` };
    const answer = result === null ? { error } : { result };
    return { status: 200, body: { jsonrpc: '2.0', id, ...answer } };
  }

  private call(method: string, params: Record<string, unknown>): unknown {
    switch (method) {
      case 'initialize': {
        const wanted = params['protocolVersion'];
        const protocolVersion = versions.find((version) => version === wanted) ?? versions[0];
        const serverInfo = { name: 'notes', version: '1.0.0' };
        return { protocolVersion, capabilities: { tools: {} }, serverInfo };
      }
      case 'ping':
        return {};
      case 'tools/list':
        return { tools: [tool] };
      case 'tools/call': {
        this.notes.push(params['arguments']);
        return { content: [{ type: 'text', text: 'Noted.' }], isError: false };
      }
      default:
        return null;
    }
  }
}
