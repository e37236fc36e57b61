// Task ids: `task-17`, `TASK-196.10`, `BACK-247`, `task-epic-11.104.3`. Case does not count.

export function foldId(id: string): string {
  return id.trim().toLowerCase();
}

/** The number of an id behind its prefix, without leading zeros: `196.10`; `null` without one. */
function numberOf(folded: string): string | null {
  const number = /(?:^|-)(\d+(?:\.\d+)*)$/.exec(folded)?.[1];
  return number === undefined ? null : withoutZeros(number);
}

function withoutZeros(number: string): string {
  return number
    .split('.')
    .map((part) => part.replace(/^0+(?=\d)/, ''))
    .join('.');
}

/** Natural order: `task-2`, `task-2.1`, `task-10`. */
export function compareIds(one: string, other: string): number {
  const [a, b] = [chunksOf(one), chunksOf(other)];
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [left, right] = [a[at], b[at]];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    const difference = compareChunks(left, right);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareChunks(one: string, other: string): number {
  const [a, b] = [Number(one), Number(other)];
  if (!Number.isNaN(a) && !Number.isNaN(b) && a !== b) return a - b;
  return one < other ? -1 : Number(one > other);
}

function chunksOf(id: string): string[] {
  return foldId(id).match(/\d+|\D+/g) ?? [];
}

/** The id of the task above by the dots of an id: `task-2` of `task-2.1`; `null` without dots. */
export function dottedParent(id: string): string | null {
  return /^(.*\d)\.\d+$/.exec(id)?.[1] ?? null;
}

/** Whether a file's name, as the tool gives names, begins with another id. */
export function namesOtherId(fileName: string, id: string): boolean {
  const named = /^([^\s]*\d) - /.exec(fileName)?.[1];
  if (named === undefined || foldId(named) === foldId(id)) return false;
  return prefixOf(named) !== prefixOf(id) || numberOf(foldId(named)) !== numberOf(foldId(id));
}

function prefixOf(id: string): string {
  return foldId(id).replace(/[\d.]+$/, '');
}

/**
 * Leads from an id as written to the one that a task of the project has: the same text, or else
 * the same number under another prefix, since projects change theirs.
 */
export class IdLookup {
  private readonly known = new Map<string, string>();
  private readonly byNumber = new Map<string, string>();

  /** The first of equal ids is meant. */
  constructor(ids: readonly string[]) {
    for (const id of ids) {
      const folded = foldId(id);
      if (!this.known.has(folded)) this.known.set(folded, id);
      const number = numberOf(folded);
      if (number !== null && !this.byNumber.has(number)) this.byNumber.set(number, id);
    }
  }

  find(written: string): string | null {
    const folded = foldId(written);
    const same = this.known.get(folded);
    if (same !== undefined) return same;
    const number = numberOf(folded);
    // Drafts count for themselves.
    if (number === null || folded.startsWith('draft-')) return null;
    return this.byNumber.get(number) ?? null;
  }
}
