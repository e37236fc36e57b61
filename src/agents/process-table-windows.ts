import { z } from 'zod';
import type { Clock } from '../platform/clock';
import type { Spawn } from '../platform/spawn';
import { captureOutput } from './capture-output';
import {
  sameProcess,
  type ProcessEntry,
  type ProcessSignal,
  type ProcessTable,
} from './process-table';

const script = [
  '$ErrorActionPreference = "Stop"',
  'ConvertTo-Json -Compress -InputObject @(Get-CimInstance Win32_Process | ForEach-Object {',
  '@{ pid = $_.ProcessId; parent = $_.ParentProcessId; session = 0;',
  'startedAt = "$($_.CreationDate.ToUniversalTime().Ticks)" } })',
].join(' ');

const listSchema = z.array(
  z.object({ pid: z.int(), parent: z.int(), session: z.literal(0), startedAt: z.string() }),
);

/**
 * Asks PowerShell and ends with `taskkill`. Windows has no gentle signal, hides environments, and
 * offers programs no way to freeze others.
 */
export class WindowsProcessTable implements ProcessTable {
  readonly canFreeze = false;

  constructor(
    private readonly spawn: Spawn,
    private readonly clock: Clock,
  ) {}

  async list(): Promise<ProcessEntry[]> {
    const output = await this.run('powershell.exe', ['-NoProfile', '-Command', script]);
    const entries = listSchema.safeParse(parseJson(output)).data ?? [];
    // A parent's id may have been used again: a child is never older than its parent.
    const started = new Map(entries.map((entry) => [entry.pid, BigInt(entry.startedAt)]));
    return entries.map((entry) => {
      const parentStarted = started.get(entry.parent);
      const orphan = parentStarted === undefined || parentStarted > BigInt(entry.startedAt);
      return { ...entry, parent: orphan ? -1 : entry.parent, session: -1 };
    });
  }

  async find(pid: number): Promise<ProcessEntry | null> {
    return (await this.list()).find((entry) => entry.pid === pid) ?? null;
  }

  carrying(): Promise<ProcessEntry[]> {
    return Promise.resolve([]);
  }

  async signal(entry: ProcessEntry, signal: ProcessSignal): Promise<boolean> {
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return false;
    const current = await this.find(entry.pid);
    if (current === null || !sameProcess(current, entry)) return false;
    await this.run('taskkill.exe', ['/PID', String(entry.pid), '/T', '/F']);
    return true;
  }

  private async run(program: string, args: string[]): Promise<string> {
    const root = process.env['SystemRoot'] ?? 'C:\\Windows';
    const path = `${root}\\System32;${root}\\System32\\WindowsPowerShell\\v1.0`;
    const command = { program, args, cwd: root, env: { SystemRoot: root, PATH: path } };
    return (await captureOutput(this.spawn, this.clock, command, 15_000))?.stdout ?? '';
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
