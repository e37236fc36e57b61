import type { Reconciliation } from './report-messages';

const names: Readonly<Record<string, string>> = {
  vendors: 'Vendors',
  work_items: 'Work items',
  deployments: 'Deployments',
  enhancements: 'Enhancements',
  session_prompts: 'Session prompts',
  notes: 'Notes',
};

const number = (value: number | null) => (value === null ? '–' : String(value));

/** A reconciliation as Markdown, a line each. */
export function reconciliationLines(account: Reconciliation): string[] {
  const { counts, applied } = account;
  const shown = Object.entries(counts).filter(([, { stated, found }]) => (stated ?? found) + found);
  const rows = shown.map(([kind, { stated, found, stored, created, updated }]) => {
    const cells = [names[kind] ?? kind, number(stated), found, stored, created, updated];
    return `| ${cells.join(' | ')} |`;
  });
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines.map((line) => `- ${line}`)];
  return [
    `# Import of ${account.path}`,
    '',
    applied ? 'What the file holds is stored.' : 'This is what an import would do.',
    'Everything in it is claimed; nothing is proven by it. The file stays as it is.',
    ...(rows.length === 0
      ? ['', 'There is nothing in it to store.']
      : [
          '',
          `| | Stated | Found | ${applied ? 'Stored' : 'Would be stored'} | New | Changed |`,
          '| --- | ---: | ---: | ---: | ---: | ---: |',
          ...rows,
        ]),
    ...section(
      'What does not agree',
      shown.flatMap(([kind, { stated, found }]) =>
        stated === null || stated === found
          ? []
          : [`${names[kind] ?? kind}: the file states ${stated} and has ${found}.`],
      ),
    ),
    ...section(
      'Differences',
      account.differences.map(({ name, message }) => `${name}: ${message}`),
    ),
    ...section(
      'Problems',
      account.problems.map(({ line, message }) => `line ${line}: ${message}`),
    ),
    ...section(
      'Lines that are not understood',
      account.unreadLines.map(({ line, text }) => `line ${line}: ${text}`),
    ),
    ...section(
      'Fields that the file does not give',
      account.fieldsMissing.map(({ name, fields }) => `${name}: ${fields.join(', ')}`),
    ),
    ...section(
      'Writes that wait in comments, imported only when asked for',
      account.fallbackWrites.map(({ line, time, json }) => `line ${line}, ${time}: ${json}`),
    ),
  ];
}
