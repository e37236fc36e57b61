import { mkdir, writeFile, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  createMessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import { helloPrefix, ownerDirectory, ownerFileName } from '../../src/model/owner-file';
import { helloSchema, PROTOCOL_VERSION, readLine, type Hello } from '../../src/protocol/handshake';
import { changed, subscribe } from '../../src/protocol/messages';
import { databasePath } from '../../src/protocol/owner-lookup';
import { deltaSchema, type Delta } from '../../src/protocol/views';

type Handler = (params: unknown) => unknown;

/** What a client asked for, in order. */
export interface Asked {
  method: string;
  params: unknown;
}

/**
 * Speaks the engine's protocol on a real socket and serves whatever state it is given, so that the
 * user interface can be driven into any state without agents.
 */
export class FakeEngine {
  readonly asked: Asked[] = [];
  readonly hellos: Hello[] = [];
  state: Delta = deltaSchema.parse({});
  private readonly handlers = new Map<string, Handler>();
  private readonly clients = new Set<{ socket: Socket; connection: MessageConnection }>();

  private constructor(
    private readonly workspace: string,
    private readonly endpoint: string,
    private readonly server: Server,
  ) {
    server.on('connection', (socket) => void this.serve(socket));
    this.on('initialize', () => ({ capabilities: {} }));
    this.on('shutdown', () => null);
    this.on(subscribe.method, () => this.state);
  }

  /** Listens, and says in the workspace that it owns the database. */
  static async start(workspace: string, generation = 1): Promise<FakeEngine> {
    const name = `runsheet-fake-${String(process.pid)}-${String(Date.now())}.sock`;
    const endpoint = join(tmpdir(), name);
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(endpoint, resolve);
    });
    const owner = ownerDirectory(databasePath(workspace));
    await mkdir(owner, { recursive: true });
    const record = {
      generation,
      realm: 'fake',
      host: 'fake',
      pid: process.pid,
      token: 'fake-engine-token',
      endpoint,
      acquiredAt: new Date().toISOString(),
    };
    await writeFile(join(owner, ownerFileName(generation)), JSON.stringify(record));
    return new FakeEngine(workspace, endpoint, server);
  }

  on(method: string, handler: Handler): void {
    this.handlers.set(method, handler);
  }

  /** Tells every client, and keeps the state for those that come later. */
  push(delta: Partial<Delta>): void {
    const whole = deltaSchema.parse(delta);
    this.state = merge(this.state, whole);
    for (const { connection } of this.clients)
      void connection.sendNotification(changed.method, whole);
  }

  /** The answer of a request that fails the way the engine's do. */
  static refusal(code: string, message: string, details: Record<string, unknown> = {}): Error {
    return new ResponseError(1, message, { code, details });
  }

  /** Dies without a word to its clients. */
  async stop(): Promise<void> {
    for (const { socket } of this.clients) socket.destroy();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    await rm(dirname(join(ownerDirectory(databasePath(this.workspace)), 'x')), {
      recursive: true,
      force: true,
    });
    await rm(this.endpoint, { force: true });
  }

  private async serve(socket: Socket): Promise<void> {
    socket.on('error', () => undefined);
    const line = await readLine(socket, 5000);
    const hello = helloSchema.parse(JSON.parse(line.slice(helloPrefix.length)));
    this.hellos.push(hello);
    const welcome = {
      protocol: PROTOCOL_VERSION,
      engineVersion: '0.0.0',
      engineId: 'fake',
      pid: process.pid,
      workspace: this.workspace,
      notices: [],
    };
    socket.write(`${JSON.stringify({ welcome })}\n`);
    const connection = createMessageConnection(
      new StreamMessageReader(socket),
      new StreamMessageWriter(socket),
    );
    connection.onRequest((method, params) => this.answer(method, params));
    connection.onNotification((method, params) => void this.asked.push({ method, params }));
    connection.listen();
    socket.resume();
    const client = { socket, connection };
    this.clients.add(client);
    socket.on('close', () => {
      this.clients.delete(client);
      connection.dispose();
    });
  }

  private async answer(method: string, params: unknown): Promise<unknown> {
    this.asked.push({ method, params });
    const handler = this.handlers.get(method);
    if (handler === undefined) return {};
    return handler(params);
  }
}

function merge(state: Delta, delta: Delta): Delta {
  const join = <T extends { id: string }>(old: T[], fresh: T[], removed: string[] = []): T[] => {
    const ids = new Set([...fresh.map((one) => one.id), ...removed]);
    return [...old.filter((one) => !ids.has(one.id)), ...fresh];
  };
  return {
    plans: join(state.plans, delta.plans, delta.removed.plans),
    subtasks: join(state.subtasks, delta.subtasks, delta.removed.subtasks),
    executions: join(state.executions, delta.executions),
    runs: join(state.runs, delta.runs),
    needs: join(state.needs, delta.needs, delta.removed.needs),
    events: [],
    removed: { plans: [], subtasks: [], needs: [] },
  };
}
