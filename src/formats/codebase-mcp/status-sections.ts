import { linesOf, type Line } from '../text';

// A report as sections. Lines are read, not a Markdown tree: generated reports indent headings.

export const sectionKinds = [
  'vendors',
  'workItems',
  'deployments',
  'enhancements',
  'sessions',
] as const;
export type SectionKind = (typeof sectionKinds)[number];

export interface Section {
  kind: SectionKind;
  heading: Line;
  /** The number of rows that the heading states. */
  stated: number | null;
  /** Of vendors, how many the heading calls operational. */
  operational: number | null;
  /** Whether the heading is one of those that the generator writes. */
  generated: boolean;
  lines: Line[];
}

const patterns: readonly [SectionKind, RegExp, boolean][] = [
  ['vendors', /^##\s+Operational Vendors\s*\((\d{1,9})\s*\/\s*(\d{1,9})\)/, true],
  ['workItems', /^##\s+Active Work Items\s*\(()(\d{1,9})\)/, true],
  ['deployments', /^##\s+Recent Deployments\s*\(()Last (\d{1,9})\)/, true],
  ['vendors', /^##\s+Vendors\s*\(()(\d{1,9}) total\)/, false],
  ['deployments', /^##\s+Deployments\s*\(()(\d{1,9}) total\)/, false],
  ['enhancements', /^##\s+Future Enhancements\s*\(()(\d{1,9})(?: total)?\)/, false],
  ['sessions', /^##\s+Session Prompts\s*\(()(\d{1,9}) total\)/, false],
];

export interface Sections {
  /** The first heading without its signs. */
  title: string;
  sections: Section[];
  lines: Line[];
}

export function sectionsOf(text: string): Sections {
  const lines = linesOf(text);
  const sections: Section[] = [];
  let current: Section | null = null;
  for (const line of lines) {
    const opened = sectionAt(line);
    if (opened !== null) sections.push((current = opened));
    // Prompts hold headings of their own; only a known section ends them.
    else if (/^##?\s/.test(line.text) && current?.kind !== 'sessions') current = null;
    else current?.lines.push(line);
  }
  const title =
    lines
      .find((line) => /^#\s/.test(line.text))
      ?.text.slice(1)
      .trim() ?? '';
  return { title, sections, lines };
}

function sectionAt(heading: Line): Section | null {
  if (!heading.text.startsWith('## ')) return null;
  for (const [kind, pattern, generated] of patterns) {
    const [, first = '', second] = pattern.exec(heading.text) ?? [];
    if (second === undefined) continue;
    const operational = first === '' ? null : Number(first);
    return { kind, heading, stated: Number(second), operational, generated, lines: [] };
  }
  return null;
}
