import type { Line } from '../text';
import {
  formatsIn,
  reportField,
  saysNothing,
  testsIn,
  versionIn,
  type Findings,
} from './status-lines';
import type { ReadVendor } from './status-older';
import { reportWord, timeOf, workItemTypes, type VendorRow, type WorkItemRow } from './status-rows';
import type { Section } from './status-sections';

const vendor = /^-\s+\*\*(.+)\*\*:\s*(operational|broken)\s*$/;

/** A vendor's line with those indented below it: tests, formats, version. */
export function readGeneratedVendors(lines: readonly Line[], findings: Findings): ReadVendor[] {
  const read: ReadVendor[] = [];
  for (const line of lines) {
    const [, name, status] = vendor.exec(line.text) ?? [];
    const last = read.at(-1)?.row;
    if (name !== undefined) {
      const state = status === 'broken' ? 'broken' : 'operational';
      read.push({ line, row: { name, status: state, tests: null, formats: [], version: null } });
    } else if (saysNothing(line)) continue;
    else if (last === undefined || !readVendorLine(last, line.text)) findings.notUnderstood(line);
  }
  return read;
}

function readVendorLine(row: VendorRow, text: string): boolean {
  const [tests, formats, version] = [testsIn(text), formatsIn(text), versionIn(text)];
  if (!/^\s/.test(text)) return false;
  if (tests !== null) row.tests = tests;
  else if (formats !== null) row.formats = formats;
  else if (version !== null) row.version = version;
  else return false;
  return true;
}

interface ReadItem {
  row: WorkItemRow;
  line: Line;
}

// The type is in the last parentheses: a title may have some of its own.
const item = new RegExp(
  `^([ \\t]*)###[ \\t]+(.*?)[ \\t]+\\((${workItemTypes.join('|')})\\)[ \\t]*$`,
);
const deepest = 5;

export function readWorkItems({ lines }: Section, findings: Findings): WorkItemRow[] {
  const read: ReadItem[] = [];
  for (const line of lines) {
    const row = itemAt(line, findings);
    const last = read.at(-1)?.row;
    if (row !== null) read.push({ row, line });
    else if (saysNothing(line)) continue;
    else if (last === undefined || !readItemLine(last, line.text)) findings.notUnderstood(line);
  }
  checkParents(read, findings);
  return read.map(({ row }) => row);
}

function itemAt(line: Line, findings: Findings): WorkItemRow | null {
  const [, indent = '', title, word] = item.exec(line.text) ?? [];
  const type = workItemTypes.find((one) => one === word);
  if (title === undefined || type === undefined) return null;
  const depth = Math.floor(indent.replaceAll('\t', '    ').length / 2);
  if (depth > deepest)
    findings.add('warning', 'too-deep', line, `Items are nested ${deepest} deep at most.`);
  const rest = { status: 'active', createdAt: null, branch: null, parent: null };
  return { title, type, depth: Math.min(depth, deepest), ...rest };
}

function readItemLine(row: WorkItemRow, text: string): boolean {
  const read = reportField(text);
  if (read === null) return false;
  const { name, value } = read;
  if (name === 'status') row.status = reportWord(value);
  else if (name === 'created') row.createdAt = timeOf(value);
  else if (name === 'branch') row.branch = value;
  else if (name === 'parent') row.parent = value;
  else return false;
  return true;
}

/** A parent is named by its title alone, so it must be the only one of that title above. */
function checkParents(items: readonly ReadItem[], findings: Findings): void {
  const count = new Map<string, number>();
  const name = (depth: number, title: string) => `${depth} ${title}`;
  for (const { row, line } of items) {
    const own = name(row.depth, row.title);
    count.set(own, (count.get(own) ?? 0) + 1);
    if (row.parent === null) continue;
    const parents = count.get(name(row.depth - 1, row.parent)) ?? 0;
    if (parents > 1) {
      const message = `${parents} items are called ${row.parent}, so the parent of ${row.title} is not sure.`;
      findings.add('warning', 'ambiguous-parent', line, message);
    } else if (parents === 0) {
      const message = `The parent ${row.parent} of ${row.title} is not above it in the report.`;
      findings.add('info', 'missing-parent', line, message);
    }
  }
}

/**
 * The place of each item's parent among the rows, `null` for none: the nearest one above that is
 * one level higher and has its name. In a report that is written as a tree that is the parent.
 */
export function parentsOf(rows: readonly WorkItemRow[]): (number | null)[] {
  const last = new Map<string, number>();
  return rows.map(({ depth, title, parent }, place) => {
    const above = parent === null ? null : (last.get(`${depth - 1} ${parent}`) ?? null);
    last.set(`${depth} ${title}`, place);
    return above;
  });
}
