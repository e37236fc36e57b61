import type { Clock } from '../platform/clock';
import type { Spawn } from '../platform/spawn';
import { captureOutput } from './capture-output';
import {
  markerVariable,
  sameProcess,
  type ProcessEntry,
  type ProcessTable,
  type ProcessSignal,
} from './process-table';

const columns = 'pid=,ppid=,pgid=,stat=,lstart=';

/** Asks `ps`, which macOS always has. It shows sessions as addresses, so groups stand for them. */
export class MacProcessTable implements ProcessTable {
  readonly canFreeze = true;

  constructor(
    private readonly spawn: Spawn,
    private readonly clock: Clock,
  ) {}

  async list(): Promise<ProcessEntry[]> {
    return parse(await this.ps(['-A', '-o', columns])).map((line) => line.entry);
  }

  async find(pid: number): Promise<ProcessEntry | null> {
    const [line] = parse(await this.ps(['-p', String(pid), '-o', columns]));
    return line?.entry ?? null;
  }

  async carrying(marker: string): Promise<ProcessEntry[]> {
    // `-E` prints the environment behind the command, for processes of the same person.
    const lines = parse(await this.ps(['-A', '-E', '-ww', '-o', `${columns},command=`]));
    const wanted = ` ${markerVariable}=${marker} `;
    return lines.filter((line) => ` ${line.rest} `.includes(wanted)).map((line) => line.entry);
  }

  async signal(entry: ProcessEntry, signal: ProcessSignal): Promise<boolean> {
    const current = await this.find(entry.pid);
    if (current === null || !sameProcess(current, entry)) return false;
    try {
      process.kill(entry.pid, signal);
      return true;
    } catch {
      return false;
    }
  }

  private async ps(args: string[]): Promise<string> {
    const command = { program: '/bin/ps', args, cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' } };
    return (await captureOutput(this.spawn, this.clock, command, 10_000))?.stdout ?? '';
  }
}

/** `lstart` is five words: `Mon Nov 16 09:12:33 2026`. */
const line = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s*(.*)$/;

function parse(output: string): { entry: ProcessEntry; rest: string }[] {
  return output.split('\n').flatMap((text) => {
    const [, pid, parent, group, state, startedAt, rest] = line.exec(text) ?? [];
    if (startedAt === undefined || state?.startsWith('Z') === true) return [];
    const entry = { pid: Number(pid), parent: Number(parent), session: Number(group), startedAt };
    return [{ entry, rest: rest ?? '' }];
  });
}
