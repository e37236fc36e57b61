/** A line of the phase list of a progress log. */
export interface LogPhase {
  number: number;
  name: string;
  subtasks: number;
  /** Numbers of phases, each once. */
  dependsOn: number[];
}

/** `- Phase 3 (Name): 2 subtasks, depends on phase-1`; `null` for any other line. */
export function readPhaseLine(text: string): LogPhase | null {
  const lead = /^\s*[-*]\s+(?:\*\*)?Phase\s+(\d{1,4})\b/i.exec(text);
  const count = /:\s*(?:\*\*\s*)?(\d{1,4})\s+(?:subtask|chunk)s?\b/i.exec(text);
  return lead === null || count === null ? null : phaseOf(text, lead, count);
}

/** `Phase 3: Name (2 subtasks)`, as some logs have it instead of a list; `null` for other lines. */
export function readPhaseHeading(text: string): LogPhase | null {
  const lead = /^\s*(?:[-*]\s+|#{1,6}\s+)?(?:\*\*)?Phase\s+(\d{1,4})\b/i.exec(text);
  const count = /[(:,–—-]\s*(?:\*\*\s*)?(\d{1,4})\s+(?:subtask|chunk)s?\b/i.exec(text);
  return lead === null || count === null ? null : phaseOf(text, lead, count);
}

/** `Dependencies: Phases 2, 3` on a line of its own; `null` for other lines. */
export function readDependencyLine(text: string, own: number): number[] | null {
  const clause = /^\s*(?:[-*]\s+)?(?:\*\*)?(?:depends on|depends|dependencies)\s*:(.*)$/i.exec(
    text,
  );
  return clause === null ? null : listed(clause[1] ?? '', own);
}

function phaseOf(text: string, lead: RegExpExecArray, count: RegExpExecArray): LogPhase | null {
  if (count.index < lead[0].length) return null;
  const number = Number(lead[1]);
  const written = text.slice(lead[0].length, count.index);
  const name = written
    .replace(/^[\s:–—-]+|[\s*:]+$/g, '')
    .replace(/^\((.*)\)$/, '$1')
    .trim();
  const rest = text.slice(count.index + count[0].length);
  return {
    number,
    name: name === '' ? `Phase ${number}` : name,
    subtasks: Number(count[1]),
    dependsOn: dependencies(rest, number),
  };
}

function dependencies(text: string, own: number): number[] {
  const clause = /\b(?:depends[ _-]on:?|(?:depends|dependencies|deps):)\s*(.*)$/i.exec(text)?.[1];
  return listed(clause ?? '', own);
}

function listed(clause: string, own: number): number[] {
  const bare = clause
    .replace(/\([^()]*\)/g, ' ')
    .replace(/[;(|].*$/, '')
    .replace(/["'`*]/g, '');
  const list = /^\s*(?:phases?\s+)?\[([^\]]*)\]/i.exec(bare)?.[1] ?? bare;
  if (/^\s*(?:nothing|none|no\b|\[?\])/i.test(list)) return [];
  if (/^\s*all\b\D*$/i.test(list) || /^\s*all\s+(?:previous|prior|earlier|other)\b/i.test(list))
    return Array.from({ length: own - 1 }, (_, index) => index + 1);
  const numbers = list.split(/,|&|\+|\/|\sand\s/i).flatMap(readPart);
  return [...new Set(numbers)];
}

const part = /^(phases?)?([\s-]*)(\d{1,4})(?!\d)(.*)$/i;
const rangeEnd = /\s(?:through|thru|to)\s+(?:phases?[\s-]*)?(\d{1,4})/i;
const dashEnd = /^[\w-]*?\s*(?:–|—|\.\.)\s*(?:phases?[\s-]*)?(\d{1,4})(?:-[\w-]*)?[\s.]*$/i;

/** One phase or a range of them; the words behind a number are only a hint. */
function readPart(text: string): number[] {
  const [, word = '', gap = '', first = '', rest = ''] = part.exec(text.trim()) ?? [];
  if (first === '') return [];
  const from = Number(first);
  // `2-5` is a range, but in `phase-2-5g-support` the rest is a name.
  const isName = /^phase$/i.test(word) && gap.includes('-');
  const plain = isName ? undefined : /^\s*-\s*(\d{1,4})\s*$/.exec(rest)?.[1];
  const last = rangeEnd.exec(rest)?.[1] ?? dashEnd.exec(rest)?.[1] ?? plain;
  const to = last === undefined ? from : Number(last);
  return to < from || to - from > 1000
    ? [from]
    : Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
