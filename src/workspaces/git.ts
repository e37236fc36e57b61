import { messageOf, RunsheetError } from '../model/errors';
import { errorCode } from '../platform/files';
import type { ChildHandle, Spawn } from '../platform/spawn';
import { gitEnvironment, settingArguments } from './git-settings';

export interface GitOptions {
  /** Bytes for standard input. */
  input?: Uint8Array | string;
  /** Beside the environment that every call gets. */
  env?: Readonly<Record<string, string>>;
  /** Exit codes that are answers; others throw. `[0]` when absent. */
  accept?: readonly number[];
  /** Ends git when it is aborted; the call then throws. */
  signal?: AbortSignal | undefined;
}

export interface GitOutput {
  code: number;
  stdout: Buffer;
  stderr: string;
}

type Version = readonly [major: number, minor: number];
const oldest: Version = [2, 30];
const largestOutput = 256 * 1024 * 1024;

/** The git program, called with argument arrays. */
export class Git {
  private readonly env: Record<string, string>;
  private version: Promise<Version> | null = null;
  private known: Version = oldest;

  constructor(
    private readonly spawn: Spawn,
    env: Readonly<Record<string, string | undefined>>,
    private readonly program = 'git',
  ) {
    this.env = gitEnvironment(env);
  }

  /** @throws RunsheetError `unavailable` when git is missing or too old. */
  async checkVersion(cwd: string): Promise<void> {
    this.version ??= this.readVersion(cwd);
    try {
      this.known = await this.version;
    } catch (error) {
      // The person may install it without a restart of ours.
      this.version = null;
      throw error;
    }
  }

  /** Whether git is that new, as far as `checkVersion` has found out. */
  isAtLeast(major: number, minor: number): boolean {
    return this.known[0] > major || (this.known[0] === major && this.known[1] >= minor);
  }

  /**
   * @throws RunsheetError `unavailable` with git's own words when the exit code is no answer, or
   * when it was stopped.
   */
  async run(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<GitOutput> {
    const { signal } = options;
    if (isAborted(signal)) throw stopped(cwd, args);
    const child = await this.start(cwd, args, options);
    const stop = (): void => end(child.pid);
    signal?.addEventListener('abort', stop);
    child.stdin.end(options.input);
    const [status, stdout, stderr] = await Promise.all([
      child.exited,
      collect(child.stdout),
      collect(child.stderr),
    ]);
    signal?.removeEventListener('abort', stop);
    if (isAborted(signal)) throw stopped(cwd, args);
    const output = { code: status.code ?? -1, stdout, stderr: stderr.toString('utf8') };
    if (!(options.accept ?? [0]).includes(output.code)) throw failure(cwd, args, output);
    return output;
  }

  /** Standard output as text, without the newline at its end. */
  async text(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
    const { stdout } = await this.run(cwd, args, options);
    return stdout.toString('utf8').replace(/\n$/, '');
  }

  /** Whether git answers a yes-or-no question with exit code 0; 1 is no. */
  async asks(cwd: string, args: readonly string[]): Promise<boolean> {
    return (await this.run(cwd, args, { accept: [0, 1] })).code === 0;
  }

  private async start(
    cwd: string,
    args: readonly string[],
    options: GitOptions,
  ): Promise<ChildHandle> {
    try {
      return await this.spawn.start({
        program: this.program,
        args: [...settingArguments, ...args],
        cwd,
        env: { ...this.env, ...options.env },
      });
    } catch (error) {
      const missing = errorCode(error) === 'ENOENT';
      const reason = missing ? 'it was not found' : messageOf(error);
      throw new RunsheetError(
        'unavailable',
        `git could not be started in ${cwd}: ${reason}. Install git ${oldest.join('.')} or newer ` +
          `(https://git-scm.com) and put it on the PATH.`,
        { program: this.program, cwd },
      );
    }
  }

  private async readVersion(cwd: string): Promise<Version> {
    const text = await this.text(cwd, ['--version']);
    const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(text)?.slice(1) ?? []).map(Number);
    if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return [major, minor];
    throw new RunsheetError(
      'unavailable',
      `This git is too old (${text}). Install git ${oldest.join('.')} or newer: https://git-scm.com.`,
      { version: text },
    );
  }
}

async function collect(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    // Read on: a program whose pipe is full would never end.
    if (size <= largestOutput) chunks.push(chunk);
  }
  if (size <= largestOutput) return Buffer.concat(chunks);
  throw new RunsheetError('limit', `git's answer has ${size} bytes; ${largestOutput} can be read.`);
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

/** Git takes its locks away when it is asked to end; it leads a process group of its own. */
function end(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGTERM');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

function stopped(cwd: string, args: readonly string[]): RunsheetError {
  return new RunsheetError('unavailable', `git ${args[0] ?? ''} was stopped in ${cwd}.`, { args });
}

function failure(cwd: string, args: readonly string[], output: GitOutput): RunsheetError {
  const words = output.stderr.trim().split('\n').slice(-5).join('\n');
  return new RunsheetError(
    'unavailable',
    `git ${args[0] ?? ''} failed in ${cwd}: ${words === '' ? `exit code ${output.code}` : words}`,
    { args, exitCode: output.code, stderr: output.stderr },
  );
}

/** The parts of an answer made with `-z`. Bytes that are no UTF-8 become U+FFFD. */
export function splitNul(output: Buffer): string[] {
  return output.toString('utf8').split('\0').filter(Boolean);
}

/** Names a path for git and nothing else: no glob, no magic, from the top of the checkout. */
export function literalPath(path: string): string {
  return `:(top,literal)${path.replaceAll('\\', '/')}`;
}
