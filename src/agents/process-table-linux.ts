import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import {
  markerVariable,
  type ProcessEntry,
  type ProcessTable,
  type ProcessSignal,
} from './process-table';

/** Reads `/proc`: no program is started, and the environment of every own process is visible. */
export class LinuxProcessTable implements ProcessTable {
  readonly canFreeze = true;
  // Start times count from the boot, so the boot is part of a process's identity.
  private readonly boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

  async list(): Promise<ProcessEntry[]> {
    const names = await readdir('/proc');
    const entries = await Promise.all(
      names.filter((name) => /^\d+$/.test(name)).map((name) => this.find(Number(name))),
    );
    return entries.filter((entry) => entry !== null);
  }

  async find(pid: number): Promise<ProcessEntry | null> {
    const stat = await unlessGone(() => readFile(`/proc/${pid}/stat`, 'utf8'));
    return stat === null ? null : this.parse(stat);
  }

  async carrying(marker: string): Promise<ProcessEntry[]> {
    const wanted = `\0${markerVariable}=${marker}\0`;
    // The entry is read before the environment: if the id changes hands in between, the entry is
    // the old process's, and a signal to it is refused.
    const entries = await this.list();
    const found = await Promise.all(
      entries.map(async (entry) => {
        const environment = await unlessGone(() => readFile(`/proc/${entry.pid}/environ`, 'utf8'));
        return `\0${environment ?? ''}`.includes(wanted) ? entry : null;
      }),
    );
    return found.filter((entry) => entry !== null);
  }

  signal(entry: ProcessEntry, signal: ProcessSignal): Promise<boolean> {
    return Promise.resolve(this.signalNow(entry, signal));
  }

  /** In one turn of the loop, so that next to no time passes between the look and the signal. */
  private signalNow(entry: ProcessEntry, signal: ProcessSignal): boolean {
    try {
      const current = this.parse(readFileSync(`/proc/${entry.pid}/stat`, 'utf8'));
      if (current?.startedAt !== entry.startedAt) return false;
      process.kill(entry.pid, signal);
      return true;
    } catch {
      return false;
    }
  }

  /** `man 5 proc_pid_stat`; the second field is a name that may hold blanks and parentheses. */
  private parse(stat: string): ProcessEntry | null {
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent, , session] = fields;
    const started = fields[19];
    if (started === undefined || state === 'Z' || state === 'X') return null;
    return {
      pid: Number.parseInt(stat, 10),
      parent: Number(parent),
      session: Number(session),
      startedAt: `${this.boot}/${started}`,
    };
  }
}

/** A process may end, or belong to somebody else, at any moment of reading about it. */
async function unlessGone<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch {
    return null;
  }
}
