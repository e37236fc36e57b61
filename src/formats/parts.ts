import type { Problem } from '../model/plan';
import type { DecodedFile } from './decode';
import type { ListFolder } from './discovery';
import type { PlanFormat, SourceFile } from './format';
import { matchesGlob } from './globs';

const deepest = 10;
/** More files are read for no plan. */
const mostParts = 5000;

/** The files of a workspace, as reading a plan needs them. Paths are workspace-relative. */
export interface Disk {
  list: ListFolder;
  /** `null` when the file is gone, or may not be read. */
  read(path: string): Promise<DecodedFile | null>;
}

/** The files that are read with a plan; a part that is no text is left out, with a problem. */
export interface Parts {
  others: Map<string, SourceFile>;
  problems: Problem[];
}

/**
 * Reads the parts of the plan at `path`. Of `kept`, what was read before, the files that did not
 * change stay the same objects.
 */
export async function readParts(
  format: PlanFormat,
  path: string,
  disk: Disk,
  kept: ReadonlyMap<string, SourceFile> = new Map(),
): Promise<Parts> {
  const parts: Parts = { others: new Map(), problems: [] };
  for (const part of await partsOf(format.parts(path), disk.list)) {
    if (part === path) continue;
    const decoded = await disk.read(part);
    if (decoded === null) continue;
    if (decoded.text === null) {
      // An empty file beside a plan says nothing, and is nothing to complain of.
      if (decoded.problem.rule !== 'empty-file')
        parts.problems.push({ ...decoded.problem, path: part });
      continue;
    }
    parts.others.set(part, same(kept.get(part), part, decoded.text));
  }
  for (const marker of await markersOf(format.markers?.(path) ?? [], disk.list))
    parts.others.set(marker, same(kept.get(marker), marker, ''));
  return parts;
}

function same(known: SourceFile | undefined, path: string, text: string): SourceFile {
  return known?.text === text ? known : { path, text };
}

/** The files and folders of any kind that the globs name. */
async function markersOf(globs: readonly string[], list: ListFolder): Promise<string[]> {
  const found: string[] = [];
  for (const [folder, patterns] of byFolder(globs))
    for (const { name } of await list(folder)) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (matchesGlob(path, patterns)) found.push(path);
    }
  return found.sort();
}

/** The paths that the globs name, in order. Links are not followed. */
async function partsOf(globs: readonly string[], list: ListFolder): Promise<string[]> {
  const found = new Set<string>();
  for (const [folder, patterns] of byFolder(globs))
    await collect(folder, patterns, list, deepest, found);
  return [...found].sort();
}

/** The globs by the folder above their first sign: nothing is looked for elsewhere. */
function byFolder(globs: readonly string[]): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const glob of globs) {
    const fixed = /^[^*?]*/.exec(glob)?.[0] ?? '';
    const folder = fixed.slice(0, Math.max(0, fixed.lastIndexOf('/')));
    folders.set(folder, [...(folders.get(folder) ?? []), glob]);
  }
  return folders;
}

async function collect(
  folder: string,
  globs: readonly string[],
  list: ListFolder,
  levels: number,
  found: Set<string>,
): Promise<void> {
  const below = folder === '' ? 0 : folder.length + 1;
  const goesDown = globs.some((glob) => glob.includes('**/') || glob.slice(below).includes('/'));
  for (const { name, kind } of await list(folder)) {
    if (found.size >= mostParts) return;
    const path = folder === '' ? name : `${folder}/${name}`;
    if (kind === 'file' && matchesGlob(path, globs)) found.add(path);
    if (
      kind === 'directory' &&
      goesDown &&
      levels > 0 &&
      name !== '.git' &&
      name !== 'node_modules'
    )
      await collect(path, globs, list, levels - 1, found);
  }
}
