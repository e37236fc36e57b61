import { matchesGlob } from '../globs';
import { baseName } from '../text';

// Where the files of a backlog are.

const folders = ['backlog', '.backlog'];
const rootConfig = 'backlog.config.yml';

/** Of the files that are read with a backlog, below its folder. */
export const taskFolders = ['tasks', 'completed'] as const;
const otherFolders = ['drafts', 'archive'] as const;

/** What is read: a whole backlog, by its folder or its configuration, or one task's file. */
export type PlaceKind = 'folder' | 'config' | 'task';

export function placeKind(path: string): PlaceKind {
  if (baseName(path) === rootConfig) return 'config';
  return /\.(?:md|markdown|txt)$/i.test(path) ? 'task' : 'folder';
}

export const planPaths: readonly string[] = [
  `**/${rootConfig}`,
  ...folders.flatMap((folder) => [
    `**/${folder}/config.yml`,
    ...taskFolders.map((name) => `**/${folder}/${name}/**/*.md`),
  ]),
];

/** Whether a folder is a backlog by its name. */
export function isBacklogFolder(path: string): boolean {
  return folders.includes(baseName(path));
}

export function isTaskPath(path: string): boolean {
  return path.endsWith('.md') && matchesGlob(path, planPaths);
}

/** The folder of the backlog in which a file stands, without `/`; `null` when it stands in none. */
function backlogOf(path: string): string | null {
  return inBacklog.exec(path)?.[1] ?? null;
}

const inBacklog = /^((?:.*\/)?\.?backlog)\/(?:config\.yml$|(?:tasks|completed|drafts|archive)\/)/;

/**
 * The lock that the tool takes while it writes a task: `.locks/task-<id>` in the backlog's folder,
 * which has any name. `null`: the file stands in no backlog.
 */
export function lockOf(path: string, id: string): string | null {
  const folder = backlogOf(path) ?? /^(?:(.+)\/)?(?:tasks|completed)\//.exec(path)?.[1];
  if (folder === undefined) return null;
  const name = id
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-');
  return `${folder}/.locks/task-${name.replace(/^\.+/, '') || 'unknown'}`;
}

/** The configuration beside a backlog's folder goes before the folder. */
export function homesOf(path: string): string[] {
  if (placeKind(path) === 'config') return [path];
  const folder = backlogOf(path);
  return folder === null ? [] : [`${parentOf(folder)}${rootConfig}`, `${folder}/`];
}

export function partsAt(path: string): string[] {
  const kind = placeKind(path);
  if (kind === 'task') {
    const folder = backlogOf(path);
    return folder === null ? [] : [`${folder}/config.yml`, `${parentOf(folder)}${rootConfig}`];
  }
  if (kind === 'folder') return [`${path}/config.yml`, ...globsBelow(`${path}/`)];
  const root = parentOf(path);
  // The folder has any name there, and its tasks the names that the tool gives them.
  const named = [...taskFolders, ...otherFolders].map((name) => `${root}**/${name}/**/* - *.md`);
  const usual = folders.map((name) => `${root}${name}/`);
  return [...named, ...usual.flatMap((folder) => [`${folder}config.yml`, ...globsBelow(folder)])];
}

function globsBelow(folder: string): string[] {
  return [...taskFolders, ...otherFolders].map((name) => `${folder}${name}/**/*.md`);
}

/** The folder above with a `/`; empty at the workspace. */
export function parentOf(path: string): string {
  return path.slice(0, -baseName(path).length);
}
