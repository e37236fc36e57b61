import type { Fact } from '../../model/plan';
import type { SourceFile } from '../format';
import { frontMatterText, readFrontMatter, type FrontMatter } from '../front-matter';
import { markdownLines, type Heading, type MarkdownLine } from '../markdown';
import { problem, type Place } from '../problems';
import { rangeOf } from '../text';
import type { Problem } from '../../model/plan';
import { sessionOf, titleOf } from './kinds';

// What the Markdown files of a session have in common.

export interface SessionDocument {
  file: SourceFile;
  title: string;
  session: string | null;
  front: FrontMatter;
  lines: MarkdownLine[];
  problems: Problem[];
}

const largest = 1024 * 1024;

export function openDocument(file: SourceFile): SessionDocument {
  const problems: Problem[] = [];
  if (file.text.length > largest) {
    const message = 'The file is larger than 1 MB and is not read. Split it.';
    problems.push(problem('error', 'too-large', { line: 1, range: null }, message));
  }
  const text = file.text.length > largest ? '' : file.text;
  return {
    file,
    title: titleOf(text),
    session: sessionOf({ path: file.path, text }),
    front: readFrontMatter(text),
    lines: markdownLines(text),
    problems,
  };
}

export interface Section {
  heading: Heading;
  line: MarkdownLine;
  /** Up to the next heading of the same level or above. */
  lines: MarkdownLine[];
}

/** The sections of a level, in order. */
export function sectionsOf(lines: readonly MarkdownLine[], level: number): Section[] {
  const sections: Section[] = [];
  let current: Section | null = null;
  for (const line of lines) {
    const { heading } = line;
    if (heading !== null && heading.level <= level) {
      current = heading.level === level ? { heading, line, lines: [] } : null;
      if (current !== null) sections.push(current);
    } else current?.lines.push(line);
  }
  return sections;
}

/** The lines of the first section of level 2 whose title fits. */
export function sectionNamed(lines: readonly MarkdownLine[], title: RegExp): MarkdownLine[] {
  return sectionsOf(lines, 2).find(({ heading }) => title.test(heading.title))?.lines ?? [];
}

/** The value of the first `**Name:** value` line; `null` when there is none. */
export function fieldIn(
  lines: readonly MarkdownLine[],
  name: string,
): { value: string; line: MarkdownLine } | null {
  for (const line of lines) {
    const value = line.kind === 'text' ? valueOf(line.text, name) : null;
    if (value !== null) return { value, line };
  }
  return null;
}

export function valueOf(text: string, name: string): string | null {
  const [, bold, plain, value = ''] =
    /^\s*(?:[-*+]\s+)?\*\*(?:([^*:]{1,60}):\*\*|([^*:]{1,60})\*\*:)\s*(.*?)\s*$/.exec(text) ?? [];
  return (bold ?? plain)?.trim().toLowerCase() === name.toLowerCase() ? value : null;
}

/** The bullets below the line of a field, with wrapped lines, up to the first line that is none. */
export function bulletsBelow(lines: readonly MarkdownLine[], field: MarkdownLine): MarkdownLine[] {
  const rest = lines.slice(lines.indexOf(field) + 1);
  const found: MarkdownLine[] = [];
  for (const line of rest) {
    if (/^\s*(?:[-*+]|\d+[.)])\s+\S/.test(line.text)) found.push(line);
    else if (!line.blank && (found.length === 0 || line.indent <= field.indent)) break;
  }
  return found;
}

/** Of bullets those that belong to no other. */
export function outermost(bullets: readonly MarkdownLine[]): MarkdownLine[] {
  const least = bullets.reduce((indent, bullet) => Math.min(indent, bullet.indent), Infinity);
  return bullets.filter(({ indent }) => indent <= least + 1);
}

/** A bullet's text without its sign and box. */
export function bulletText({ text }: MarkdownLine): string {
  return text.replace(/^\s*(?:[-*+]|\d+[.)])\s+(?:\[.\]\s+)?/, '').trim();
}

export function placeOf(line: MarkdownLine, path: string | null = null): Place {
  return { line: line.number, range: rangeOf(line), path };
}

const states: ReadonlyMap<string, string> = new Map([
  ['ACTIVE', 'active'],
  ['APPROVED', 'active'],
  ['COMPLETE', 'completed'],
]);

/** The state of the plan as the front matter has it: a word about the plan, not about its work. */
export function stateFacts({ front, session }: SessionDocument): Record<string, Fact> {
  const word = frontMatterText(front, 'status');
  const state = word === null ? null : (states.get(word.toUpperCase()) ?? 'draft');
  return {
    ...(session === null ? {} : { session }),
    ...(state === null ? {} : { state }),
  };
}

/** Names that stand twice. */
export function duplicateNames(
  named: readonly { name: string; at: Place }[],
  what: string,
): Problem[] {
  const first = new Map<string, number>();
  return named.flatMap(({ name, at }): Problem[] => {
    const key = name.trim().toLowerCase();
    const before = first.get(key);
    first.set(key, before ?? at.line);
    if (before === undefined) return [];
    const message = `The ${what} ${name} has the same name as the one on line ${before}. Give one of them another name.`;
    return [problem('warning', 'duplicate-name', at, message)];
  });
}
