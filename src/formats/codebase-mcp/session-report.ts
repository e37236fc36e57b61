import type { Fact, Facts, Problem } from '../../model/plan';
import type { PlanSource } from '../format';
import { frontMatterText, readFrontMatter } from '../front-matter';
import { markdownLines, type MarkdownLine } from '../markdown';
import { problem } from '../problems';
import { rangeOf } from '../text';

// The report of an orchestrated session: claims and no plan. Nothing in it is run or sent on.

const keys = [
  'subagent_type',
  'specification_id',
  'task_range',
  'date',
  'branch',
  'total_subagent_invocations',
];

export function readSessionReport({ text }: PlanSource): { facts: Facts; problems: Problem[] } {
  const front = readFrontMatter(text);
  // Fences within fences make code of what is text; reports hold little code, so all lines count.
  const lines = markdownLines(text).filter(({ kind }) => kind !== 'front-matter');
  const facts: Record<string, Fact> = {};
  for (const key of keys) {
    const value = frontMatterText(front, key);
    if (value !== null) facts[key] = value;
  }
  const claim = claimIn(lines);
  if (claim !== null) facts['claimed'] = [claim.done, claim.total];
  const range = idRange(frontMatterText(front, 'task_range') ?? '');
  return { facts, problems: [...coverage(lines, range, claim), ...invocations(lines)] };
}

interface Claim {
  done: number;
  total: number;
  line: MarkdownLine;
}

function claimIn(lines: readonly MarkdownLine[]): Claim | null {
  for (const line of lines) {
    const [, done, total] =
      /Tasks Completed[\s*:~_]*(\d{1,6})[\s*_]*(?:out of|of|\/)[\s*_]*(\d{1,6})/i.exec(line.text) ??
      [];
    if (done !== undefined) return { done: Number(done), total: Number(total), line };
  }
  return null;
}

function idRange(text: string): [number, number] | null {
  const [, from, to = from] = /T(\d{3,6})(?:\s*[-–—]\s*T(\d{3,6}))?/.exec(text) ?? [];
  return from === undefined ? null : [Number(from), Number(to)];
}

// A typing error in a number must not make a million ids.
const mostIds = 2000;

/** Ids of which the report says neither that they are done nor that they remain. */
function coverage(
  lines: readonly MarkdownLine[],
  done: [number, number] | null,
  claim: Claim | null,
): Problem[] {
  const start = lines.findIndex(
    ({ heading }) => heading?.level === 2 && /remaining work/i.test(heading.title),
  );
  const first = lines[start];
  if (done === null || claim === null || first === undefined || claim.total > mostIds) return [];
  const rest = lines.slice(start + 1);
  const end = rest.findIndex(({ heading }) => heading !== null && heading.level <= 2);
  const named = new Set<number>();
  const add = (from: number, to: number) => {
    for (let id = from; id <= Math.min(to, claim.total); id += 1) named.add(id);
  };
  add(...done);
  for (const { text } of rest.slice(0, end < 0 ? rest.length : end))
    for (const [word] of text.matchAll(/T\d{3,6}(?:\s*[-–—]\s*T\d{3,6})?/g))
      add(...(idRange(word) ?? [0, -1]));
  const missing = Array.from({ length: claim.total }, (_, index) => index + 1)
    .filter((id) => !named.has(id))
    .map((id) => `T${String(id).padStart(3, '0')}`);
  if (missing.length === 0) return [];
  const at = { line: first.number, range: rangeOf(first) };
  const message = `Of ${claim.total} tasks, ${missing.slice(0, 10).join(', ')} ${missing.length === 1 ? 'is' : 'are'} neither in the range that is done nor in what remains.`;
  return [problem('info', 'report-arithmetic', at, message)];
}

/** How often a role was called, where two sections say different numbers. */
function invocations(lines: readonly MarkdownLine[]): Problem[] {
  const said = new Map<string, { count: number; line: number }>();
  return lines.flatMap((line): Problem[] => {
    const role =
      /^\s*(?:[-*+]\s+)?\*\*(?:\d+\.\s*)?([a-z][\w-]{1,60})\*\*:?\s*\(?(\d{1,6})\b[^()\n]{0,60}?\binvocations?\b/i.exec(
        line.text,
      );
    const [, name, count = ''] = role ?? [];
    if (name === undefined) return [];
    const before = said.get(name);
    if (before === undefined) said.set(name, { count: Number(count), line: line.number });
    if (before === undefined || before.count === Number(count)) return [];
    const message = `${name} has ${count} invocations here and ${before.count} on line ${before.line}.`;
    return [
      problem('info', 'report-arithmetic', { line: line.number, range: rangeOf(line) }, message),
    ];
  });
}
