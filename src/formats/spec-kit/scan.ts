import { boxOf, markdownLines, type Box, type Heading, type MarkdownLine } from '../markdown';
import { isPhaseTitle } from '../phase-title';
import { readTaskText, withEndLabels, type TaskText } from './task-line';

// The four ways in which a tasks.md says what its tasks are (exactly one holds for a file).

export type Mode = 'box' | 'heading' | 'number' | 'plain';

/** A task as the file has it. */
export interface TaskEntry {
  line: MarkdownLine;
  /** Index of the line. */
  at: number;
  text: TaskText;
  /** Offset of the task's text in the file. */
  textStart: number;
  /** `null` in mode heading. */
  box: Box | null;
  heading: Heading | null;
}

export interface Scan {
  mode: Mode;
  lines: MarkdownLine[];
  tasks: TaskEntry[];
  /** The same, by line index. */
  taskAt: ReadonlyMap<number, TaskEntry>;
  /** Boxes that begin like an id but cannot be read. */
  unreadable: TaskEntry[];
}

export function scanTasks(text: string): Scan {
  const lines = markdownLines(text);
  const { mode, tasks, unreadable } = chooseMode(lines);
  return { mode, lines, tasks, taskAt: new Map(tasks.map((task) => [task.at, task])), unreadable };
}

function chooseMode(lines: readonly MarkdownLine[]): Pick<Scan, 'mode' | 'tasks' | 'unreadable'> {
  const boxes = entries(lines, boxEntry);
  const headings = entries(lines, headingEntry).filter((entry) => entry.text.id !== null);
  const named = boxes.filter((entry) => entry.text.id !== null);
  const unreadable = named.length > 0 ? boxes.filter((entry) => entry.text.unreadable) : [];
  if (headings.length >= 2 && named.length <= headings.length)
    return { mode: 'heading', tasks: headings, unreadable };
  if (named.length > 0) return { mode: 'box', tasks: named, unreadable };
  const numbered = entries(lines, numberEntry).filter((entry) => entry.text.id !== null);
  if (numbered.length > 0) return { mode: 'number', tasks: numbered, unreadable };
  return { mode: 'plain', tasks: plainTasks(lines, boxes), unreadable };
}

type Reader = (line: MarkdownLine, at: number) => TaskEntry | null;

function entries(lines: readonly MarkdownLine[], read: Reader): TaskEntry[] {
  return lines.map(read).filter((entry) => entry !== null);
}

function boxEntry(line: MarkdownLine, at: number): TaskEntry | null {
  const box = boxOf(line);
  if (box === null) return null;
  const text = readTaskText(box.text);
  // `- [P] tasks = different files` explains the label.
  if (box.mark === 'P' && text.id === null) return null;
  return { line, at, text, textStart: box.textStart, box, heading: null };
}

function numberEntry(line: MarkdownLine, at: number): TaskEntry | null {
  const entry = boxEntry(line, at);
  return entry?.box ? { ...entry, text: readTaskText(entry.box.text, true) } : null;
}

function headingEntry(line: MarkdownLine, at: number): TaskEntry | null {
  const { heading } = line;
  if (heading === null || heading.level === 1) return null;
  const mark = /^(?:\[[ xX]\]|✅)\s+/.exec(heading.title)?.[0].length ?? 0;
  const text = withEndLabels(readTaskText(heading.title.slice(mark)));
  return { line, at, text, textStart: heading.range.start + mark, box: null, heading };
}

const notTasks =
  /checklist|validation|success criteria|acceptance|\bnotes?\b|\breview|definition of done|prerequisite/i;

/** Without ids every box is a task, but for those of lists that check something. */
function plainTasks(lines: readonly MarkdownLine[], boxes: readonly TaskEntry[]): TaskEntry[] {
  const above: Heading[] = [];
  let next = 0;
  return boxes.filter((box) => {
    for (; next < box.at; next += 1) {
      const heading = lines[next]?.heading;
      if (!heading) continue;
      while ((above.at(-1)?.level ?? 0) >= heading.level) above.pop();
      above.push(heading);
    }
    return !above.some(
      ({ level, title }) => level > 1 && !isPhaseTitle(title) && notTasks.test(title),
    );
  });
}
