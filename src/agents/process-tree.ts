import type { Clock } from '../platform/clock';
import type { ChildHandle } from '../platform/spawn';
import {
  familyOf,
  sameProcess,
  type ProcessEntry,
  type ProcessSignal,
  type ProcessTable,
} from './process-table';
import { pause, until, within } from './waiting';

const terminateMs = 1_500;
const killMs = 10_000;
const lookEveryMs = 50;
const freezeMs = 5_000;

/**
 * All processes that come from one program, wherever they went: children, tools in sessions of
 * their own, orphans that carry the run's marker. Agents start their tools in new sessions, so a
 * signal to the process group would leave them running.
 */
export class ProcessTree {
  private members: ProcessEntry[];
  private stopping: Promise<ProcessEntry[]> | null = null;
  /** What is frozen, or is to be. */
  private frozen: ProcessEntry[] = [];
  private isToStandStill = false;
  private shifting: Promise<void> = Promise.resolve();

  constructor(
    leader: ProcessEntry | null,
    private readonly marker: string,
    private readonly processes: ProcessTable,
    private readonly clock: Clock,
  ) {
    this.members = leader === null ? [] : [leader];
  }

  /** Whether its processes are frozen, or will be in a moment. */
  get isFrozen(): boolean {
    return this.isToStandStill && this.processes.canFreeze;
  }

  /**
   * Freezes every process of the tree, or lets all go on. Settles when that is done, or when the
   * opposite was asked for meanwhile; never rejects but for a process table that cannot be read.
   */
  hold(isToStandStill: boolean): Promise<void> {
    this.isToStandStill = isToStandStill;
    this.shifting = this.shifting
      .catch(() => undefined)
      .then(() => (this.isToStandStill ? this.freeze() : this.thaw()));
    return this.shifting;
  }

  /**
   * Ends every process: end of input and up to `graceMs` for the program to leave by itself, then
   * SIGTERM to all, then SIGKILL until none is left. Resolves to those that even that did not end,
   * which is none but for processes stuck in the kernel. Calling it again joins the first call. A
   * frozen tree cannot leave by itself: it wakes up to the SIGTERM.
   */
  stop(child: ChildHandle, graceMs: number): Promise<ProcessEntry[]> {
    this.stopping ??= this.endAll(child, graceMs);
    return this.stopping;
  }

  private async endAll(child: ChildHandle, graceMs: number): Promise<ProcessEntry[]> {
    // Before the first sign of the end, while every process still has its parent.
    await this.look();
    child.stdin.end();
    if (graceMs > 0 && !this.isFrozen) await within(this.clock, graceMs, child.ended);
    return this.terminate();
  }

  /** The same without a handle on the program: SIGTERM, then SIGKILL. */
  async terminate(): Promise<ProcessEntry[]> {
    const living = await this.look();
    await this.signal(living, 'SIGTERM');
    // What is frozen hears it only when it goes on.
    await this.signal(living, 'SIGCONT');
    if (living.length > 0) await until(this.clock, terminateMs, lookEveryMs, () => this.isGone());
    return this.kill();
  }

  /** Again and again, because a process that was not frozen yet may have started another one. */
  private async freeze(): Promise<void> {
    if (!this.processes.canFreeze) return;
    const deadline = this.clock.now() + freezeMs;
    for (let isFirst = true; ; isFirst = false) {
      const living = await this.look();
      const running = living.filter(
        (entry) => !this.frozen.some((still) => sameProcess(still, entry)),
      );
      if (!isFirst && (running.length === 0 || this.clock.now() >= deadline)) return;
      for (const entry of parentsFirst(running)) {
        if (!this.isToStandStill || this.stopping !== null) return;
        this.frozen.push(entry);
        await this.processes.signal(entry, 'SIGSTOP');
      }
      await pause(this.clock, lookEveryMs);
    }
  }

  /** The children first, so that no parent wonders why they do not move. */
  private async thaw(): Promise<void> {
    const { frozen } = this;
    this.frozen = [];
    await this.signal(parentsFirst(frozen).toReversed(), 'SIGCONT');
  }

  /** Twice clean, because a process that is just being started may be missed once. */
  private async kill(): Promise<ProcessEntry[]> {
    const deadline = this.clock.now() + killMs;
    for (let clean = 0; ;) {
      const living = await this.look();
      clean = living.length === 0 ? clean + 1 : 0;
      if (clean === 2 || this.clock.now() >= deadline) return living;
      await this.signal(living, 'SIGKILL');
      if (living.length > 0) await pause(this.clock, lookEveryMs);
    }
  }

  private async isGone(): Promise<boolean> {
    return (await this.look()).length === 0;
  }

  /** The members that live; remembers those that it sees for the first time. */
  private async look(): Promise<ProcessEntry[]> {
    // Our own process is never a member: its children are everybody's.
    const isOther = (entry: ProcessEntry): boolean => entry.pid !== process.pid;
    const marked = (await this.processes.carrying(this.marker)).filter(isOther);
    const all = (await this.processes.list()).filter(isOther);
    const living = familyOf(all, [...this.members, ...marked]);
    const isNew = (entry: ProcessEntry): boolean =>
      !this.members.some((member) => sameProcess(member, entry));
    this.members.push(...living.filter(isNew));
    return living;
  }

  private async signal(entries: ProcessEntry[], signal: ProcessSignal): Promise<void> {
    for (const entry of entries) await this.processes.signal(entry, signal);
  }
}

/** A parent that still runs could start another child, or notice that one has stopped. */
function parentsFirst(entries: readonly ProcessEntry[]): ProcessEntry[] {
  const byId = new Map(entries.map((entry) => [entry.pid, entry]));
  const depthOf = ({ pid, parent }: ProcessEntry, below: ReadonlySet<number>): number => {
    const next = below.has(parent) ? undefined : byId.get(parent);
    return next === undefined ? 0 : 1 + depthOf(next, new Set([...below, pid]));
  };
  const depths = new Map(entries.map((entry) => [entry, depthOf(entry, new Set([entry.pid]))]));
  return entries.toSorted((one, other) => (depths.get(one) ?? 0) - (depths.get(other) ?? 0));
}

/**
 * Ends what an engine that died has left behind of a run, frozen or not: the recorded process, if it is still the
 * same one, its descendants, and all that carry the marker. Resolves to those that would not end.
 */
export async function stopLeftovers(
  recorded: { pid: number; startedAt: string | null } | null,
  marker: string,
  processes: ProcessTable,
  clock: Clock,
): Promise<ProcessEntry[]> {
  const found = recorded === null ? null : await processes.find(recorded.pid);
  const leader = found !== null && found.startedAt === recorded?.startedAt ? found : null;
  return new ProcessTree(leader, marker, processes, clock).terminate();
}

/**
 * Follows a program that has just been started, with all that comes from it. Its entry is looked up
 * at once: when it has ended, its id may be a stranger's, and what it left behind is known by its
 * session alone where the environment is gone.
 */
export function followTreeWith(
  processes: ProcessTable,
  clock: Clock,
): (
  child: ChildHandle,
  marker: string,
) => Pick<ProcessTree, 'hold'> & { stop(): Promise<ProcessEntry[]> } {
  return (child, marker) => {
    const tree = processes.find(child.pid).then((entry) => {
      return new ProcessTree(entry ?? endedLeader(child), marker, processes, clock);
    });
    return {
      hold: async (isToStandStill) => (await tree).hold(isToStandStill),
      stop: async () => (await tree).stop(child, 0),
    };
  };
}

/** A program that ended before anybody looked: no living process is taken for it. */
function endedLeader({ pid }: ChildHandle): ProcessEntry {
  return { pid, parent: 0, session: pid, startedAt: 'ended' };
}
