import type { Clock } from '../platform/clock';
import type { ChildHandle, CommandLine, ExitStatus, Spawn } from '../platform/spawn';
import { within } from './waiting';

export interface CapturedOutput {
  exit: ExitStatus;
  stdout: string;
  stderr: string;
}

const largest = 16 * 1024 * 1024;

/**
 * Runs a short helper program to its end, without input. `null` when it cannot be started or takes
 * longer than `limitMs`; then it is killed.
 */
export async function captureOutput(
  spawn: Spawn,
  clock: Clock,
  command: CommandLine,
  limitMs: number,
): Promise<CapturedOutput | null> {
  let child: ChildHandle;
  try {
    child = await spawn.start(command);
  } catch {
    return null;
  }
  child.stdin.end();
  const whole = Promise.all([child.exited, text(child.stdout), text(child.stderr)]);
  const result = await within(clock, limitMs, whole);
  if (result !== null) return { exit: result[0], stdout: result[1], stderr: result[2] };
  whole.catch(() => undefined);
  kill(child.pid);
  child.stdout.destroy();
  child.stderr.destroy();
  return null;
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= largest) chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function kill(pid: number): void {
  try {
    // The child leads a group of its own, except on Windows.
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}
