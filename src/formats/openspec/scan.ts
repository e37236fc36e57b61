import type { SourceRange } from '../../model/plan';
import { markdownLines, type Heading } from '../markdown';
import { isPhaseTitle } from '../phase-title';
import { LineIndex } from '../text';

// The tool's own rule for what a task is, line by line. It counts boxes in fences, comments and
// indented blocks too, and splits at `\n` alone; so do we, for the counts have to be the same.

export interface TaskLine {
  /** 1-based. */
  line: number;
  start: number;
  end: number;
  mark: string;
  markRange: SourceRange;
  /** What follows the box. */
  text: string;
  textStart: number;
  /** The heading of the phase level that it stands under. */
  phase: ScannedHeading | null;
  /** The nearest heading below that. */
  group: string | null;
  /** The lines that belong to it, below its own. */
  below: string[];
  /** Where they end; the end of its own line when there are none. */
  belowEnd: number;
}

export interface ScannedHeading extends Heading {
  line: number;
}

export interface Scan {
  tasks: TaskLine[];
  headings: ScannedHeading[];
  /** Boxes with a mark that the tool does not count. */
  unknown: { line: number; range: SourceRange; mark: string }[];
}

const task = /^\s*[-*]\s*\[([\sxX])\]\s*/;
const otherBox = /^(\s*[-*]\s+\[)([^\sxX\d[\]])\](?=\s|$)/u;

export function scanTasks(text: string): Scan {
  const lines = new LineIndex(text);
  const headings = headingsIn(text);
  const scan: Scan = { tasks: [], headings, unknown: [] };
  const open = new HeadingPath(headings);
  let last: TaskLine | null = null;
  for (let start = 0; start <= text.length;) {
    const newline = text.indexOf('\n', start);
    const next = newline < 0 ? text.length + 1 : newline + 1;
    const line = text.slice(start, next - 1).replace(/\r$/, '');
    const end = start + line.length;
    const isHeading = open.moveTo(end);
    const match = task.exec(line);
    const other = match === null ? otherBox.exec(line) : null;
    if (match !== null) {
      last = taskLine(line, start, match, lines);
      last.phase = open.phase;
      last.group = open.group;
      scan.tasks.push(last);
    } else if (other !== null) {
      const [, lead = '', mark = ''] = other;
      const range = { start: start + lead.length, end: start + lead.length + mark.length };
      scan.unknown.push({ line: lines.lineAt(start), range, mark });
      last = null;
    } else if (isHeading || (line.trim() !== '' && !/^\s/.test(line))) last = null;
    else if (last !== null && line.trim() !== '') {
      last.below.push(line);
      last.belowEnd = end;
    }
    start = next;
  }
  return scan;
}

function taskLine(line: string, start: number, match: RegExpExecArray, lines: LineIndex): TaskLine {
  const [whole, mark = ' '] = match;
  const markStart = start + line.indexOf('[') + 1;
  const end = start + line.length;
  return {
    // White space before the dash may hold a line end that the tool does not see as one.
    line: lines.lineAt(start + line.search(/[-*]/)),
    start,
    end,
    mark,
    markRange: { start: markStart, end: markStart + 1 },
    text: (/^[^\r]*/.exec(line.slice(whole.length))?.[0] ?? '').trimEnd(),
    textStart: start + whole.length,
    phase: null,
    group: null,
    below: [],
    belowEnd: end,
  };
}

function headingsIn(text: string): ScannedHeading[] {
  return markdownLines(text).flatMap(({ heading, number }) =>
    heading === null ? [] : [{ ...heading, line: number }],
  );
}

/** The level of the shallowest heading that calls itself a phase; 2 where none does. */
function phaseLevelOf(headings: readonly ScannedHeading[]): number {
  const levels = headings.flatMap(({ title, level }) => (isPhaseTitle(title) ? [level] : []));
  return levels.reduce((least, level) => Math.min(least, level), levels[0] ?? 2);
}

/** The headings that a place in the file stands under, as the reading goes on. */
class HeadingPath {
  phase: ScannedHeading | null = null;
  /** The nearest heading below the phase's. */
  group: string | null = null;
  private next = 0;
  private readonly level: number;

  constructor(private readonly headings: readonly ScannedHeading[]) {
    this.level = phaseLevelOf(headings);
  }

  /** Takes the headings before `end`; whether there were any. */
  moveTo(end: number): boolean {
    const from = this.next;
    for (; (this.headings[this.next]?.range.start ?? Infinity) < end; this.next += 1) {
      const heading = this.headings[this.next];
      if (heading === undefined) continue;
      if (heading.level <= this.level) {
        this.phase = heading.level === this.level ? heading : null;
        this.group = null;
      } else this.group = heading.title;
    }
    return this.next > from;
  }
}
