// Task ids: `T001`, `T1000`, `T005a`, `T031-MIN`, `M001`.

const grammar = String.raw`([A-Z]{1,3})(\d{3,})([a-z]?)(-[A-Z]{2,})?`;
const idStart = new RegExp(`^${grammar}(?=$|[\\s:.)\\]*_\`~])`);
const wholeId = new RegExp(`^${grammar}$`);
const notIds = new Set(['CHK', 'FR', 'SC', 'AC', 'NFR', 'REQ']);

/** The id at the start of a text; `null` when none is there. */
export function idAtStart(text: string): string | null {
  const match = idStart.exec(text);
  return match === null || notIds.has(match[1] ?? '') ? null : match[0];
}

/** Whether a text begins like an id but is none, as `T029–T034` does. */
export function looksLikeId(text: string): boolean {
  const letters = /^([A-Z]{1,3})\d{3}/.exec(text)?.[1];
  return letters !== undefined && !notIds.has(letters) && idAtStart(text) === null;
}

interface Member {
  id: string;
  parts: IdParts;
}

interface IdParts {
  series: string;
  number: number;
  suffix: string;
}

function partsOf(id: string): IdParts | null {
  const [, series = '', digits = '', suffix = ''] = wholeId.exec(id) ?? [];
  return series === '' ? null : { series, number: Number(digits), suffix };
}

function compare(a: IdParts, b: IdParts): number {
  if (a.number !== b.number) return a.number - b.number;
  return a.suffix < b.suffix ? -1 : Number(a.suffix > b.suffix);
}

/** Whether `later` has a smaller number than `earlier` in the same series. */
export function goesBack(earlier: string, later: string): boolean {
  const [a, b] = [partsOf(earlier), partsOf(later)];
  return a !== null && b !== null && a.series === b.series && compare(b, a) < 0;
}

/** Position of the first member that is not before `from`; members are sorted. */
function firstFrom(members: readonly Member[], from: IdParts): number {
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const member = members[middle];
    if (member !== undefined && compare(member.parts, from) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The ids that a list in a text names, and those that the file does not have. */
export interface NamedIds {
  found: string[];
  missing: string[];
  /** Offset behind the list. */
  end: number;
}

/** Looks up ids and ranges of ids among those of one file. */
export class IdLookup {
  private readonly known = new Set<string>();
  private readonly withoutWord = new Map<string, string>();
  private readonly series = new Map<string, Member[]>();

  constructor(ids: Iterable<string>) {
    for (const id of ids) {
      const parts = partsOf(id);
      if (this.known.has(id) || parts === null) continue;
      this.known.add(id);
      const plain = id.replace(/-[A-Z]+$/, '');
      if (!this.withoutWord.has(plain)) this.withoutWord.set(plain, id);
      const members = this.series.get(parts.series);
      if (members === undefined) this.series.set(parts.series, [{ id, parts }]);
      else members.push({ id, parts });
    }
    for (const members of this.series.values()) members.sort((a, b) => compare(a.parts, b.parts));
  }

  /** `T031` also names `T031-MIN` when there is no plain `T031`. */
  resolve(id: string): string | null {
    return this.known.has(id) ? id : (this.withoutWord.get(id) ?? null);
  }

  /** Every id between the ends, ends included. */
  between(first: string, last: string): string[] {
    const [from, to] = [partsOf(first), partsOf(last)];
    if (from === null || to === null || from.series !== to.series) return [];
    const members = this.series.get(from.series) ?? [];
    const start = firstFrom(members, from);
    let end = start;
    for (let next = members[end]; next && compare(next.parts, to) <= 0; next = members[end])
      end += 1;
    return members.slice(start, end).map(({ id }) => id);
  }

  /** Reads a list of ids at an offset; `null` when none begins there. */
  listAt(text: string, offset: number): NamedIds | null {
    const named: NamedIds = { found: [], missing: [], end: offset };
    let at = offset;
    for (;;) {
      item.lastIndex = at;
      const match = item.exec(text);
      if (match === null || !this.isSeries(match[1] ?? '')) break;
      const first = match[1] ?? '';
      // `T010–012` has its letters once.
      const short =
        match[3] === undefined ? undefined : `${partsOf(first)?.series ?? ''}${match[3]}`;
      this.add(named, first, match[2] ?? short);
      named.end = item.lastIndex;
      separator.lastIndex = named.end;
      if (separator.exec(text) === null) break;
      at = separator.lastIndex;
    }
    return named.end === offset ? null : named;
  }

  /** `ES2022` is no task unless the file has tasks of that series. */
  private isSeries(id: string): boolean {
    const series = partsOf(id)?.series ?? '';
    return series === 'T' || this.series.has(series);
  }

  private add(named: NamedIds, first: string, last: string | undefined): void {
    for (const id of last === undefined ? [first] : [first, last])
      if (this.resolve(id) === null) named.missing.push(id);
    if (last === undefined) named.found.push(...[this.resolve(first)].filter((id) => id !== null));
    else for (const id of this.between(first, last)) named.found.push(id);
  }
}

const written = String.raw`[*_\x60]*([A-Z]{1,3}\d{3,}[a-z]?(?:-[A-Z]{2,})?)(?![A-Za-z0-9])[*_\x60]*`;
const item = new RegExp(
  String.raw`\s*${written}(?:\s*(?:-|–|—|\.\.|\bto\b|\bthrough\b)\s*${written}|[-–—](\d{3}[a-z]?)(?![\w-]))?`,
  'y',
);
const separator = /\s*(?:,\s*(?:and\b)?|、|，|\band\b|&|\+|\/)\s*(?=[*_`]*[A-Z]{1,3}\d{3})/y;
