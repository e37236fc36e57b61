import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf, RunsheetError, type ErrorCode } from '../model/errors';
import { helloPrefix } from '../model/owner-file';
import { errorCode } from '../platform/files';
import type { Log } from '../platform/log';
import {
  helloSchema,
  PROTOCOL_VERSION,
  readLine,
  type Hello,
  type Welcome,
} from '../protocol/handshake';
import { answerProbe } from '../store/owner-probe';

const helloPatienceMs = 10_000;
/** How long a client may take to read the last words. */
const farewellMs = 1000;
const deadAfterMs = 60_000;

/** Takes a client in whose hello was right; the socket speaks JSON-RPC from here on. */
export type Admit = (socket: Socket, hello: Hello) => void;

/**
 * The engine's local socket. Others on the machine cannot reach it (a folder of mode 0700, or a
 * pipe's access list), and whoever does must name the token of the owner file first.
 */
export class Door {
  readonly token = randomBytes(32).toString('hex');
  readonly endpoint = newEndpoint();
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private admit: Admit | null = null;
  private waiting: (() => void)[] = [];
  private isEnding = false;

  constructor(
    private readonly log: Log,
    private readonly welcome: () => Welcome,
  ) {
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      void this.greet(socket);
    });
  }

  /** Answers probes at once; clients wait until `open`. */
  async listen(): Promise<void> {
    if (process.platform !== 'win32') await makePrivateFolder(dirname(this.endpoint));
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.endpoint, resolve);
    });
    if (process.platform === 'win32') return;
    removeDeadSockets(dirname(this.endpoint)).catch((error: unknown) => {
      this.log.warn('a dead socket could not be removed', { reason: messageOf(error) });
    });
  }

  open(admit: Admit): void {
    this.admit = admit;
    for (const wake of this.waiting.splice(0)) wake();
  }

  /** Sends new clients away; probes are answered as long as the engine lives. */
  refuse(): void {
    this.isEnding = true;
  }

  /** What was written before still arrives. */
  async close(): Promise<void> {
    for (const socket of this.sockets) {
      socket.destroySoon();
      setTimeout(() => socket.destroy(), farewellMs).unref();
    }
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
    if (process.platform !== 'win32') await rm(this.endpoint, { force: true });
  }

  private async greet(socket: Socket): Promise<void> {
    try {
      const line = await readLine(socket, helloPatienceMs);
      const probe = answerProbe(`${line}\n`, this.token);
      if (probe !== null) {
        socket.end(probe);
        return;
      }
      const known = this.recognise(line);
      if ('refused' in known) {
        socket.end(`${JSON.stringify(known)}\n`);
        return;
      }
      const { hello } = known;
      await this.untilOpen();
      if (this.isEnding) {
        socket.end(`${JSON.stringify(ending)}\n`);
        return;
      }
      // Who has left in the meantime would never be noticed to have left.
      if (socket.destroyed) return;
      socket.write(`${JSON.stringify({ welcome: this.welcome() })}\n`);
      this.admit?.(socket, hello);
    } catch (error) {
      this.log.warn('a connection was not accepted', { reason: messageOf(error) });
      socket.destroy();
    }
  }

  /** The token is asked for before anything is told, the protocol before its words are read. */
  private recognise(line: string): { hello: Hello } | Refusal {
    if (!line.startsWith(helloPrefix))
      return forbidden('This is a Runsheet engine; it expects a hello.');
    const said = jsonOf(line.slice(helloPrefix.length));
    const key = keySchema.safeParse(said);
    if (!key.success) return forbidden(`The hello was not understood: ${key.error.message}`);
    if (!sameToken(key.data.token, this.token)) return forbidden('The token is wrong.');
    if (key.data.protocol !== PROTOCOL_VERSION) return otherVersion(key.data.protocol);
    const hello = helloSchema.safeParse(said);
    if (hello.success) return { hello: hello.data };
    return forbidden(`The hello was not understood: ${hello.error.message}`);
  }

  private untilOpen(): Promise<void> {
    if (this.admit !== null) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/** The folder's name can be foretold, so somebody else may have made it first: then it is refused. */
async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid } = await lstat(folder);
  if (uid !== userInfo().uid) {
    throw new RunsheetError(
      'unavailable',
      `${folder} belongs to another user. Set TMPDIR to a folder of your own.`,
    );
  }
  await chmod(folder, 0o700);
}

/** An engine that was killed leaves its socket. One that has just been made may not listen yet. */
async function removeDeadSockets(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const age = Date.now() - (await lstat(path).then(({ mtimeMs }) => mtimeMs, Date.now));
    if (age < deadAfterMs || !name.endsWith('.sock') || !(await isRefused(path))) continue;
    await rm(path, { force: true });
  }
}

function isRefused(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(endpoint);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error) => resolve(errorCode(error) === 'ECONNREFUSED'));
  });
}

const ending: Refusal = {
  refused: {
    code: 'unavailable',
    message: 'The engine is about to end. Try again in a moment.',
  },
};

interface Refusal {
  refused: { code: ErrorCode; message: string };
}

/** What every hello has, whatever its protocol. */
const keySchema = helloSchema.pick({ protocol: true, token: true });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function forbidden(message: string): Refusal {
  return { refused: { code: 'forbidden', message } };
}

function otherVersion(theirs: number): Refusal {
  const way =
    theirs < PROTOCOL_VERSION ? 'Update the client' : 'Stop the engine with `runsheet engine stop`';
  const message = `The running engine speaks protocol ${PROTOCOL_VERSION}, this client ${theirs}. ${way}, then try again.`;
  return { refused: { code: 'protocol_mismatch', message } };
}

/** Compares in constant time, whatever the lengths. */
function sameToken(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

function newEndpoint(): string {
  const name = randomBytes(8).toString('hex');
  if (process.platform === 'win32') return `\\\\.\\pipe\\runsheet-${name}`;
  const { uid } = userInfo();
  return join(tmpdir(), `runsheet-${uid}`, `${name}.sock`);
}
