import type { Problem, Severity } from '../../model/plan';
import { problem } from '../problems';
import { rangeOf, type Line } from '../text';
import {
  priorityOf,
  timeOf,
  vendorFormats,
  type DeploymentRow,
  type EnhancementRow,
  type VendorRow,
} from './status-rows';

// Lines that older and generated reports share.

/** Collects what is wrong with the lines of a report. */
export class Findings {
  readonly problems: Problem[] = [];

  add(severity: Severity, rule: string, line: Line, message: string): void {
    const at = { line: line.number, range: rangeOf(line) };
    this.problems.push(problem(severity, rule, at, message));
  }

  notUnderstood(line: Line): void {
    const shown = line.text.trim().slice(0, 80);
    this.add('info', 'unknown-line', line, `This line is not understood and is left out: ${shown}`);
  }
}

/** Lines that say nothing: blank ones, rules, and words in italics. */
export function saysNothing({ text }: Line): boolean {
  const trimmed = text.trim();
  const plain = trimmed === '' || trimmed.startsWith('<!--') || /^-{3,}$/.test(trimmed);
  return plain || /^([*_])[^*_].*\1$/.test(trimmed);
}

export function testsIn(text: string): VendorRow['tests'] {
  const [, passing, total, skipped] =
    /\((\d{1,9})\s*\/\s*(\d{1,9}) tests?(?: passed)?(?:,\s*(\d{1,9}) skipped)?\)/i.exec(text) ?? [];
  return passing === undefined
    ? null
    : { passing: Number(passing), total: Number(total), skipped: Number(skipped ?? 0) };
}

/** Formats in brackets; `null` when there are no brackets. */
export function formatsIn(text: string): VendorRow['formats'] | null {
  const list = /\[([^\][]{0,200})\]/.exec(text)?.[1];
  if (list === undefined) return null;
  const words = list.split(',').map((word) => word.trim().toLowerCase());
  return vendorFormats.filter((format) => words.includes(format));
}

export function versionIn(text: string): string | null {
  return /(?:^|\s)v(\d\S{0,49})\s*$/.exec(text)?.[1] ?? null;
}

export function checkTests({ name, tests }: VendorRow, line: Line, findings: Findings): void {
  if (tests === null || tests.passing + tests.skipped <= tests.total) return;
  const message = `${name} has ${tests.passing} passed and ${tests.skipped} skipped of only ${tests.total} tests.`;
  findings.add('warning', 'bad-test-counts', line, message);
}

/** `### 2026-03-01 - PR #12`; `null` for any other line. */
export function deploymentHeading(text: string): Pick<DeploymentRow, 'at' | 'pr'> | null {
  const [, time = '', pr] = /^###\s+(.+?)(?:\s+-\s+PR #(\d{1,9}))?\s*$/.exec(text) ?? [];
  const at = timeOf(time);
  return at === null ? null : { at, pr: pr === undefined ? null : Number(pr) };
}

export function emptyDeployment(heading: Pick<DeploymentRow, 'at' | 'pr'>): DeploymentRow {
  return {
    ...heading,
    ...{ title: null, commit: null, tests: [], compliant: null, vendors: [], workItems: [] },
  };
}

const field = /^\s*-\s+(?:\*\*)?([A-Za-z][A-Za-z ]{0,40}?)(?:\*\*:|:(?:\*\*)?)\s*(.*?)\s*$/;

/** Name, in small letters, and value of `- **Name**: value` or `- Name: value`. */
export function reportField(text: string): { name: string; value: string } | null {
  const [, name, value = ''] = field.exec(text) ?? [];
  return name === undefined ? null : { name: name.toLowerCase(), value };
}

/** Names between commas; one with a comma of its own has a backslash before it. */
const listOf = (value: string) =>
  [...value.matchAll(/(?:\\[\\,]|[^,])+/g)]
    .map(([part]) => part.replace(/\\([\\,])/g, '$1').trim())
    .filter((part) => part !== '');

/** Takes a line below a deployment's heading; `false` when it is none of its fields. */
export function readDeploymentLine(
  row: DeploymentRow,
  line: Line,
  digits: RegExp,
  findings: Findings,
): boolean {
  const read = reportField(line.text);
  if (read === null) return false;
  const { name, value } = read;
  if (name === 'title') row.title = value;
  else if (name === 'commit') {
    row.commit = value.replaceAll('`', '');
    if (!digits.test(row.commit))
      findings.add('warning', 'bad-commit-hash', line, `${row.commit} is no commit's hash.`);
  } else if (name === 'tests') row.tests = listOf(value).flatMap(countOf);
  else if (name === 'vendors') row.vendors = listOf(value);
  else if (name === 'work items') row.workItems = listOf(value).map((id) => id.replace(/^#/, ''));
  else if (name === 'constitutional compliance')
    row.compliant = value === '✓' ? true : value === '✗' ? false : null;
  else return false;
  return true;
}

/** `unit: 212` or `45 passed`. */
function countOf(text: string): DeploymentRow['tests'] {
  const [, named, number] = /^(.*?):\s*(\d{1,9})$/.exec(text) ?? [];
  if (named !== undefined) return [{ name: named.trim(), count: Number(number) }];
  const [, count, name] = /^(\d{1,9})\s+(\S.*)$/.exec(text) ?? [];
  return name === undefined ? [] : [{ name, count: Number(count) }];
}

const decided = ['approved', 'implementing'] as const;

/** `- Title (Priority: High, Q1 2026)`; the last parentheses count. */
export function enhancementOf(text: string): EnhancementRow | null {
  const [, title] = /^\s*-\s+(\S.*?)\s*$/.exec(text) ?? [];
  if (title === undefined) return null;
  const [whole = '', inside = ''] = /\s*\(([^()]{0,100})\)$/.exec(title) ?? [];
  const [, word = ''] = /\bPriority:\s*(\w+)/i.exec(inside) ?? [];
  const [, part, year] = /\bQ([1-4])\s+(\d{4})\b/.exec(inside) ?? [];
  const priority = priorityOf(word);
  const quarter = part === undefined ? null : `${year ?? ''}-Q${part}`;
  if (priority === null && quarter === null) return { title, priority, quarter, status: null };
  const last = /,\s*(approved|implementing)$/.exec(inside)?.[1];
  const status = decided.find((one) => one === last) ?? null;
  return { title: title.slice(0, title.length - whole.length), priority, quarter, status };
}
