import type { SubtaskStatus } from '../../model/status';
import { markdownLines, type MarkdownLine } from '../markdown';
import { staysInside } from '../problems';
import { statusOfPhrase } from './words';

/** What a log says at one place of a feature: in a heading, and below it. */
export interface LogSection {
  /** Number of the feature, as text. */
  id: string;
  title: string;
  heading: MarkdownLine;
  /** The lines below the heading that belong to it. */
  below: MarkdownLine[];
  claims: Claim[];
  /** Steps that the log calls passed, of those that it lists. */
  steps: { passed: number; all: number };
  /** What it says was modified. */
  files: string[];
}

export interface Claim {
  word: string;
  status: SubtaskStatus;
}

export interface LogScan {
  lines: MarkdownLine[];
  sections: LogSection[];
  /** The other headings: sessions and notes. */
  notes: string[];
  /** The last `Total: N/M features`. */
  total: { done: number; of: number; line: MarkdownLine } | null;
}

/** Reads what is common to progress logs; they have no grammar, and any language. */
export function scanLog(text: string): LogScan {
  const lines = markdownLines(text);
  const ends = sectionEnds(lines);
  const scan: LogScan = { lines, sections: [], notes: [], total: null };
  lines.forEach((line, index) => {
    if (line.kind !== 'text') return;
    if (line.heading !== null) {
      const section = sectionOf(line, line.heading.title, lines.slice(index + 1, ends[index]));
      if (section === null) scan.notes.push(line.heading.title);
      else scan.sections.push(section);
    } else {
      const total =
        /^\s*(?:[-*]\s+)?(?:\*\*)?Total(?::|:\*\*|\*\*:)\s*(\d{1,7})\s*\/\s*(\d{1,7})\b/i.exec(
          line.text,
        );
      if (total !== null) scan.total = { done: Number(total[1]), of: Number(total[2]), line };
    }
  });
  return scan;
}

/**
 * Of each heading the index behind its last line: that of the next heading of its rank. A feature
 * ends before the next one of any rank, so that it makes no claim for another.
 */
function sectionEnds(lines: readonly MarkdownLine[]): number[] {
  const ends = new Array<number>(lines.length).fill(lines.length);
  const open: { index: number; level: number }[] = [];
  lines.forEach(({ heading }, index) => {
    if (heading === null) return;
    const isFeature = featureLead.test(heading.title);
    for (
      let top = open.at(-1);
      top !== undefined && (top.level >= heading.level || isFeature);
      top = open.at(-1)
    ) {
      ends[top.index] = index;
      open.pop();
    }
    open.push({ index, level: heading.level });
  });
  return ends;
}

/** How a heading of a feature begins; an emoji may stand before it. */
const featureLead = /^[^\p{L}\p{N}#]{0,8}Feature #(\d{1,9})\b/iu;

/** The section of a heading `Feature #3: Title - COMPLETED`; `null` for any other heading. */
function sectionOf(heading: MarkdownLine, words: string, below: MarkdownLine[]): LogSection | null {
  const lead = featureLead.exec(words);
  if (lead === null || (heading.heading?.level ?? 0) < 2) return null;
  const { title, claim } = headingClaim(words.slice(lead[0].length).replace(/^[\s:–—-]+/, ''));
  const read = below.filter(({ kind }) => kind === 'text').map(({ text }) => text);
  const claims = [...(claim === null ? [] : [claim]), ...read.flatMap((line) => statusLine(line))];
  return {
    id: String(Number(lead[1])),
    title,
    heading,
    below,
    claims,
    steps: stepsIn(read),
    files: filesIn(read),
  };
}

/** A title, and what stands behind its last dash in capitals, or as a tick. */
function headingClaim(words: string): { title: string; claim: Claim | null } {
  const text = words.replace(/[\s✅✔☑️]+$/u, '');
  const ticked = text !== words.trimEnd();
  const dash = /^(.*)\s[-–—]\s+(\S.*)$/u.exec(text);
  const word = dash?.[2] ?? '';
  const status = /^[✅❌⏳🚧\s]*(?:\p{Lu}{2}|N\/A)/u.test(word) ? statusOfPhrase(word) : null;
  if (status !== null) return { title: (dash?.[1] ?? '').trim(), claim: { word, status } };
  return { title: text.trim(), claim: ticked ? { word: '✅', status: 'claimed' } : null };
}

function statusLine(text: string): Claim[] {
  const match = /^\s*(?:[-*+]\s+)?(?:\*\*Status:\*\*|\*\*Status\*\*:|Status:)\s*(\S.*)$/i.exec(
    text,
  );
  const word = match?.[1]?.trim() ?? '';
  const status = statusOfPhrase(word);
  return status === null ? [] : [{ word, status }];
}

/** `Step 2: what was tried - PASS (remark)`. */
function stepsIn(lines: readonly string[]): LogSection['steps'] {
  const steps = lines.filter((line) => /^\s*(?:[-*+]\s+)?(?:\*\*)?Step \d+\b/i.test(line));
  const passed = steps.filter((line) => /\s[-–—]\s+(?:PASS|PASSED)\b|✅/.test(line));
  return { passed: passed.length, all: steps.length };
}

/** The paths of the bullets below `Files Modified:`. */
function filesIn(lines: readonly string[]): string[] {
  const files: string[] = [];
  let inside = false;
  for (const line of lines) {
    const bullet = /^\s*[-*+]\s+(?:`([^`]+)`|(\S+))/.exec(line);
    if (/^\W*Files (?:Modified|Created|Changed)\b.{0,20}:\W*$/i.test(line)) inside = true;
    else if (bullet === null && line.trim() !== '') inside = false;
    if (!inside || bullet === null) continue;
    const path = (bullet[1] ?? bullet[2] ?? '').replace(/:$/, '').trim();
    if (/[./]/.test(path) && !/\s/.test(path) && staysInside(path)) files.push(path);
  }
  return files;
}
