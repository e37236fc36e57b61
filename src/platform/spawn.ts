import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** A program to start: an argument array, never a shell string. */
export interface CommandLine {
  /** Program name or absolute path. */
  program: string;
  args: readonly string[];
  /** Absolute. */
  cwd: string;
  /** The whole environment of the child; nothing is inherited. */
  env: Readonly<Record<string, string>>;
  /** On Windows: the arguments are joined as they are, without quotes of ours. */
  verbatim?: boolean;
}

export interface ExitStatus {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A started child, leader of its own process group. */
export interface ChildHandle {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the process has ended; a child of its own may still hold its pipes. Never rejects. */
  readonly ended: Promise<ExitStatus>;
  /** Resolves when the process has ended and its pipes are closed. Never rejects. */
  readonly exited: Promise<ExitStatus>;
}

export interface Spawn {
  /** Rejects with the system's error (`ENOENT`, `EACCES`, …) when the program cannot be started. */
  start(command: CommandLine): Promise<ChildHandle>;
}

export class NodeSpawn implements Spawn {
  async start(command: CommandLine): Promise<ChildHandle> {
    const child = spawn(command.program, command.args, {
      cwd: command.cwd,
      env: command.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
      windowsVerbatimArguments: command.verbatim ?? false,
    });
    // A child that ends before reading its input would otherwise crash us with EPIPE.
    child.stdin.on('error', () => undefined);
    const ended = new Promise<ExitStatus>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    const exited = new Promise<ExitStatus>((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    const pid = await started(child);
    return { pid, stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, exited };
  }
}

function started(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      if (child.pid === undefined) reject(new Error('the process has no id'));
      else resolve(child.pid);
    });
  });
}
