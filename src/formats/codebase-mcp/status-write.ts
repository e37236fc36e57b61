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

/**
 * A status report as it is generated, which reads back to the same rows: vendors by name,
 * deployments newest first. `at` is the time of writing, ISO 8601.
 */
export function writeStatusReport(rows: GeneratedRows, at: string): string {
  const { workItems, enhancements } = rows;
  const vendors = rows.vendors.toSorted((a, b) => compare(a.name, b.name));
  const deployments = rows.deployments.toSorted((a, b) => compare(b.at, a.at));
  const working = vendors.filter(({ status }) => status === 'operational').length;
  const time = shownTime(at);
  const lines = [
    `# Project Status - ${time}`,
    '',
    `## Operational Vendors (${working}/${vendors.length})`,
    '',
    ...vendors.flatMap(vendorLines),
    '',
    `## Active Work Items (${workItems.length})`,
    '',
    ...workItems.flatMap(itemLines),
    '',
    `## Recent Deployments (Last ${deployments.length})`,
    '',
    ...deployments.flatMap(deploymentLines),
    ...enhancementSection(enhancements),
    '',
    '---',
    `*Generated at ${time}*`,
    '',
  ];
  return lines.join('\n');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** A text that stays on its line. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
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

function itemLines(row: WorkItemRow): string[] {
  const indent = '  '.repeat(row.depth);
  const field = (name: string, value: string | null) =>
    value === null ? [] : [`${indent}- **${name}**: ${oneLine(value)}`];
  return [
    `${indent}### ${oneLine(row.title)} (${row.type})`,
    ...field('Status', row.status),
    ...field('Created', row.createdAt === null ? null : shownTime(row.createdAt)),
    ...field('Branch', row.branch),
    ...field('Parent', row.parent),
  ];
}

function deploymentLines(row: DeploymentRow): string[] {
  const list = (name: string, values: readonly string[]) =>
    values.length === 0 ? [] : [`- **${name}**: ${values.map(oneLine).join(', ')}`];
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
    ...list('Work Items', row.workItems),
  ];
}

/** The generator that these reports come from leaves enhancements out and loses them. */
function enhancementSection(rows: readonly EnhancementRow[]): string[] {
  if (rows.length === 0) return [];
  return ['', `## Future Enhancements (${rows.length})`, '', ...rows.map(enhancementLine)];
}

function enhancementLine({ title, priority, quarter }: EnhancementRow): string {
  const [year = '', part = ''] = quarter?.split('-') ?? [];
  const said = [
    ...(priority === null ? [] : [`Priority: ${priorityWords[priority - 1] ?? ''}`]),
    ...(quarter === null ? [] : [`${part} ${year}`]),
  ];
  return `- ${oneLine(title)}${said.length === 0 ? '' : ` (${said.join(', ')})`}`;
}
