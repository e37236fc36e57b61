import { formats, mayBePlan } from './registry';

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

/**
 * Workspace-relative paths of files that may be plans, by their paths alone; nothing is read.
 * Links are not followed. `list` gives a folder's entries (an unreadable folder may give none);
 * `start` is the folder to look below.
 */
export async function discoverPlans(
  list: (folder: string) => Promise<readonly FolderEntry[]>,
  start = '',
): Promise<string[]> {
  const found: string[] = [];
  let level = [start];
  for (let depth = 0; depth < deepest && level.length > 0; depth += 1) {
    const folders = await Promise.all(
      level.map(async (folder) => ({ folder, entries: await list(folder) })),
    );
    level = [];
    for (const { folder, entries } of folders) {
      if (folder !== start && isLinkedCheckout(entries)) continue;
      const names = new Set(entries.map(({ name }) => name));
      for (const { name, kind } of entries) {
        const path = folder === '' ? name : `${folder}/${name}`;
        if (kind === 'file' && mayBePlan(path) && !isSecondary(name, names)) found.push(path);
        if (kind === 'directory' && !skipped.has(name)) level.push(path);
      }
    }
  }
  return found.sort();
}

/** A linked worktree or a submodule: git keeps a file there instead of a folder. */
function isLinkedCheckout(entries: readonly FolderEntry[]): boolean {
  return entries.some(({ name, kind }) => name === '.git' && kind === 'file');
}

/** Whether the folder holds a file that its format prefers to this one. */
function isSecondary(name: string, names: ReadonlySet<string>): boolean {
  return formats.some(({ folderFiles }) => {
    const at = folderFiles.indexOf(name);
    return at > 0 && folderFiles.slice(0, at).some((other) => names.has(other));
  });
}
