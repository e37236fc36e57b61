import { randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { version } from '../package.json';
import { createAgent } from './agents/agents';
import { AgentDetector } from './agents/detect';
import { followTreeWith, stopLeftovers } from './agents/process-tree';
import { systemProcesses } from './agents/system-processes';
import { ValidatorRunner } from './checks/runner';
import { RunsheetError } from './model/errors';
import { SystemClock, timestamp } from './platform/clock';
import { FileLog } from './platform/file-log';
import { NodeFiles } from './platform/files';
import { NodeHttp } from './platform/http';
import { once } from './platform/once';
import { NodeSpawn } from './platform/spawn';
import { PROTOCOL_VERSION } from './protocol/handshake';
import { databasePath } from './protocol/owner-lookup';
import { DetectedAgents } from './runs/agent-catalog';
import { createRuns } from './runs/create-runs';
import { keyFileOf, Origin } from './runs/origin';
import { SettingsReader } from './runs/settings-reader';
import { SpecDesk } from './runs/spec-desk';
import { agentViews } from './server/agent-views';
import { Door } from './server/door';
import { EditorDocuments } from './server/editor-documents';
import type { EngineContext } from './server/engine-context';
import { EngineServer } from './server/engine-server';
import { startLine } from './server/start-line';
import { ArtifactFiles } from './store/artifact-files';
import { prepareDatabaseFolder } from './store/database-folder';
import { acquireOwnership, type Ownership } from './store/owner-lock';
import { describeRecovery } from './store/recovery';
import { WorkerStore } from './store/worker-store';
import { Git } from './workspaces/git';
import { openRepository } from './workspaces/open-repository';
import { maskSecrets } from './model/secrets';

// The engine of one workspace: `engine.js --workspace DIR [--idle-ms N]`. It prints one line for
// whoever started it: `ready`, also when another engine is there already, or `failed <code> <message>`.
// Without clients and runs it ends after `--idle-ms` milliseconds, 30 seconds unless given.

const { values } = parseArgs({
  options: { workspace: { type: 'string' }, 'idle-ms': { type: 'string', default: '30000' } },
});
const workspace = realpathSync(values.workspace ?? process.cwd());
const database = databasePath(workspace);
const clock = new SystemClock();
const engineId = randomUUID();
const notices: string[] = [];

async function main(): Promise<void> {
  prepareDatabaseFolder(database);
  const log = new FileLog(join(workspace, '.runsheet', 'engine.log'), maskSecrets);
  const dieOf = (reason: string) => (error?: unknown) => {
    log.error(reason, error);
    process.exit(1);
  };
  // Whoever started it may be gone when it says that it is ready.
  process.stdout.on('error', () => undefined);
  process.on('uncaughtException', dieOf('the engine ends because of a bug'));
  const identity = { engineVersion: version, engineId, workspace };
  const door = new Door(log, () => {
    return { protocol: PROTOCOL_VERSION, pid: process.pid, notices, ...identity };
  });
  await door.listen();
  const onLost = dieOf('another engine has taken over the database; this one ends');
  const { endpoint, token } = door;
  const ownership = await acquireOwnership({
    databasePath: database,
    endpoint,
    token,
    clock,
    onLost,
  });
  if (ownership.kind === 'other') {
    await door.close();
    if (ownership.state !== 'alive') throw heldBy(ownership);
    process.stdout.write(startLine(null));
    process.exit(0);
  }
  try {
    await serve(ownership, door, log, onLost);
    process.stdout.write(startLine(null));
  } catch (error) {
    await ownership.release();
    await door.close();
    throw error;
  }
}

async function serve(
  ownership: Extract<Ownership, { kind: 'owner' }>,
  door: Door,
  log: FileLog,
  onOwnershipLost: () => void,
): Promise<void> {
  const files = new NodeFiles();
  const spawn = new NodeSpawn();
  const processes = systemProcesses(spawn, clock);
  const variables = process.env;
  const documents = new EditorDocuments();
  const settings = new SettingsReader(workspace, files, log);
  const detector = new AgentDetector(spawn, files, clock);
  const ownAgents = async () => (await settings.read()).agents;
  const catalog = new DetectedAgents(detector, variables, ownAgents);
  const git = new Git(spawn, variables);
  const store = await WorkerStore.open({
    settings: {
      databasePath: database,
      wasmFile: join(__dirname, 'sql-wasm.wasm'),
      appVersion: version,
      fence: ownership.fence,
    },
    program: { file: join(__dirname, 'store-worker.js') },
    clock,
    log,
    onRecovered: (recovery) => notices.push(describeRecovery(recovery)),
    onOwnershipLost,
  });
  const artifacts = new ArtifactFiles(join(workspace, '.runsheet', 'artifacts'));
  const effects = { spawn, files, clock, processes, environment: variables, log };
  const runs = await createRuns({
    ...{ workspace, engineId, store, artifacts, files, clock, log, settings, catalog, documents },
    random: Math.random,
    checks: new ValidatorRunner({
      ...effects,
      http: new NodeHttp(),
      followTree: followTreeWith(processes, clock),
    }),
    agentFor: (definition) => createAgent(definition, effects),
    stopLeftovers: async (recorded, marker) => {
      return { left: (await stopLeftovers(recorded, marker, processes, clock)).length };
    },
    origin: new Origin(workspace, keyFileOf(variables, homedir()), files, log),
    openRepository: once(() =>
      openRepository(workspace, { git, files, clock, log }, { worktreeParent: null }),
    ),
    variables,
  });
  const context: EngineContext = {
    ...{ workspace, engineId, store, clock, log, engineVersion: version, ...runs },
    runs: runs.service,
    startedAt: timestamp(clock),
    specs: new SpecDesk(store),
    readSettings: () => settings.read(),
    listAgents: (refresh) => agentViews(catalog, store, refresh),
    workspaceChecks: () => settings.current.checks,
    clients: () => server.clients,
    shutDown: () => void shutDown(),
  };
  const idleMs = Number(values['idle-ms']);
  const server = new EngineServer(context, documents, runs.executor, idleMs);
  let ending = false;
  const shutDown = async () => {
    if (ending) return;
    ending = true;
    log.info('the engine ends');
    door.refuse();
    server.close();
    await runs.executor.abandon();
    await store.close();
    await ownership.release();
    await door.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => void shutDown());
  server.open(door);
  log.info('the engine has started', { pid: process.pid, version, engineId });
}

function heldBy({ pid, state }: Extract<Ownership, { kind: 'other' }>): RunsheetError {
  const where = state === 'hung' ? 'does not answer' : 'runs on another machine or in a container';
  return new RunsheetError(
    'unavailable',
    `The database ${database} is in use by process ${pid}, which ${where}. End it, then try again.`,
  );
}

main().catch((error: unknown) => {
  process.stdout.write(startLine(error), () => process.exit(1));
});
