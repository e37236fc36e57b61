import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export interface OwnedProcessOptions {
  cwd?: string;
  /** The whole environment; ours when absent. */
  env?: NodeJS.ProcessEnv;
  /** Called with each piece of standard output and standard error as it arrives; `inherit` shows it on our own terminal. */
  output: 'inherit' | ((text: string) => void);
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const running = new Set<OwnedProcess>();

/**
 * A child that leads a process group of its own, so that ending it ends its children too.
 * Whatever is still running when this process ends, is ended with it.
 */
export class OwnedProcess {
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<Exit>;
  readonly pid: number;

  private constructor(child: ChildProcess, pid: number) {
    this.pid = pid;
    running.add(this);
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        running.delete(this);
        // Its last output may still be on the way; a process that left the group may hold the pipe for ever.
        const end = (): void => resolve({ code, signal });
        child.once('close', end);
        setTimeout(end, 1000).unref();
      });
    });
  }

  static async start(
    program: string,
    args: readonly string[],
    options: OwnedProcessOptions,
  ): Promise<OwnedProcess> {
    const { output } = options;
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: output === 'inherit' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    if (output !== 'inherit') {
      child.stdout?.setEncoding('utf8').on('data', output);
      child.stderr?.setEncoding('utf8').on('data', output);
    }
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    if (child.pid === undefined) throw new Error(`${program} has no process id`);
    return new OwnedProcess(child, child.pid);
  }

  signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal);
    } catch {
      // The group is gone.
    }
  }

  /** Asks the group to end, and ends what is left of it after `graceMs`. */
  async stop(graceMs = 3000): Promise<void> {
    this.signal('SIGTERM');
    const timer = new AbortController();
    await Promise.race([
      this.exited,
      delay(graceMs, undefined, { signal: timer.signal }).catch(() => undefined),
    ]);
    timer.abort();
    this.signal('SIGKILL');
    await this.exited;
  }
}

/** Runs a program to its end and returns what it printed. */
export async function runToEnd(
  program: string,
  args: readonly string[],
  options: Omit<OwnedProcessOptions, 'output'> = {},
): Promise<Exit & { output: string }> {
  let output = '';
  const child = await OwnedProcess.start(program, args, {
    ...options,
    output: (text) => (output += text),
  });
  return { ...(await child.exited), output };
}

process.on('exit', () => {
  for (const child of running) child.signal('SIGKILL');
});

/** Turns a signal into an ordinary end, so that what must happen at the end of this process happens. */
export function exitOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(130));
  }
}

export interface MarkedProcess {
  pid: number;
  command: string;
}

/**
 * The live processes whose environment holds `NAME=value`. Finds what left its parent and its process group, as a
 * detached engine does. Linux only; elsewhere the list is empty.
 */
export function processesMarked(name: string, value: string): MarkedProcess[] {
  if (process.platform !== 'linux') return [];
  const found: MarkedProcess[] = [];
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    try {
      const environment = readFileSync(`/proc/${entry}/environ`, 'utf8').split('\0');
      if (!environment.includes(`${name}=${value}`)) continue;
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      if (command !== '') found.push({ pid, command });
    } catch {
      // It ended while we looked, or belongs to someone else.
    }
  }
  return found;
}

export function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}
