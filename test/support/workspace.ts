import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Delta } from '../../src/protocol/views';
import { EngineClient } from '../../src/protocol/engine-client';
import {
  connectToEngine,
  connectToLivingEngine,
  type EngineAddress,
} from '../../src/protocol/engine-launcher';
import {
  approveCommands,
  changed,
  listRuns,
  openPlan,
  previewRun,
  startRun,
  stopEngine,
  subscribe,
} from '../../src/protocol/messages';
import { Mirror } from '../../src/protocol/mirror';
import { lookUpOwner } from '../../src/protocol/owner-lookup';
import { replayRun } from '../../src/protocol/replay-messages';
import { TestRepository } from './git-repository';
import { endProcess, processesMarked, type MarkedProcess } from './owned-process';

/** The built product; `npm test` builds it first. */
const dist = process.env['RUNSHEET_DIST'] ?? resolve(__dirname, '../../dist');

function product(name: string): string {
  const path = join(dist, name);
  if (existsSync(path)) return path;
  throw new Error(`${path} is missing: npm run build`);
}

export interface CliEnd {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A command line tool at work. */
export interface CliProcess {
  pid: number;
  /** What it has printed on stdout so far. */
  printed(): string;
  /** Stops reading what it prints. */
  closeOutput(): void;
  ended: Promise<CliEnd>;
}

/** A client that is connected, and the engine's state as it knows it. */
export interface Connected extends Disposable {
  client: EngineClient;
  mirror: Mirror;
  /** Resolves with what `look` gives as soon as that is something. */
  until<T>(what: string, look: (mirror: Mirror) => T | undefined | null | false): Promise<T>;
}

/** A git repository in a temporary folder, with the real engine and the real command line tool. */
export class Workspace {
  readonly repository = new TestRepository();
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the engine makes its socket; also the mark of all processes of this workspace. */
  readonly temporary = join(this.repository.folder, 'tmp');

  /** `folder` of the repository is what is opened; `files` are named from the repository's top. */
  constructor(
    files: Readonly<Record<string, string>> = {},
    private readonly folder = '',
  ) {
    this.root = join(this.repository.root, folder);
    mkdirSync(this.temporary);
    this.env = {
      ...process.env,
      ...this.repository.env,
      TMPDIR: this.temporary,
      RUNSHEET_RUN_ID: undefined,
    };
    this.repository.commit({ 'README.md': 'A workspace.\n', ...files });
  }

  get engineLog(): string {
    const path = join(this.root, '.runsheet/engine.log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  write(path: string, text: string): void {
    this.repository.write(join(this.folder, path), text);
  }

  address(identity: Partial<EngineAddress['identity']> = {}): EngineAddress {
    return {
      workspace: this.root,
      program: { node: process.execPath, script: product('engine.js'), env: this.env },
      identity: {
        client: { kind: 'test', version: '0.0.0', pid: process.pid },
        person: 'ada',
        trusted: true,
        run: null,
        ...identity,
      },
    };
  }

  /** Connects a client that follows plans, runs and needs; starts the engine where none lives. */
  async connect(identity: Partial<EngineAddress['identity']> = {}): Promise<Connected> {
    return follow(new EngineClient(await connectToEngine(this.address(identity))));
  }

  /** Connects without following anything. */
  async client(identity: Partial<EngineAddress['identity']> = {}): Promise<EngineClient> {
    return new EngineClient(await connectToEngine(this.address(identity)));
  }

  /** Approves what a plan would run and starts it; gives the execution's id. */
  async start(client: EngineClient, path: string, workers?: number): Promise<string> {
    const { plans } = await client.request(openPlan, { path });
    const planId = plans[0]?.id;
    if (planId === undefined) throw new Error(`${path} holds no plan`);
    const { commands } = await client.request(previewRun, { planId });
    await client.request(approveCommands, { planId, hashes: commands.map(({ hash }) => hash) });
    const settings = { acceptClaims: false, allowDirty: false };
    const wish = { planId, ...settings, ...(workers === undefined ? {} : { workers }) };
    return (await client.request(startRun, wish)).executionId;
  }

  /** Starts an engine as a launcher would; gives the line it prints and its exit, if it ends. */
  startEngine(args: readonly string[] = []): Promise<string> {
    const child = spawn(
      process.execPath,
      [product('engine.js'), '--workspace', this.root, ...args],
      { detached: true, env: this.env, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    return new Promise((done) => {
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (!output.includes('\n')) return;
        child.stdout.destroy();
        child.unref();
        done(output.trim());
      });
      child.once('close', () => done(output.trim()));
    });
  }

  /** Starts an engine and hears nothing of it any more. */
  abandonedEngine(): void {
    const args = [product('engine.js'), '--workspace', this.root];
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    const child = spawn(process.execPath, args, {
      detached: true,
      env: this.env,
      stdio: [...stdio],
    });
    child.stdout.destroy();
    child.unref();
  }

  cli(...args: string[]): Promise<CliEnd> {
    return this.startCli(args).ended;
  }

  startCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): CliProcess {
    const child = spawn(process.execPath, [product('cli.js'), ...args], {
      cwd: this.root,
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = new Promise<CliEnd>((done) =>
      child.once('close', (code) => done({ code, stdout, stderr })),
    );
    const closeOutput = (): void => void child.stdout.destroy();
    return { pid: child.pid ?? 0, printed: () => stdout, closeOutput, ended };
  }

  async enginePid(): Promise<number | null> {
    return (await lookUpOwner(this.root))?.pid ?? null;
  }

  /** Sockets of engines, of dead ones too. */
  sockets(): string[] {
    return readdirSync(this.temporary, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.sock'),
    );
  }

  /** Engines, agents and checks of this workspace, whoever their parents are. */
  processes(): MarkedProcess[] {
    return processesMarked('TMPDIR', this.temporary);
  }

  /** Ends the engine in order; nothing when none lives. */
  async stopEngine(): Promise<void> {
    const link = await connectToLivingEngine(this.address());
    if (link === null) return;
    using client = new EngineClient(link);
    await client.request(stopEngine, { force: true });
    await client.closed;
    await isGone(link.welcome.pid);
  }

  /** Every run tells by its events alone what the database holds; nothing when no engine lives. */
  async assertReplays(): Promise<void> {
    const link = await connectToLivingEngine(this.address());
    if (link === null) return;
    using client = new EngineClient(link);
    for (const { id, outcome } of (await client.request(listRuns, { limit: 1000 })).runs) {
      const { gaps, differences } = await client.request(replayRun, { runId: id });
      const found = { gaps, differences };
      assert.deepEqual(found, { gaps: [], differences: [] }, `run ${id}, ${outcome ?? 'live'}`);
    }
  }

  async dispose(): Promise<void> {
    try {
      await this.stopEngine();
    } finally {
      for (const { pid } of this.processes()) endProcess(pid);
      this.repository.dispose();
    }
  }
}

/** Does `work` in a new workspace, of which nothing is left afterwards. */
export async function inWorkspace(
  files: Readonly<Record<string, string>>,
  work: (workspace: Workspace) => Promise<void>,
  folder = '',
): Promise<void> {
  const workspace = new Workspace(files, folder);
  try {
    await work(workspace);
    await workspace.assertReplays();
  } finally {
    await workspace.dispose();
  }
}

/** Waits until `look` gives something else than undefined, null or false. */
export async function until<T>(
  what: string,
  look: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  patienceMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`not in ${patienceMs} ms: ${what}`);
    await delay(20);
  }
}

/** Waits until a process has ended. */
export async function isGone(pid: number): Promise<void> {
  await until(`process ${pid} is gone`, () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  });
}

async function follow(client: EngineClient): Promise<Connected> {
  const mirror = new Mirror();
  const listeners = new Set<() => void>();
  const take = (delta: Delta): void => {
    mirror.apply(delta);
    for (const listener of listeners) listener();
  };
  client.on(changed, take);
  take(await client.request(subscribe, { plans: true, needs: true, runs: 100, events: [] }));
  return {
    client,
    mirror,
    until: (what, look) =>
      new Promise((resolve, reject) => {
        const patience = setTimeout(() => end(new Error(`not in 30 s: ${what}`)), 30_000);
        const end = (error: Error | null): void => {
          clearTimeout(patience);
          listeners.delete(check);
          if (error !== null) reject(error);
        };
        const check = (): void => {
          const found = look(mirror);
          if (found === undefined || found === null || found === false) return;
          end(null);
          resolve(found);
        };
        listeners.add(check);
        void client.closed.then(() => end(new Error(`the engine went away before: ${what}`)));
        check();
      }),
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}
