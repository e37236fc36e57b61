import { boxOf, markdownLines, type Box, type Heading, type MarkdownLine } from '../markdown';

/** A box that is a task, with the lines that belong to it. */
export interface Item {
  box: Box;
  line: MarkdownLine;
  below: MarkdownLine[];
  /** The heading that it stands under; `null`: none, or the file's own title. */
  heading: Heading | null;
  headingLine: MarkdownLine | null;
}

export interface Checklist {
  items: Item[];
  /** The text of the one heading of the first level. */
  title: string | null;
}

/**
 * The tasks of a list. Boxes that are indented below a box are its steps, and with the other lines
 * there its detail: who ticks a task has done its steps. Below plain bullets boxes are tasks.
 */
export function scanChecklist(text: string): Checklist {
  const lines = markdownLines(text);
  const tops = lines.filter(({ heading }) => heading?.level === 1);
  const top = tops.length === 1 ? tops[0] : undefined;
  const list: Checklist = { items: [], title: top?.heading?.title ?? null };
  let headingLine: MarkdownLine | null = null;
  let open: Item | null = null;
  for (const line of lines) {
    if (line.heading !== null) {
      headingLine = line === top ? null : line;
      open = null;
      continue;
    }
    const box = taskBoxOf(line);
    if (open !== null && belongsTo(line, open)) open.below.push(line);
    else if (box === null) open = line.blank ? open : null;
    else {
      open = { box, line, below: [], heading: headingLine?.heading ?? null, headingLine };
      list.items.push(open);
    }
  }
  for (const { below } of list.items) while (below.at(-1)?.blank === true) below.pop();
  return list;
}

/** Blank lines go along; the end of a task's lines is cut when all are read. */
function belongsTo(line: MarkdownLine, { line: own }: Item): boolean {
  return line.blank || line.indent > own.indent;
}

/** The box of a bullet, or of a numbered line. */
export function taskBoxOf(line: MarkdownLine): Box | null {
  const box = boxOf(line);
  if (box !== null || line.kind !== 'text') return box;
  const match = /^(\s*\d{1,9}[.)]\s+\[)(.)\](\s+(?=\S)|\s*$)(.*)$/u.exec(line.text);
  if (match === null) return null;
  const [, lead = '', mark = '', gap = '', text = ''] = match;
  const start = line.start + lead.length;
  const end = start + mark.length;
  const markRange = { start, end };
  const textStart = end + 1 + gap.length;
  return { indent: line.indent, mark, markRange, text: text.trimEnd(), textStart };
}
