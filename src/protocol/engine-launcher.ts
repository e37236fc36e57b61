import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCodeSchema, RunsheetError, messageOf } from '../model/errors';
import { introduce, PROTOCOL_VERSION, type Hello, type Welcome } from './handshake';
import { lookUpOwner } from './owner-lookup';

/** How the engine's program is started. */
export interface EngineProgram {
  /** A Node program: VS Code's own with `ELECTRON_RUN_AS_NODE`, or `process.execPath`. */
  node: string;
  /** Absolute path of `dist/engine.js`. */
  script: string;
  env: Readonly<Record<string, string | undefined>>;
}

export interface EngineAddress {
  /** Absolute. */
  workspace: string;
  program: EngineProgram;
  identity: Omit<Hello, 'protocol' | 'token'>;
}

export interface EngineLink {
  /** Speaks JSON-RPC from here on. */
  socket: Socket;
  welcome: Welcome;
}

const attempts = 5;
/** Doubled with each attempt. */
const firstPauseMs = 200;

/**
 * Connects to the workspace's engine, and starts one when none lives. Any number of clients may do
 * so at the same instant: the engines settle among themselves which one stays.
 */
export async function connectToEngine(address: EngineAddress): Promise<EngineLink> {
  let last: unknown = null;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    try {
      const link = await connectToLivingEngine(address);
      if (link !== null) return link;
    } catch (error) {
      if (RunsheetError.is(error) && error.code !== 'unavailable') throw error;
      last = error;
      // One that is about to end still has to end its runs.
      await delay(firstPauseMs * 2 ** attempt);
    }
    last = (await startEngine(address)) ?? last;
  }
  throw new RunsheetError(
    'unavailable',
    `The Runsheet engine could not be reached: ${messageOf(last)}. Its log is .runsheet/engine.log.`,
  );
}

/** `null` when no engine lives. */
export async function connectToLivingEngine(
  address: Pick<EngineAddress, 'workspace' | 'identity'>,
): Promise<EngineLink | null> {
  const owner = await lookUpOwner(address.workspace);
  if (owner === null) return null;
  const socket = await openSocket(owner.endpoint);
  if (socket === null) return null;
  try {
    const hello = { protocol: PROTOCOL_VERSION, token: owner.token, ...address.identity };
    return { socket, welcome: await introduce(socket, hello) };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function openSocket(endpoint: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(endpoint);
    socket.once('error', () => resolve(null));
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      // Later errors are followed by `close`, which every owner of the socket listens to.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

/**
 * Starts an engine, detached so that it outlives this process. It prints one line when it can be
 * connected to: `ready`, also when it found another engine alive, or `failed <code> <message>`.
 * @returns why it ended without a word, if it did: another start may do better.
 * @throws RunsheetError what it said.
 */
function startEngine({ workspace, program }: EngineAddress): Promise<RunsheetError | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(program.node, [program.script, '--workspace', workspace], {
      detached: true,
      windowsHide: true,
      cwd: workspace,
      // An engine that an agent's program starts is no part of that agent's run, and outlives it.
      env: { ...program.env, ELECTRON_RUN_AS_NODE: '1', RUNSHEET_RUN_ID: undefined },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    const finish = (act: () => void) => {
      child.stdout.removeAllListeners();
      child.stdout.destroy();
      child.removeAllListeners();
      child.unref();
      act();
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (!output.includes('\n')) return;
      if (output.startsWith('ready')) finish(() => resolve(null));
      else finish(() => reject(refusal(output)));
    });
    child.once('error', (error) => {
      finish(() => reject(new RunsheetError('unavailable', error.message)));
    });
    child.once('close', (code, signal) => {
      const how = signal ?? `exit code ${String(code)}`;
      const ended = `It ended at once (${how}).`;
      finish(() => resolve(new RunsheetError('unavailable', ended)));
    });
  });
}

/** `failed CODE message`, as an error. */
function refusal(line: string): RunsheetError {
  const [, code = '', message = line.trim()] = /^failed (\S+) (.*)/.exec(line.trim()) ?? [];
  return new RunsheetError(errorCodeSchema.catch('unavailable').parse(code), message);
}
