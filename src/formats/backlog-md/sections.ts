import { boxOf, type Box, type MarkdownLine } from '../markdown';

// The body of a task: sections by headings, in newer files between marker comments.

export interface Body {
  criteria: Box[];
  definitionOfDone: Box[];
  /** Everything else, as written, without the markers. */
  detail: string;
}

type Section = 'criteria' | 'definitionOfDone' | 'other';

const marker = /^\s*<!--\s*(?:SECTION:)?([A-Z_]+):(BEGIN|END)\s*-->\s*$/;

/** Reads the lines below the front matter. Markers win over headings. */
export function readBody(lines: readonly MarkdownLine[]): Body {
  const marked = new Set(lines.flatMap((line) => markerOf(line)?.name ?? []));
  const body: Body = { criteria: [], definitionOfDone: [], detail: '' };
  const detail: string[] = [];
  let section: Section = 'other';
  let inside: string | null = null;
  for (const line of lines) {
    const mark = markerOf(line);
    if (mark !== null) {
      inside = mark.begins ? mark.name : null;
      section = sectionOfMarker(inside);
      continue;
    }
    const { heading } = line;
    // Notes have headings of their own between their markers.
    if (heading !== null && heading.level <= 2 && !isLongText(inside)) {
      inside = null;
      section = sectionOfHeading(heading.title, marked);
    }
    const box = section === 'other' ? null : boxOf(line);
    if (section === 'other' || box === null) detail.push(line.text);
    else body[section].push(box);
  }
  body.detail = detail
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return body;
}

function markerOf(line: MarkdownLine): { name: string; begins: boolean } | null {
  if (line.kind !== 'comment') return null;
  const [, name = '', end] = marker.exec(line.text) ?? [];
  return name === '' ? null : { name, begins: end === 'BEGIN' };
}

function sectionOfMarker(name: string | null): Section {
  if (name === 'AC') return 'criteria';
  return name === 'DOD' ? 'definitionOfDone' : 'other';
}

function isLongText(name: string | null): boolean {
  return name !== null && sectionOfMarker(name) === 'other';
}

function sectionOfHeading(title: string, marked: ReadonlySet<string>): Section {
  if (/^acceptance criteria\b/i.test(title)) return marked.has('AC') ? 'other' : 'criteria';
  if (/^definition of done\b/i.test(title)) return marked.has('DOD') ? 'other' : 'definitionOfDone';
  return 'other';
}
