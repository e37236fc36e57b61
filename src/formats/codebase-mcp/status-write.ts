import {
  priorityWords,
  shownTime,
  type DeploymentRow,
  type EnhancementRow,
  type StatusRows,
  type VendorRow,
  type WorkItemRow,
} from './status-rows';

/** What a generated report can hold: prompts are work items of the type session in it. */
export type GeneratedRows = Omit<StatusRows, 'sessions'>;

/** What a report says beside its rows; readers of reports pass it over. */
export interface ReportRemarks {
  /** Below the headings of sections: how much of what they tell is proven. */
  sections: Partial<Readonly<Record<keyof GeneratedRows, string>>>;
  /** Below work items, by their place among the rows. */
  items: ReadonlyMap<number, string>;
  /** A section of its own: a line for all plans, and one for each. */
  plans: { remark: string; lines: readonly string[] } | null;
  /** Comments of the report before this one that nobody has dealt with. */
  comments: readonly string[];
}

const noRemarks: ReportRemarks = { sections: {}, items: new Map(), plans: null, comments: [] };

/**
 * A status report as it is generated, which reads back to the same rows: vendors by name, work
 * items as a tree in their order, deployments newest first. `at` is the time of writing, ISO 8601.
 */
export function writeStatusReport(
  rows: GeneratedRows,
  at: string,
  remarks: ReportRemarks = noRemarks,
): string {
  const { workItems, enhancements } = rows;
  const vendors = rows.vendors.toSorted((a, b) => compare(a.name, b.name));
  const deployments = rows.deployments.toSorted((a, b) => compare(b.at, a.at));
  const working = vendors.filter(({ status }) => status === 'operational').length;
  const time = shownTime(at);
  const section = (kind: keyof GeneratedRows, heading: string, lines: readonly string[]) => {
    const remark = remarks.sections[kind];
    if (rows[kind].length === 0) return [];
    return [
      `## ${heading}`,
      '',
      ...(remark === undefined ? [] : [italics(remark), '']),
      ...lines,
      '',
    ];
  };
  const lines = [
    `# Project Status - ${time}`,
    '',
    ...planSection(remarks.plans),
    ...section(
      'vendors',
      `Operational Vendors (${working}/${vendors.length})`,
      vendors.flatMap(vendorLines),
    ),
    ...section(
      'workItems',
      `Active Work Items (${workItems.length})`,
      workItems.flatMap((row, place) => itemLines(row, remarks.items.get(place) ?? null)),
    ),
    ...section(
      'deployments',
      `Recent Deployments (Last ${deployments.length})`,
      deployments.flatMap(deploymentLines),
    ),
    // The generator that these reports come from leaves enhancements out and loses them.
    ...section(
      'enhancements',
      `Future Enhancements (${enhancements.length})`,
      enhancements.map(enhancementLine),
    ),
    ...remarks.comments,
    '---',
    italics(`Generated at ${time}`),
    '',
  ];
  return lines.join('\n');
}

function planSection(plans: ReportRemarks['plans']): string[] {
  if (plans === null) return [];
  const { remark, lines } = plans;
  return [
    `## Plans (${lines.length})`,
    '',
    italics(remark),
    '',
    ...lines.map((line) => `- ${oneLine(line)}`),
    '',
  ];
}

/** Words that readers pass over. */
const italics = (words: string) => `*${oneLine(words)}*`;

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** A text that stays on its line. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A name between commas; see `listOf`. */
function listed(name: string): string {
  return oneLine(name).replace(/[\\,]/g, '\\$&');
}

function vendorLines({ name, status, tests, formats, version }: VendorRow): string[] {
  const skipped = tests === null || tests.skipped === 0 ? '' : `, ${tests.skipped} skipped`;
  return [
    `- **${oneLine(name)}**: ${status}`,
    ...(tests === null ? [] : [`  (${tests.passing}/${tests.total} tests${skipped})`]),
    `  [${formats.length === 0 ? 'none' : formats.join(', ')}]`,
    ...(version === null ? [] : [`  v${oneLine(version)}`]),
  ];
}

function itemLines(row: WorkItemRow, remark: string | null): string[] {
  const indent = '  '.repeat(row.depth);
  const field = (name: string, value: string | null) =>
    value === null ? [] : [`${indent}- **${name}**: ${oneLine(value)}`];
  return [
    `${indent}### ${oneLine(row.title)} (${row.type})`,
    ...field('Status', row.status),
    ...(remark === null ? [] : [`${indent}${italics(remark)}`]),
    ...field('Created', row.createdAt === null ? null : shownTime(row.createdAt)),
    ...field('Branch', row.branch),
    ...field('Parent', row.parent),
  ];
}

function deploymentLines(row: DeploymentRow): string[] {
  const list = (name: string, values: readonly string[]) =>
    values.length === 0 ? [] : [`- **${name}**: ${values.map(listed).join(', ')}`];
  return [
    `### ${shownTime(row.at)}${row.pr === null ? '' : ` - PR #${row.pr}`}`,
    ...(row.title === null ? [] : [`- **Title**: ${oneLine(row.title)}`]),
    ...(row.commit === null ? [] : [`- **Commit**: \`${row.commit}\``]),
    ...list(
      'Tests',
      row.tests.map(({ name, count }) => `${name}: ${count}`),
    ),
    ...(row.compliant === null
      ? []
      : [`- **Constitutional Compliance**: ${row.compliant ? '✓' : '✗'}`]),
    ...list('Vendors', row.vendors),
    ...list(
      'Work Items',
      row.workItems.map((title) => `#${title}`),
    ),
  ];
}

function enhancementLine({ title, priority, quarter, status }: EnhancementRow): string {
  const [year = '', part = ''] = quarter?.split('-') ?? [];
  const said = [
    ...(priority === null ? [] : [`Priority: ${priorityWords[priority - 1] ?? ''}`]),
    ...(quarter === null ? [] : [`${part} ${year}`]),
    ...(status === null ? [] : [status]),
  ];
  return `- ${oneLine(title)}${said.length === 0 ? '' : ` (${said.join(', ')})`}`;
}
