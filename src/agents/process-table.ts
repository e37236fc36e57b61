/** The variable that every process of a run inherits; its value is the run's marker. */
export const markerVariable = 'RUNSHEET_RUN_ID';

/** One living process. */
export interface ProcessEntry {
  pid: number;
  parent: number;
  /** Id of the session's leader; of the process group's where the system hides sessions. */
  session: number;
  /**
   * When it was started, as an opaque text. A process is the same one only if both its id and this
   * are equal, because systems use ids again.
   */
  startedAt: string;
}

/** To end a process, or to freeze it and let it go on. */
export type ProcessSignal = 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT';

/** The processes of this machine. Ended ones that nobody has collected yet are left out. */
export interface ProcessTable {
  /** Whether processes can be frozen here; where not, those two signals do nothing. */
  readonly canFreeze: boolean;
  list(): Promise<ProcessEntry[]>;
  find(pid: number): Promise<ProcessEntry | null>;
  /** Those whose environment carries the marker; none where the system hides environments. */
  carrying(marker: string): Promise<ProcessEntry[]>;
  /** Signals the process if it is still the one described; tells whether it did. */
  signal(entry: ProcessEntry, signal: ProcessSignal): Promise<boolean>;
}

export function sameProcess(one: ProcessEntry, other: ProcessEntry): boolean {
  return one.pid === other.pid && one.startedAt === other.startedAt;
}

/**
 * The processes of `all` that belong to `roots`: themselves, their descendants, and whatever lives
 * in a session that one of them leads or led. So a tool in a session of its own is found by its
 * parent, and a process whose parent is gone by its session.
 */
export function familyOf(
  all: readonly ProcessEntry[],
  roots: readonly ProcessEntry[],
): ProcessEntry[] {
  const living = new Map(all.map((entry) => [entry.pid, entry]));
  const isCurrent = (root: ProcessEntry): boolean => {
    const entry = living.get(root.pid);
    return entry === undefined || sameProcess(entry, root);
  };
  // An id that belongs to a stranger by now must not adopt the stranger's children.
  const ids = new Set(roots.filter(isCurrent).map((root) => root.pid));
  const family = new Set(all.filter((entry) => ids.has(entry.pid)));
  for (let size = -1; size !== family.size;) {
    size = family.size;
    for (const entry of all) {
      if (!ids.has(entry.parent) && !ids.has(entry.session)) continue;
      family.add(entry);
      ids.add(entry.pid);
    }
  }
  return [...family];
}
