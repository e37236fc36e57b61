import { headingOf, type Heading } from '../markdown';
import type { Line } from '../text';
import type { BodyLine } from './body';

// Where the tasks of a plan begin and end. Three quarters of the plans are no XML, so lines are
// all that counts: a task opens at the start of a line, and its end stands alone on one.

export type Form = 'tasks' | 'feature' | 'markdown' | 'none';

/** A task as it stands in the file; its children are not read yet. */
export interface RawTask {
  attributes: ReadonlyMap<string, string>;
  /** What stands behind `Task N:` in a heading; `null` for a tag. */
  heading: string | null;
  line: Line;
  /** Lines of the body; the first may be the opening line itself. */
  body: BodyLine[];
  /** Of the body. */
  start: number;
  /** Behind the whole task. */
  end: number;
  closed: boolean;
}

export interface Scan {
  form: Form;
  tasks: RawTask[];
}

export function scanTasks(lines: readonly BodyLine[]): Scan {
  const tasks = scanTags(lines, 'task');
  if (tasks.length > 0) return { form: 'tasks', tasks };
  const features = scanTags(lines, 'feature');
  if (features.length > 0) return { form: 'feature', tasks: features };
  const headings = scanHeadings(lines);
  return { form: headings.length > 0 ? 'markdown' : 'none', tasks: headings };
}

const opening = (tag: string) =>
  new RegExp(String.raw`^[ \t]*<${tag}((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*>`);
const openings = { task: opening('task'), feature: opening('feature') };
const attribute = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

function scanTags(lines: readonly BodyLine[], tag: keyof typeof openings): RawTask[] {
  const tasks: RawTask[] = [];
  let open: { task: RawTask; from: number } | null = null;
  const end = (index: number, closed: boolean) => {
    if (open === null) return;
    const { task, from } = open;
    task.body = lines.slice(from, index);
    task.end = (closed ? lines[index] : task.body.at(-1))?.end ?? task.start;
    task.closed = closed;
    open = null;
  };
  lines.forEach((line, index) => {
    const match = openings[tag].exec(line.seen);
    if (match !== null) {
      end(index, false);
      const start = line.seenStart + match[0].length;
      const task: RawTask = {
        attributes: attributesOf(match[1] ?? ''),
        ...{ heading: null, line, body: [], start, end: start, closed: false },
      };
      tasks.push(task);
      open = { task, from: index };
    } else if (line.seen.trim() === `</${tag}>`) end(index, true);
    else if (line.seen.trim() === '</tasks>') end(index, false);
  });
  end(lines.length, false);
  return tasks;
}

function attributesOf(text: string): Map<string, string> {
  return new Map(
    Array.from(text.matchAll(attribute), ([, name = '', double, single]) => [
      name,
      double ?? single ?? '',
    ]),
  );
}

const taskHeading = /^Task\s+\d[\w.]*(?:-\d[\w.]*)*\s*(?:[:.)\]–—-]+\s*)?(.*)$/;

/** Headings such as `### Task 2: Title`; each goes to the next heading of its level or above. */
function scanHeadings(lines: readonly BodyLine[]): RawTask[] {
  const headings = lines.flatMap((line, index): { heading: Heading; index: number }[] => {
    const heading = line.seen === line.text ? headingOf(line) : null;
    return heading === null ? [] : [{ heading, index }];
  });
  const ends = endsOf(headings.map(({ heading }) => heading.level));
  return headings.flatMap(({ heading, index }, position): RawTask[] => {
    const title = heading.level >= 2 && heading.level <= 4 ? taskHeading.exec(heading.title) : null;
    const line = lines[index];
    if (title === null || line === undefined) return [];
    const next = headings[ends[position] ?? headings.length]?.index ?? lines.length;
    const body = lines.slice(index + 1, next);
    const start = body[0]?.start ?? line.end;
    return [
      {
        attributes: new Map(),
        heading: (title[1] ?? '').trim(),
        ...{ line, body, start, end: body.at(-1)?.end ?? line.end, closed: true },
      },
    ];
  });
}

/** For each heading the position of the next one of its level or above. */
function endsOf(levels: readonly number[]): number[] {
  const ends = new Array<number>(levels.length).fill(levels.length);
  const open: number[] = [];
  levels.forEach((level, position) => {
    for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
      if ((levels[last] ?? 0) < level) break;
      ends[last] = position;
      open.pop();
    }
    open.push(position);
  });
  return ends;
}
