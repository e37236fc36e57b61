import { posix } from 'node:path';
import picomatch from 'picomatch';
import { RunsheetError } from '../model/errors';
import type { Files } from '../platform/files';
import { insideDirectory } from '../platform/paths';

// What nobody means who asks for all files.
const passedOver = new Set(['.git', 'node_modules']);

/**
 * Regular files of a tree that globs name, sorted; links are not followed.
 * @throws RunsheetError `validation` for a glob that leads out of the tree.
 */
export async function filesMatching(
  files: Files,
  directory: string,
  globs: readonly string[],
): Promise<string[]> {
  const matches = matcherOf(globs);
  const bases = new Set(globs.map((path) => picomatch.scan(path).base));
  const found = await Promise.all([...bases].map((base) => filesBelow(files, directory, base)));
  return [...new Set(found.flat())].filter((path) => matches(path)).sort();
}

/** A folder stands for all that is in it. */
export function matcherOf(globs: readonly string[]): (path: string) => boolean {
  const all = globs.flatMap((glob) => {
    const plain = glob.replace(/^\.\//, '').replace(/\/+$/, '');
    return [plain, `${plain}/**`];
  });
  return picomatch(all, { dot: true });
}

/** A path from the top of a worktree as the workspace in it names it; `../…` outside of it. */
export function pathBelow(prefix: string, path: string): string {
  return prefix === '' ? path : posix.relative(prefix, path);
}

async function filesBelow(files: Files, directory: string, base: string): Promise<string[]> {
  const root = await insideDirectory(files, directory, base);
  if (root === null)
    throw new RunsheetError(
      'validation',
      `The path ${JSON.stringify(base)} leads out of the worktree. Correct it in the plan.`,
      { field: 'paths', value: base },
    );
  const kind = await files.kind(root);
  if (kind !== 'directory') return kind === 'file' ? [base] : [];
  const found: string[] = [];
  const folders = [base.replace(/^\.$|^(?:\.\/)+|\/+$/g, '')];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await files.list(`${directory}/${folder}`)) {
      if (passedOver.has(entry.name)) continue;
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.kind === 'directory') folders.push(path);
      else if (entry.kind === 'file') found.push(path);
    }
  }
  return found;
}
