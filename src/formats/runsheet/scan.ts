import type { SourceRange } from '../../model/plan';
import { boxOf, type Box, type Heading, type MarkdownLine } from '../markdown';

// The shape of the file, before any meaning: sections, items and their fields.

/** `key: value` below an item, or below a phase heading. */
export interface Field {
  name: string;
  /** What stands in brackets behind the name: `check (required): …`. */
  qualifier: string | null;
  /** Each value with its place: one on the field's line, or one for each line of a list below. */
  values: { text: string; line: number; range: SourceRange }[];
  line: number;
  range: SourceRange;
  /** Fields nested below this one (criteria of a gate). */
  fields: Field[];
}

export interface Item {
  /** `null` for a gate on a line of its own. */
  box: Box | null;
  /** A gate that its checks alone can pass. */
  isCheckpoint: boolean;
  /** Text behind the box, or behind `gate:` or `checkpoint:`. */
  text: string;
  textStart: number;
  line: MarkdownLine;
  /** The lines below that belong to the item. */
  below: MarkdownLine[];
}

export interface Section {
  /** `null` for what stands before the first heading of level 2. */
  heading: Heading | null;
  line: number;
  depends: Field | null;
  items: Item[];
}

const gateItem = /^\s*[-*+]\s+(gate|checkpoint):\s*/i;
const phaseDepends = /^\s*(?:[-*+]\s+)?depends:\s*/i;

/** Headings of level 2 open sections; boxes, `gate:` and `checkpoint:` items at the margin open items. */
export function scanSections(lines: readonly MarkdownLine[]): Section[] {
  let section: Section = { heading: null, line: 1, depends: null, items: [] };
  const sections = [section];
  let item: Item | null = null;
  for (const line of lines) {
    if (line.heading !== null) {
      item = null;
      if (line.heading.level !== 2) continue;
      section = { heading: line.heading, line: line.number, depends: null, items: [] };
      sections.push(section);
      continue;
    }
    const opened = openItem(line);
    if (opened !== null) {
      item = opened;
      section.items.push(item);
    } else if (item !== null && (line.blank || line.indent > 0)) {
      item.below.push(line);
    } else {
      item = null;
      if (section.items.length === 0) section.depends ??= phaseField(line);
    }
  }
  for (const { items } of sections) for (const { below } of items) trimBlankEnd(below);
  return sections;
}

function openItem(line: MarkdownLine): Item | null {
  if (line.indent > 1) return null;
  const box = boxOf(line);
  if (box !== null) {
    const { text, textStart } = box;
    return { box, isCheckpoint: false, text, textStart, line, below: [] };
  }
  const match = line.kind === 'text' ? gateItem.exec(line.text) : null;
  if (match === null) return null;
  const [lead, word] = match;
  const isCheckpoint = word?.toLowerCase() === 'checkpoint';
  const text = line.text.slice(lead.length).trimEnd();
  return { box: null, isCheckpoint, text, textStart: line.start + lead.length, line, below: [] };
}

function phaseField(line: MarkdownLine): Field | null {
  const lead = line.kind === 'text' ? phaseDepends.exec(line.text)?.[0] : undefined;
  return lead === undefined ? null : fieldOf('depends', null, lead, line);
}

function trimBlankEnd(lines: MarkdownLine[]): void {
  while (lines.at(-1)?.blank === true) lines.pop();
}

function fieldOf(name: string, qualifier: string | null, lead: string, line: MarkdownLine): Field {
  const text = line.text.slice(lead.length).trimEnd();
  const range = { start: line.start + lead.length, end: line.start + lead.length + text.length };
  const values = text === '' ? [] : [{ text, line: line.number, range }];
  return { name, qualifier, values, line: line.number, range, fields: [] };
}

/**
 * Splits the lines below an item into its fields (at the first nested level) and the rest. A
 * field without a value takes the list below it.
 */
export function fieldsOf(
  below: readonly MarkdownLine[],
  names: ReadonlySet<string>,
): { fields: Field[]; rest: MarkdownLine[] } {
  const fields: Field[] = [];
  const rest: MarkdownLine[] = [];
  const level = below.find((line) => !line.blank)?.indent ?? 0;
  let open: Field | null = null;
  for (const line of below) {
    if (open !== null && line.indent > level && !line.blank && line.kind === 'text') {
      addNested(open, line);
      continue;
    }
    open = line.indent <= level && line.kind === 'text' ? namedField(line, names) : null;
    if (open === null) rest.push(line);
    else fields.push(open);
  }
  return { fields, rest };
}

const fieldLead = /^\s*[-*+]\s+([A-Za-z-]+)(?:\s*\(([^()]*)\))?:(?:\s+|$)/;
const qualifiable: ReadonlySet<string> = new Set(['check']);
const bulletLead = /^\s*[-*+]\s+/;

function namedField(line: MarkdownLine, names: ReadonlySet<string>): Field | null {
  const match = fieldLead.exec(line.text);
  const name = match?.[1]?.toLowerCase();
  if (match === null || name === undefined || !names.has(name)) return null;
  const qualifier = match[2] ?? null;
  if (qualifier !== null && !qualifiable.has(name)) return null;
  return fieldOf(name, qualifier, match[0], line);
}

function addNested(field: Field, line: MarkdownLine): void {
  const named = fieldLead.exec(line.text);
  const name = named?.[1]?.toLowerCase();
  const isPlain = named?.[2] === undefined;
  if (field.name === 'gate' && named !== null && name !== undefined && isPlain) {
    field.fields.push(fieldOf(name, null, named[0], line));
    return;
  }
  const lead = bulletLead.exec(line.text)?.[0] ?? /^\s*/.exec(line.text)?.[0] ?? '';
  field.values.push(...fieldOf(field.name, null, lead, line).values);
}
