import type { Dependency, Problem, SourceRange } from '../../model/plan';
import type { MarkdownLine } from '../markdown';
import { danglingDependency, problem, selfDependency } from '../problems';
import type { LineIndex } from '../text';
import { IdLookup, type NamedIds } from './ids';

// Dependencies that the file states: in a task's own text, and in its "Dependencies" section.

/** `to` must wait for `from`; both are ids. */
interface Edge {
  from: string;
  to: string;
  range: SourceRange;
}

export interface DeclaredDependencies {
  /** By the id of the task that waits. */
  dependsOn: Map<string, Dependency[]>;
  problems: Problem[];
}

// Two wide ranges multiply: a line of 30 characters could state a hundred million dependencies.
const maxEdges = 200_000;

export class DeclaredReader {
  private readonly dependsOn = new Map<string, Dependency[]>();
  private readonly seen = new Set<string>();
  private readonly problems: Problem[] = [];
  private readonly ids: IdLookup;

  constructor(
    ids: readonly string[],
    private readonly lines: LineIndex,
  ) {
    this.ids = new IdLookup(ids);
  }

  /** What a task's line and the lines below it say about the task. */
  readTask(id: string, own: { text: string; start: number }, below: readonly MarkdownLine[]): void {
    if (this.full()) return;
    for (const unit of unitsOf(own, below)) {
      for (const match of unit.text.matchAll(phrases)) {
        const list = this.ids.listAt(unit.text, match.index + match[0].length);
        if (list === null) continue;
        const range = { start: unit.start, end: unit.end };
        const blocks = match[1] !== undefined;
        this.report(list.missing, id, range);
        if (list.found.length === 1 && list.found[0] === id) this.reportSelf(id, range);
        for (const other of list.found)
          this.add(blocks ? { from: id, to: other, range } : { from: other, to: id, range });
      }
    }
  }

  /** Lines below a heading about dependencies that hold a statement and nothing else. */
  readSections(lines: readonly MarkdownLine[]): void {
    const planTitle = lines.find(({ heading }) => heading?.level === 1);
    let level = 0;
    for (const line of lines) {
      if (line.heading !== null && line !== planTitle) {
        if (level === 0 || line.heading.level <= level)
          level = about.test(line.heading.title) ? line.heading.level : 0;
      } else if (level > 0 && !line.blank) this.readStatement(line);
    }
  }

  result(): DeclaredDependencies {
    return { dependsOn: this.dependsOn, problems: this.problems };
  }

  private readStatement(line: MarkdownLine): void {
    if (this.full()) return;
    const text = withoutSigns(line.text);
    const statement =
      this.statementIn(bare(text.replace(/\([^()]*\)/g, ''))) ??
      this.statementIn(bare(text.replace(/[()]/g, '')));
    if (statement === null) return;
    const range = { start: line.start, end: line.end };
    const { lists, word } = statement;
    lists.forEach((list, position) => {
      this.report(list.missing, bare(text), range);
      const next = lists[position + 1];
      if (next === undefined) return;
      for (const a of list.found)
        for (const b of next.found)
          this.add(word === 'depends' ? { from: b, to: a, range } : { from: a, to: b, range });
    });
  }

  /** The lists of a text that is a statement as a whole. */
  private statementIn(text: string): { lists: NamedIds[]; word: string } | null {
    const first = this.ids.listAt(text, 0);
    if (first === null) return null;
    const lists = [first];
    let word = '';
    for (let end = first.end; end < text.length;) {
      const [link = '', sign = ''] =
        /^\s*(→|->|\bblocks?\b|\bdepends?\s+on\b)\s*/i.exec(text.slice(end)) ?? [];
      const next = link === '' ? null : this.ids.listAt(text, end + link.length);
      if (next === null || (word !== '' && (word !== kindOf(sign) || word !== 'then'))) return null;
      word = kindOf(sign);
      lists.push(next);
      end = next.end;
    }
    return { lists, word };
  }

  private add({ from, to, range }: Edge): void {
    const known = `${from} ${to}`;
    // A range may name the task itself; that says nothing.
    if (from === to || this.seen.has(known) || this.full()) return;
    this.seen.add(known);
    if (this.full()) {
      const at = { line: this.lines.lineAt(range.start), range };
      const message = `The file states more than ${maxEdges} dependencies; the rest is not read. Use narrower ranges.`;
      this.problems.push(problem('error', 'too-many-dependencies', at, message));
    }
    this.append(to, { id: from, kind: 'declared', range });
  }

  private append(to: string, dependency: Dependency): void {
    const list = this.dependsOn.get(to);
    if (list === undefined) this.dependsOn.set(to, [dependency]);
    else list.push(dependency);
  }

  private full(): boolean {
    return this.seen.size > maxEdges;
  }

  private reportSelf(id: string, range: SourceRange): void {
    this.problems.push(selfDependency({ line: this.lines.lineAt(range.start), range }, id));
    this.append(id, { id, kind: 'declared', range });
  }

  private report(missing: readonly string[], from: string, range: SourceRange): void {
    const line = this.lines.lineAt(range.start);
    for (const id of missing) this.problems.push(danglingDependency({ line, range }, from, id));
  }
}

const about = /dependenc|依赖|依存/i;

const phrases =
  /\bdepends?\s+on\**:?\**\s*|\bdepend(?:encie)?s\**:\**\s*|\bblocked\s+by\**:?\**\s*|[(—]\s*after\s+|\((?:requires|needs)\s+|\b(blocks)\s+/gi;

function kindOf(sign: string): string {
  const word = sign.toLowerCase();
  if (word.startsWith('block')) return 'blocks';
  return word.startsWith('depend') ? 'depends' : 'then';
}

/** A line without its bullet and bold. */
function withoutSigns(text: string): string {
  return text
    .replace(/^\s*(?:[-*+]|\d+[.)])\s+/, '')
    .replace(/\*\*|__/g, '')
    .trim()
    .replace(/^\(([^()]*)\)$/, '$1');
}

/** Without a final period. */
function bare(text: string): string {
  return text.trim().replace(/\.$/, '').trimEnd();
}

interface Unit {
  text: string;
  start: number;
  end: number;
}

/** Wrapped lines joined; a bullet, a number or a blank line begins a new unit. */
function unitsOf(own: { text: string; start: number }, below: readonly MarkdownLine[]): Unit[] {
  let unit: Unit | null = { text: own.text, start: own.start, end: own.start + own.text.length };
  const units = [unit];
  for (const line of below) {
    if (line.blank || line.kind !== 'text') {
      unit = null;
    } else if (unit === null || /^\s*(?:[-*+]|\d+[.)])\s/.test(line.text)) {
      unit = { text: line.text.trim(), start: line.start, end: line.end };
      units.push(unit);
    } else {
      unit.text += ` ${line.text.trim()}`;
      unit.end = line.end;
    }
  }
  return units;
}
