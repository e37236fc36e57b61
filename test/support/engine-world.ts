import { once } from 'node:events';
import { connect } from 'node:net';
import type { AgentView } from '../../src/protocol/views';
import { EngineClient } from '../../src/protocol/engine-client';
import type { EngineLink } from '../../src/protocol/engine-launcher';
import { introduce, PROTOCOL_VERSION, type Hello } from '../../src/protocol/handshake';
import { NodeFiles } from '../../src/platform/files';
import { silentLog } from '../../src/platform/log';
import { SettingsReader } from '../../src/runs/settings-reader';
import { SpecDesk } from '../../src/runs/spec-desk';
import { Door } from '../../src/server/door';
import { EditorDocuments } from '../../src/server/editor-documents';
import type { EngineContext } from '../../src/server/engine-context';
import { EngineServer } from '../../src/server/engine-server';
import { RunsWorld } from './runs-world';

const agents: AgentView[] = ['command', 'fake'].map((key) => ({
  ...{ key, displayName: key, version: null, installed: true, state: 'ok' as const, reason: null },
  ...{ failures: 0, retryAt: null },
}));

/** The engine's doors in this process, in front of a runs room whose effects are fakes. */
export class EngineWorld {
  ended = false;
  listAgents: () => Promise<AgentView[]> = () => Promise.resolve(agents);
  private readonly door: Door;
  private readonly server: EngineServer;

  private constructor(readonly world: RunsWorld) {
    const { workspace, store, clock, room } = world;
    const identity = { engineVersion: '1', engineId: 'e', workspace };
    this.door = new Door(silentLog, () => {
      return { protocol: PROTOCOL_VERSION, pid: process.pid, notices: [], ...identity };
    });
    const context: EngineContext = {
      ...{ ...identity, store, clock, log: world.log, ...room, runs: room.service },
      startedAt: new Date(clock.now()).toISOString(),
      specs: new SpecDesk(store),
      readSettings: () => new SettingsReader(workspace, new NodeFiles(), world.log).read(),
      listAgents: () => this.listAgents(),
      workspaceChecks: () => [],
      clients: () => this.server.clients,
      shutDown: () => (this.ended = true),
    };
    this.server = new EngineServer(context, new EditorDocuments(), room.executor, 30_000);
  }

  static with(
    files: Readonly<Record<string, string>>,
    work: (engine: EngineWorld) => Promise<void>,
  ): Promise<void> {
    return RunsWorld.with(files, async (world) => {
      const engine = new EngineWorld(world);
      await engine.door.listen();
      engine.server.open(engine.door);
      // A person who trusts the workspace was there before.
      await world.room.service.resume();
      try {
        await work(engine);
      } finally {
        engine.server.close();
        await engine.door.close();
      }
    });
  }

  /** Lets time pass until the work has ended: changes are told to clients after a moment. */
  async passing<T>(work: Promise<T>): Promise<T> {
    const state = { isOver: false };
    const over = work.finally(() => (state.isOver = true));
    over.catch(() => undefined);
    while (!state.isOver) await this.world.clock.pass(10);
    return over;
  }

  get clients(): number {
    return this.server.clients;
  }

  /** A client on a socket of its own; a trusting person's unless it is said otherwise. */
  async connect(values: Partial<Hello> = {}): Promise<EngineClient> {
    return new EngineClient(await this.link(values));
  }

  /** The socket of a client that was let in, before anything is said on it. */
  async link(values: Partial<Hello> = {}): Promise<EngineLink> {
    const socket = connect(this.door.endpoint);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    const welcome = await introduce(socket, {
      ...{ protocol: PROTOCOL_VERSION, token: this.door.token, person: 'ada' },
      ...{ trusted: true, run: null, client: { kind: 'test', version: '1', pid: process.pid } },
      ...values,
    });
    return { socket, welcome };
  }
}
