import { baseName } from '../text';

// Where the method keeps its files, in version 6 and 4.

const sprintName = 'sprint-status.yaml';

export const planPaths: readonly string[] = [
  `**/${sprintName}`,
  '**/_bmad-output/**/*-*-*.md',
  '**/docs/stories/*.md',
];

// The method's own files, and copies of them for agents: of the same shape, and never plans.
const own =
  /(?:^|\/)(?:_bmad|\.bmad-core|\.bmad-method|\.agents|\.claude|\.cursor|bmm-skills|node_modules)\//;

export function isOwnFile(path: string): boolean {
  return own.test(path);
}

export function isSprintPath(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

const storyName = /^\d+-\d+[a-z]?-.+\.md$|^\d+\.\d+[a-z]?[.-].+\.md$/i;

export function homesOf(path: string): string[] {
  if (isOwnFile(path)) return [];
  if (baseName(path) === sprintName) return [path];
  if (!storyName.test(baseName(path))) return [];
  const folder = folderOf(path);
  return [`${folder}${sprintName}`, `${folderOf(folder.slice(0, -1))}${sprintName}`, path];
}

/** Story files beside a sprint's status or in its folder `stories`, and the epics with their titles. */
export function partsAt(path: string): string[] {
  if (!isSprintPath(path)) return [];
  const folder = folderOf(path);
  const stories = [`${folder}*-*-*.md`, `${folder}stories/*-*-*.md`];
  return folder === '' ? stories : [...stories, epicsPath(path)];
}

export function epicsPath(path: string): string {
  return `${folderOf(folderOf(path).slice(0, -1))}planning-artifacts/epics.md`;
}

/**
 * Whether a sprint's status is a plan of its workspace: it stands in the folder for the method's
 * output, or where it says that its stories are. What was given by another path is taken.
 */
export function isInPlace(path: string, storyLocation: string | null): boolean {
  const folder = folderOf(path).replace(/\/$/, '');
  if (baseName(path) !== sprintName || folder === '' || folder.startsWith('/')) return true;
  if (/(?:^|\/)_bmad-output(?:\/|$)/.test(folder)) return true;
  const location = (storyLocation ?? '')
    .replace(/^(?:\{project-root\}|\.)\//, '')
    .replace(/\/+$/, '');
  return location === folder || location.startsWith(`${folder}/`);
}

function folderOf(path: string): string {
  return path.slice(0, path.length - baseName(path).length);
}
