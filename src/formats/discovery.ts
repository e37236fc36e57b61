import { matchesGlob } from './globs';
import { homesOf, mayBePlan } from './registry';

export interface FolderEntry {
  name: string;
  kind: 'file' | 'directory' | 'link' | 'other';
}

// Folders that hold other people's files, builds, or copies of the workspace.
const skipped = new Set([
  '.git',
  '.runsheet',
  '.worktrees',
  '.hg',
  '.venv',
  'node_modules',
  'bower_components',
  'vendor',
  'dist',
  'build',
  'out',
  'target',
  'worktrees',
  '__pycache__',
]);
const deepest = 10;

/** A folder's entries; an unreadable folder may have none. `''` is the workspace. */
export type ListFolder = (folder: string) => Promise<readonly FolderEntry[]>;

/**
 * Workspace-relative paths of what may be plans, files and folders, by paths alone; nothing is
 * read. Links are not followed. `start` is the folder to look below; `checklists` are globs of files
 * that are plans though no format looks for them.
 */
export async function discoverPlans(
  list: ListFolder,
  start = '',
  checklists: readonly string[] = [],
): Promise<string[]> {
  const found = new Set<string>();
  const listed = new Set<string>();
  let level = [start];
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const folders = await Promise.all(
      level.map(async (folder) => ({ folder, entries: await list(folder) })),
    );
    level = [];
    for (const { folder, entries } of folders) {
      if (folder !== start && isLinkedCheckout(entries)) continue;
      for (const { name, kind } of entries) {
        const path = folder === '' ? name : `${folder}/${name}`;
        if (kind === 'file' && mayBePlan(path)) found.add(path);
        if (kind === 'file' && matchesGlob(path, checklists)) listed.add(path);
        if (kind === 'directory' && !skipped.has(name)) level.push(path);
      }
    }
  }
  const homes = [...found].flatMap(
    (path) => homesOf(path).find((place) => place.endsWith('/') || found.has(place)) ?? [],
  );
  return [...new Set([...homes.map((home) => home.replace(/\/$/, '')), ...listed])].sort();
}

/** A linked worktree or a submodule: git keeps a file there instead of a folder. */
function isLinkedCheckout(entries: readonly FolderEntry[]): boolean {
  return entries.some(({ name, kind }) => name === '.git' && kind === 'file');
}
