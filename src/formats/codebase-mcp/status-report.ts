import type { Facts, Problem } from '../../model/plan';
import { checkTests, Findings } from './status-lines';
import { readGeneratedVendors, readWorkItems } from './status-generated';
import { readDeployments, readEnhancements, readLegacyVendors, readSessions } from './status-older';
import { timeOf, type FallbackWrite, type StatusRows } from './status-rows';
import {
  sectionKinds,
  sectionsOf,
  type Section,
  type SectionKind,
  type Sections,
} from './status-sections';

// `.project_status.md`: no plan, but rows of what a project has. Three variants.

export interface StatusReport {
  /** `legacy`: kept by hand; `generated`: written from a database; `free`: prose. */
  variant: 'legacy' | 'generated' | 'free';
  /** When it was generated, ISO 8601. */
  generatedAt: string | null;
  rows: StatusRows;
  /** How many rows the headings state; `null`: none does. */
  stated: Readonly<Record<SectionKind, number | null>>;
  fallbackWrites: FallbackWrite[];
  facts: Facts;
  problems: Problem[];
}

const generatedTitle = /^Project Status - (\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC)$/;

/** Whether a report may be written anew as a whole: only one that was generated may. */
export function isGeneratedReport(text: string): boolean {
  return generatedTitle.test(sectionsOf(text).title);
}

/** Whether a text of any name is a status report. */
export function isStatusReport(text: string): boolean {
  const { title, sections } = sectionsOf(text);
  return title.startsWith('Project Status') || sections.length > 0;
}

export function readStatusReport(text: string): StatusReport {
  const read = sectionsOf(text);
  const findings = new Findings();
  const variant = variantOf(read);
  const rows: StatusRows = {
    vendors: [],
    workItems: [],
    deployments: [],
    enhancements: [],
    sessions: [],
  };
  for (const section of read.sections) readSection(section, rows, findings);
  const fallbackWrites = fallbacksIn(read, findings);
  const [, time = ''] = generatedTitle.exec(read.title) ?? [];
  const facts = factsOf(variant, rows, fallbackWrites.length);
  const { problems } = findings;
  const stated = statedIn(read);
  return { variant, generatedAt: timeOf(time), rows, stated, fallbackWrites, facts, problems };
}

function statedIn({ sections }: Sections): StatusReport['stated'] {
  const stated = (kind: SectionKind) => {
    const numbers = sections.flatMap((one) => (one.kind === kind ? (one.stated ?? []) : []));
    return numbers.length === 0 ? null : numbers.reduce((sum, number) => sum + number, 0);
  };
  return {
    ...{ vendors: stated('vendors'), workItems: stated('workItems') },
    ...{ deployments: stated('deployments'), enhancements: stated('enhancements') },
    sessions: stated('sessions'),
  };
}

function variantOf({ title, sections }: Sections): StatusReport['variant'] {
  if (generatedTitle.test(title) || sections.some(({ generated }) => generated)) return 'generated';
  return sections.length > 0 ? 'legacy' : 'free';
}

function readSection(section: Section, rows: StatusRows, findings: Findings): void {
  const before = rows[section.kind].length;
  if (section.kind === 'vendors') {
    const read = section.generated ? readGeneratedVendors : readLegacyVendors;
    for (const { row, line } of read(section.lines, findings)) {
      checkTests(row, line, findings);
      rows.vendors.push(row);
    }
  } else if (section.kind === 'workItems') rows.workItems.push(...readWorkItems(section, findings));
  else if (section.kind === 'deployments')
    rows.deployments.push(...readDeployments(section, findings));
  else if (section.kind === 'enhancements')
    rows.enhancements.push(...readEnhancements(section.lines, findings));
  else rows.sessions.push(...readSessions(section.lines, findings));
  checkCount(section, rows[section.kind].length - before, rows, findings);
}

function checkCount(section: Section, listed: number, rows: StatusRows, findings: Findings): void {
  const { stated, operational, heading } = section;
  if (stated !== null && stated !== listed) {
    const message = `The heading says ${stated}; the section has ${listed}. The lines count.`;
    findings.add('warning', 'count-mismatch', heading, message);
  }
  if (operational === null) return;
  const working = rows.vendors.filter(({ status }) => status === 'operational').length;
  if (working === operational) return;
  const message = `The heading says that ${operational} are operational; of the lines ${working} say so.`;
  findings.add('warning', 'count-mismatch', heading, message);
}

const fallback = /^\s*<!--\s*FALLBACK[ _]WRITE:\s*([^|]{0,100}?)\s*\|\s*(.*?)\s*-->/;

/** Comments of writes that wait in a report, as they are: a new report must not lose them. */
export function waitingComments(text: string): string[] {
  return sectionsOf(text).lines.flatMap((line) => (fallback.test(line.text) ? [line.text] : []));
}

function fallbacksIn({ lines }: Sections, findings: Findings): FallbackWrite[] {
  return lines.flatMap((line): FallbackWrite[] => {
    const [, time, json = ''] = fallback.exec(line.text) ?? [];
    if (time === undefined) return [];
    const message =
      'A write made while the database was away waits here. It is imported only when you ask for it.';
    findings.add('warning', 'fallback-write-pending', line, message);
    return [{ time, json, line: line.number }];
  });
}

function factsOf(variant: StatusReport['variant'], rows: StatusRows, waiting: number): Facts {
  if (variant === 'free') return { variant };
  const names = {
    vendors: 'vendors',
    workItems: 'work_items',
    deployments: 'deployments',
    enhancements: 'enhancements',
    sessions: 'session_prompts',
  } as const;
  const counts = sectionKinds.map((kind): [string, number] => [names[kind], rows[kind].length]);
  const more = waiting === 0 ? {} : { fallback_writes: waiting };
  return { variant, ...Object.fromEntries(counts), ...more };
}
