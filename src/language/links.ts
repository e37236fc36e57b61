import { staysInside } from '../formats/problems';
import { baseName } from '../formats/text';
import { subtasksOf, type SourceRange } from '../model/plan';
import type { PlanDocument } from './document';
import type { Range } from './positions';

/** A text that may name a file. */
export interface PathMention {
  range: Range;
  /** Where the file may be, in the order of preference: workspace-relative, with `/`. */
  paths: string[];
}

interface Written extends SourceRange {
  text: string;
}

/** More are not looked for in one file. */
const mostMentions = 1000;

/**
 * Texts that look like paths: those that subtasks name as their files, words with a `/` in them,
 * and names of the plan's other files. Whether they exist, the caller has to see.
 */
export function pathsIn(document: PlanDocument): PathMention[] {
  const parts = partsByName(document);
  const written = [...filesOfSubtasks(document), ...words(document, parts)];
  const mentions: PathMention[] = [];
  let end = -1;
  for (const one of written.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (one.start < end || mentions.length >= mostMentions) continue;
    const paths = placesOf(document, parts, one.text);
    if (paths.length === 0) continue;
    end = one.end;
    mentions.push({ range: document.positions.rangeOf(one), paths });
  }
  return mentions;
}

/** The plan's other files by their names. */
type Parts = ReadonlyMap<string, readonly string[]>;

function partsByName({ files: { source } }: PlanDocument): Parts {
  const parts = new Map<string, string[]>();
  for (const path of source.others?.keys() ?? []) {
    const name = baseName(path);
    parts.set(name, [...(parts.get(name) ?? []), path]);
  }
  return parts;
}

/** Paths may have signs in them that end a word elsewhere: `app/(auth)/[id]/page.tsx`. */
function filesOfSubtasks({ reading, text }: PlanDocument): Written[] {
  return reading.plans.flatMap(subtasksOf).flatMap(({ files, range }) =>
    files.flatMap((file): Written[] => {
      const start = text.indexOf(file, range.start);
      const end = start + file.length;
      return start < 0 || end > range.end ? [] : [{ start, end, text: file }];
    }),
  );
}

const word = /[^\s"'`()<>[\]{},;|*=]{3,300}/g;

function words({ text }: PlanDocument, parts: Parts): Written[] {
  return [...text.matchAll(word)].flatMap(({ 0: found, index }): Written[] => {
    const path = found.replace(/^@/, '').replace(/(?::\d+(?:-\d+)?)?[.:!?]*$/, '');
    const isPath = path.includes('/') ? !/^\/|:\/\//.test(path) : parts.has(path);
    const start = index + found.indexOf(path);
    return isPath && path.length > 2 ? [{ start, end: start + path.length, text: path }] : [];
  });
}

/** Seen from the workspace, from the file's own folder, and the plan's file of that name. */
function placesOf({ path }: PlanDocument, parts: Parts, written: string): string[] {
  const plain = written.replace(/^\.\//, '').replace(/\/$/, '');
  const folder = path.slice(0, -baseName(path).length);
  const places = [plain, `${folder}${written}`, ...(parts.get(plain) ?? [])].map(withoutDots);
  return [...new Set(places)].filter(
    (place) => place !== '' && place !== path && staysInside(place),
  );
}

function withoutDots(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    const isUp = part === '..' && parts.length > 0 && parts.at(-1) !== '..';
    if (isUp) parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return (path.startsWith('/') ? '/' : '') + parts.join('/');
}
