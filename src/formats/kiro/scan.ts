import type { SourceRange } from '../../model/plan';
import { markdownLines, type MarkdownLine } from '../markdown';

// The boxes of a tasks.md that are tasks, with the lines below them, as a tree.

export interface TaskBox {
  line: MarkdownLine;
  /** Index of the line. */
  at: number;
  mark: string;
  markRange: SourceRange;
  optional: boolean;
  /** `null` in a file that numbers nothing. */
  number: string | null;
  numberRange: SourceRange | null;
  /** What follows the number, as written. */
  title: string;
  /** Indented lines below, up to the next task. */
  below: MarkdownLine[];
  parent: TaskBox | null;
  children: TaskBox[];
}

export interface Scan {
  lines: MarkdownLine[];
  /** In the order of the file. */
  boxes: TaskBox[];
  /** Boxes without a number beside numbered ones; they are no tasks. */
  unnumbered: TaskBox[];
}

export function scanTasks(text: string): Scan {
  const lines = markdownLines(text);
  const found = lines.flatMap((line, at) => readBox(line, at) ?? []);
  const numbered = found.filter(({ number }) => number !== null);
  const lists = checklistLines(lines);
  const isListed = ({ at }: TaskBox) => lists[at] === true;
  const boxes =
    numbered.length > 0 ? numbered : found.filter((box) => box.line.indent === 0 && !isListed(box));
  const others = numbered.length > 0 ? found.filter(({ number }) => number === null) : [];
  takeLinesBelow(boxes, lines);
  linkBoxes(boxes);
  return { lines, boxes, unnumbered: others.filter((box) => !isListed(box)) };
}

const boxLine = /^(\s*[-*+]\s+\[)(.)\](\*?)(\s*)(.*)$/u;
const numberAtStart = /^(\d+(?:\.\d+)*)(?:\\?\.)?(\*?)(?:\\?\.)?(?:\s+|$)/;

function readBox(line: MarkdownLine, at: number): TaskBox | null {
  if (line.kind !== 'text') return null;
  const [whole, lead = '', mark = '', star = '', gap = '', rest = ''] =
    boxLine.exec(line.text) ?? [];
  // `[x](address)` is a link.
  if (whole === undefined || (star + gap === '' && rest.startsWith('('))) return null;
  const markStart = line.start + lead.length;
  const textStart = markStart + mark.length + 1 + star.length + gap.length;
  const [matched = '', number = null, numberStar = ''] = numberAtStart.exec(rest) ?? [];
  return {
    line,
    at,
    mark,
    markRange: { start: markStart, end: markStart + mark.length },
    optional: star + numberStar !== '',
    number,
    numberRange: number === null ? null : { start: textStart, end: textStart + number.length },
    title: rest.slice(matched.length).trim(),
    below: [],
    parent: null,
    children: [],
  };
}

const checklist =
  /\b(?:success|completion|acceptance) criteria\b|\bchecklist\b|\bdefinition of done\b|\bnotes?\b|\bsummary\b|完了条件|完成标准|备注|まとめ/i;

/** For each line whether a heading above says that what stands here is checked, not done. */
function checklistLines(lines: readonly MarkdownLine[]): boolean[] {
  let level = 0;
  return lines.map(({ heading }) => {
    if (heading !== null && heading.level > 1 && (level === 0 || heading.level <= level))
      level = checklist.test(heading.title) ? heading.level : 0;
    return level > 0;
  });
}

function takeLinesBelow(boxes: readonly TaskBox[], lines: readonly MarkdownLine[]): void {
  boxes.forEach((box, position) => {
    const end = boxes[position + 1]?.at ?? lines.length;
    for (const line of lines.slice(box.at + 1, end)) {
      if (line.heading !== null || (!line.blank && line.indent === 0)) break;
      box.below.push(line);
    }
    while (box.below.at(-1)?.blank === true) box.below.pop();
  });
}

/**
 * An indented box is a child of the nearest one above with a smaller indent. Of the unindented, an
 * `N.M` is a child of the last `N.`, unless that has lines of its own: then it is work itself, and
 * `N.M` stands beside it.
 */
function linkBoxes(boxes: readonly TaskBox[]): void {
  const open: TaskBox[] = [];
  const tops = new Map<string, TaskBox>();
  for (const box of boxes) {
    const { indent } = box.line;
    while ((open.at(-1)?.line.indent ?? -1) >= indent) open.pop();
    const top = indent === 0 ? tops.get(/^\d+(?=\.)/.exec(box.number ?? '')?.[0] ?? '') : undefined;
    const parent = open.at(-1) ?? (top?.below.length === 0 ? top : null);
    open.push(box);
    if (indent === 0 && box.number !== null && !box.number.includes('.')) tops.set(box.number, box);
    if (parent === null) continue;
    box.parent = parent;
    parent.children.push(box);
  }
}

export function isLeaf({ children }: TaskBox): boolean {
  return children.length === 0;
}

/** The leaves at or below a box, in order. */
export function leavesOf(box: TaskBox): TaskBox[] {
  const leaves: TaskBox[] = [];
  const open = [box];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (isLeaf(next)) leaves.push(next);
    else open.push(...next.children.toReversed());
  }
  return leaves;
}

/** The leaves that a group is complete with: those that are not optional, if there are any. */
export function requiredLeavesOf(box: TaskBox): TaskBox[] {
  const leaves = leavesOf(box);
  const required = leaves.filter(({ optional }) => !optional);
  return required.length > 0 ? required : leaves;
}
