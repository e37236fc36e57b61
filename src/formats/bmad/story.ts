import type { SourceFile } from '../format';
import { boxOf, markdownLines, type Box, type MarkdownLine } from '../markdown';
import { isTick } from '../ticks';
import { readCriteria, type Criterion } from './criteria';
import { statusLine, type StatusText } from './status-line';

/** A Task of a story with its steps. */
export interface StoryTask {
  line: MarkdownLine;
  box: Box;
  steps: Box[];
  /** The lines that belong to it, below its own. */
  below: MarkdownLine[];
}

/** Tasks under a heading of level 3; without one those at the section's beginning. */
export interface TaskGroup {
  heading: MarkdownLine | null;
  tasks: StoryTask[];
}

/** A story file as it is written. */
export interface Story {
  lines: MarkdownLine[];
  /** Whether its first heading calls it a story. */
  named: boolean;
  title: string | null;
  status: StatusText | null;
  groups: TaskGroup[];
  steps: number;
  stepsDone: number;
  criteria: Criterion[];
  definitionOfDone: Box[];
}

export function readStory({ text }: SourceFile): Story {
  const lines = markdownLines(text);
  const sections = sectionsOf(lines);
  const first = lines.find(({ heading }) => heading !== null)?.heading;
  const [, title] = /^Story\b[^:—–]*[:—–]\s*(\S.*)$/i.exec(first?.title ?? '') ?? [];
  const below = (name: RegExp) =>
    sections.filter(
      ({ title: own, above }) => name.test(own) && !above.some((other) => name.test(other)),
    );
  const tasks = new TaskReader();
  for (const section of below(/^tasks\b/i)) tasks.read(section);
  return {
    lines,
    named: first?.level === 1 && /^Story\b/i.test(first.title),
    title: title ?? (first?.level === 1 ? first.title : null),
    status: statusLine(lines),
    groups: tasks.groups.filter((group) => group.tasks.length > 0),
    steps: tasks.steps.length,
    stepsDone: tasks.steps.filter(({ mark }) => isTick(mark)).length,
    criteria: readCriteria(below(/^acceptance criteria/i).flatMap((section) => section.lines)),
    definitionOfDone: below(/^definition of done/i)
      .flatMap((section) => section.lines)
      .flatMap((line) => boxOf(line) ?? []),
  };
}

export function tasksOf({ groups }: Story): StoryTask[] {
  return groups.flatMap((group) => group.tasks);
}

/** The text of the first section of level 2 that has such a title. */
export function sectionText({ lines }: Story, title: RegExp): string {
  const at = lines.findIndex(({ heading }) => heading?.level === 2 && title.test(heading.title));
  if (at < 0) return '';
  const rest = lines.slice(at + 1);
  const end = rest.findIndex(({ heading }) => heading !== null && heading.level <= 2);
  return (end < 0 ? rest : rest.slice(0, end))
    .map(({ text }) => text)
    .join('\n')
    .trim();
}

interface Section {
  title: string;
  /** Titles of the sections that it is in. */
  above: string[];
  level: number;
  lines: MarkdownLine[];
}

/** Sections below level 1, with what stands in the sections inside them. */
function sectionsOf(lines: readonly MarkdownLine[]): Section[] {
  const all: Section[] = [];
  let open: Section[] = [];
  for (const line of lines) {
    const { heading } = line;
    if (heading !== null) open = open.filter(({ level }) => level < heading.level);
    for (const section of open) section.lines.push(line);
    if (heading === null || heading.level === 1) continue;
    const above = open.map(({ title }) => title);
    const section = { title: heading.title, above, level: heading.level, lines: [] };
    all.push(section);
    open.push(section);
  }
  return all;
}

class TaskReader {
  readonly groups: TaskGroup[] = [];
  readonly steps: Box[] = [];

  read({ lines, level }: Section): void {
    this.groups.push({ heading: null, tasks: [] });
    let task: StoryTask | null = null;
    for (const line of lines) {
      if (line.heading !== null) {
        if (line.heading.level === level + 1) this.groups.push({ heading: line, tasks: [] });
        task = null;
        continue;
      }
      const box = boxOf(line);
      if (box?.indent === 0) {
        task = { line, box, steps: [], below: [] };
        this.groups.at(-1)?.tasks.push(task);
        continue;
      }
      if (box !== null) this.steps.push(box);
      if (box !== null) task?.steps.push(box);
      if (!line.blank && line.indent === 0) task = null;
      else task?.below.push(line);
    }
  }
}
