import type { Fact, Facts, Problem } from '../../model/plan';
import type { SourceFile } from '../format';
import type { Heading, MarkdownLine } from '../markdown';
import { tableRows } from '../markdown-table';
import { problem } from '../problems';
import {
  duplicateNames,
  fieldIn,
  openDocument,
  placeOf,
  sectionNamed,
  sectionsOf,
  stateFacts,
  type SessionDocument,
} from './document';
import { placeOfLine, type Row } from './events';
import { blockers } from './ops';

// Minutes and summaries are reports: decisions, blockers and claims, never work.

/** A blocker is named at the start or before a colon; reports also tell people to look for some. */
const blocker =
  /^\s*(?:[-*+]\s+|\d+[.)]\s+)?(?:\[.\]\s+)?[*_([]{0,4}BLOCKER\b|\bBLOCKER\W{0,4}[:—–]/;

export interface Claim {
  count: number;
  what: 'phases' | 'tasks' | 'batches';
  line: MarkdownLine;
}

export interface ReportDocument extends SessionDocument {
  facts: Facts;
  blockers: Problem[];
  /** What the report says of the number of things that the plan has. */
  claims: Claim[];
}

export function readMinutes(file: SourceFile): ReportDocument {
  const document = openDocument(file);
  const { lines } = document;
  const decision = decisionIn(sectionNamed(lines, /^CEO decision/i));
  const found = blockers(sectionNamed(lines, /^blockers/i), blocker);
  const batches = tableRows(lines, ['batch', 'parallel safe']);
  return {
    ...document,
    facts: {
      ...stateFacts(document),
      ...(decision === null ? {} : { decision }),
      blockers: found.length,
      batches: batches.length,
      actions: tableRows(lines, ['action', 'owner']).length,
    },
    blockers: found,
    claims: lines.flatMap(claimsIn),
  };
}

export function readSummary(file: SourceFile): ReportDocument {
  const document = openDocument(file);
  const { lines } = document;
  const below = sectionsOf(sectionNamed(lines, /^phases\b/i), 3);
  const phases = below.length > 0 ? below : phasesAnywhere(lines);
  const status = fieldIn(lines, 'Status')?.value;
  const found = blockers(lines, blocker);
  const named = phases.map(({ heading, line }) => {
    const name = heading.title.replace(/^(?:Phase\s+)?\d{1,6}\s*[.):–—-]\s*/i, '');
    return { name: name.replace(/\s*[✅❌⏳].*$/u, ''), at: placeOf(line) };
  });
  document.problems.push(...duplicateNames(named, 'phase'));
  return {
    ...document,
    facts: {
      ...stateFacts(document),
      ...(status === undefined ? {} : { decision: { status, text: '' } }),
      groups: phases.length,
      complete: phases.filter(({ heading }) => /✅\s*COMPLETE/.test(heading.title)).length,
      gate_rows: tableRows(lines, ['gate', 'criteria']).length,
      blockers: found.length,
    },
    blockers: found,
    claims: [],
  };
}

/** `Phase 1: Name` where no section is of the phases; `Phase 1 Tasks` is about another thing. */
function phasesAnywhere(
  lines: readonly MarkdownLine[],
): { heading: Heading; line: MarkdownLine }[] {
  return lines.flatMap((line) =>
    line.heading !== null && /^Phase\s+\d{1,6}\s*[:–—-]\s*\S/i.test(line.heading.title)
      ? [{ heading: line.heading, line }]
      : [],
  );
}

/** Who decided is in the heading; what and why are a status and the text below it. */
function decisionIn(lines: readonly MarkdownLine[]): Fact {
  const status = fieldIn(lines, 'Status');
  if (status === null) return null;
  const at = lines.indexOf(status.line);
  const text = lines.slice(at + 1).filter((line) => !line.blank && !/^-{3,}\s*$/.test(line.text));
  return {
    status: status.value.replace(/^[✅❌⏳]\s*/u, ''),
    text: text.map((line) => line.text.trim()).join('\n'),
  };
}

const claim = /\*\*(\d{1,6}) (?:engineering |execution )?(phases|tasks|batches)\*\*/g;

function claimsIn(line: MarkdownLine): Claim[] {
  return [...line.text.matchAll(claim)].flatMap(([, count, what]): Claim[] =>
    what === 'phases' || what === 'tasks' || what === 'batches'
      ? [{ count: Number(count), what, line }]
      : [],
  );
}

/** The claims that the plan does not bear out. */
export function claimProblems(
  { claims, file }: ReportDocument,
  counts: Readonly<Record<Claim['what'], number>>,
): Problem[] {
  return claims.flatMap(({ count, what, line }): Problem[] => {
    if (counts[what] === 0 || counts[what] === count) return [];
    const message = `The report says ${count} ${what}; the plan has ${counts[what]}. The plan counts.`;
    return [problem('warning', 'count-mismatch', placeOf(line, file.path), message)];
  });
}

const loggedClaim = /\b(\d{1,6})\s+(?:engineering\s+|execution\s+)?(phases|tasks|batches)\b/gi;

/** What a logged row of minutes says of the plan, where the plan has another number. */
export function loggedClaims(
  { values, line }: Row,
  counts: Readonly<Record<Claim['what'], number>>,
  path: string | null,
): Problem[] {
  const said = new Map<string, number>();
  for (const text of Object.values(values))
    if (typeof text === 'string')
      for (const [, count, what = ''] of text.matchAll(loggedClaim))
        if (!said.has(what.toLowerCase())) said.set(what.toLowerCase(), Number(count));
  const kinds = ['phases', 'tasks', 'batches'] as const;
  return kinds.flatMap((what): Problem[] => {
    const count = said.get(what);
    if (count === undefined || counts[what] === 0 || counts[what] === count) return [];
    const message = `The logged minutes say ${count} ${what}; the plan has ${counts[what]}. The plan counts.`;
    return [problem('warning', 'count-mismatch', placeOfLine(line, path), message)];
  });
}

/** Tasks of a summary's list, where its own heading or the log says another number. */
export function summaryTasks({ lines, file }: ReportDocument, logged: number): Problem[] {
  const tasks = sectionNamed(lines, /^engineering tasks\b/i);
  const line = tasks.find(({ text }) => /\b\d{1,6} tasks \(see\b/i.test(text));
  const stated = Number(/\b(\d{1,6}) tasks \(see\b/i.exec(line?.text ?? '')?.[1] ?? 0);
  const named = sectionsOf(tasks, 3)
    .flatMap((section) => section.lines)
    .filter(({ text }) => /^[-*+]\s+\*\*[^*]+\*\*/.test(text)).length;
  if (line === undefined || named === 0 || (named === stated && named === logged)) return [];
  const message = `The heading says ${stated} tasks, ${named} are named below it, and the log has ${logged}. The log counts.`;
  return [problem('warning', 'count-mismatch', placeOf(line, file.path), message)];
}
