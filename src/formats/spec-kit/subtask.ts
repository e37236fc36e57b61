import { subtaskDefaults, type Problem, type Subtask } from '../../model/plan';
import type { SubtaskStatus } from '../../model/status';
import type { Keys } from '../keys';
import { boxOf, type MarkdownLine } from '../markdown';
import { duplicateId, pathOutsideWorkspace, unknownMarker } from '../problems';
import { pathsIn } from '../paths';
import type { GroupedTask } from './phases';
import type { Scan, TaskEntry } from './scan';

/** A subtask with what only the format needs. */
export interface ReadTask {
  subtask: Subtask;
  entry: TaskEntry;
  /** The lines that belong to the task, below its own. */
  below: MarkdownLine[];
}

/** `filesIn` gives the text in which a task's files are named. */
export function readTask(
  { entry, group }: GroupedTask,
  scan: Scan,
  position: number,
  keys: Keys,
  problems: Problem[],
  filesIn = (title: string, below: readonly MarkdownLine[]) => `${title}\n${textOf(below)}`,
): ReadTask {
  const { line, text } = entry;
  const below = scan.mode === 'heading' ? linesUnder(entry, scan) : linesBelow(entry, scan);
  const idStart = entry.textStart + text.idStart;
  const idRange = text.id === null ? null : { start: idStart, end: idStart + text.id.length };
  const { key, firstLine } = keys.take(text.id ?? String(position), line.number);
  if (text.id !== null && firstLine !== null)
    problems.push(duplicateId({ line: line.number, range: idRange }, text.id, firstLine));
  const { files, outside } = pathsIn(filesIn(text.title, below));
  const range = { start: line.start, end: below.at(-1)?.end ?? line.end };
  for (const path of outside)
    problems.push({
      ...pathOutsideWorkspace({ line: line.number, range }, path),
      severity: 'warning',
    });
  const subtask: Subtask = {
    ...subtaskDefaults,
    key,
    keyOrigin: text.id === null ? 'position' : 'declared',
    id: text.id ?? key,
    title: text.title.replace(/^[—–-]\s+/, ''),
    detail: textOf(below),
    status: statusOf(entry, below, problems),
    fileStatus: entry.box?.mark ?? null,
    leftOut: leftOutBy(text.skipped),
    dependsOn: [],
    files,
    labels: group === null ? text.labels : [...text.labels, group],
    verification: verificationIn(below),
    checks: [],
    line: line.number,
    range,
    idRange,
  };
  return { subtask, entry, below };
}

function leftOutBy(skipped: TaskEntry['text']['skipped']): string | null {
  if (skipped === null) return null;
  return skipped === 'word' ? 'its line says that it is skipped' : 'its id is struck through';
}

function textOf(lines: readonly MarkdownLine[]): string {
  return lines.map(({ text }) => text).join('\n');
}

/** Indented lines up to the next task, heading or unindented line. */
function linesBelow(entry: TaskEntry, { lines, mode, taskAt }: Scan): MarkdownLine[] {
  const below: MarkdownLine[] = [];
  for (let at = entry.at + 1; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined || line.heading !== null || taskAt.has(at)) break;
    if (!line.blank && line.indent === 0) break;
    // Boxes without an id below a task are steps of it; in mode plain they are left-out lists.
    const box = boxOf(line);
    if (box !== null && (mode === 'plain' || box.indent <= entry.line.indent)) break;
    below.push(line);
  }
  return withoutBlankEnd(below);
}

/** What stands under a task's heading, up to the next task or heading of its level. */
function linesUnder(entry: TaskEntry, { lines, taskAt }: Scan): MarkdownLine[] {
  const level = entry.heading?.level ?? 1;
  const below: MarkdownLine[] = [];
  for (let at = entry.at + 1; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined || taskAt.has(at)) break;
    if (line.heading !== null && line.heading.level <= level) break;
    below.push(line);
  }
  return withoutBlankEnd(below);
}

function withoutBlankEnd(lines: MarkdownLine[]): MarkdownLine[] {
  while (lines.at(-1)?.blank === true) lines.pop();
  return lines;
}

const doneHeading = /✅|\[x\]|\[completed\]|\[done\]/i;

function statusOf(
  { box, heading, text, line }: TaskEntry,
  below: readonly MarkdownLine[],
  problems: Problem[],
): SubtaskStatus {
  if (box === null) {
    if (doneHeading.test(heading?.title ?? '')) return 'claimed';
    const marks = below.flatMap((other) => boxOf(other)?.mark ?? []);
    const allTicked = marks.length > 0 && marks.every((mark) => /^x$/i.test(mark));
    return allTicked ? 'needs_attention' : 'pending';
  }
  // `SKIP:` counts whatever the mark; a struck id only while the box is open.
  if (text.skipped === 'word') return 'skipped';
  if (box.mark === ' ') return text.skipped === null ? 'pending' : 'skipped';
  if (/^x$/i.test(box.mark)) return 'claimed';
  problems.push(
    unknownMarker({ line: line.number, range: box.markRange }, box.mark, '[ ] [x] [X]'),
  );
  return 'needs_attention';
}

const verify = /^\s*(?:[-*+]\s+)?(?:\*\*)?Verify(?:\*\*)?\s*:\s*(?:\*\*)?\s*(\S.*)$/i;

/** `**Verify**: …` lines: shown as a suggestion, never run. */
function verificationIn(below: readonly MarkdownLine[]): string[] {
  return below.flatMap((line) => verify.exec(line.text)?.[1]?.trim() ?? []);
}
