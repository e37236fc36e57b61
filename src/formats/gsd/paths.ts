import { baseName } from '../text';

// Where the files of a tree stand. The root is `.planning`, or the folder of a workstream in it,
// which is a complete second tree.

export interface TreePlace {
  /** Path of the root, without `/` at its end. */
  root: string;
  /** Path below the root; empty for the root itself. */
  rest: string;
}

/** The tree in which a path stands; `null` outside of all. */
export function treeOf(path: string): TreePlace | null {
  const segments = path.split('/');
  const at = segments.lastIndexOf('.planning');
  if (at < 0) return null;
  const streams = segments[at + 1] === 'workstreams' && segments[at + 2] !== undefined;
  const end = streams ? at + 3 : at + 1;
  return { root: segments.slice(0, end).join('/'), rest: segments.slice(end).join('/') };
}

/** Whether a plan's path is that of a tree, not of a file. */
export function isTree(path: string): boolean {
  return treeOf(path)?.rest === '';
}

/** Whether a path is that of a plan file: `PLAN.md`, `….-PLAN.md`, `plans/PLAN-01-slug.md`. */
export function isPlanFile(path: string): boolean {
  const name = baseName(path);
  if (name === 'PLAN.md' || name.endsWith('-PLAN.md'))
    return !/(?:^|\/)\.planning\/(?:.*\/)?(?:research|codebase)\//.test(path);
  return /(?:^|\/)\.planning\/(?:.*\/)?phases\/[^/]+\/plans\/PLAN-\d[^/]*\.md$/.test(path);
}

const kinds: readonly (readonly [RegExp, string])[] = [
  [/(?:^|-)SUMMARY\.md$|^SUMMARY-\d.*\.md$/, 'summary'],
  [/(?:^|-)ROADMAP\.md$/, 'roadmap'],
  [/(?:^|-)STATE\.md$/, 'state'],
  [/^config\.json$/, 'config'],
  [/(?:^|-)VERIFICATION\.md$/, 'verification'],
  [/(?:^|-)UAT\.md$/, 'uat'],
  [/(?:^|-)REQUIREMENTS\.md$/, 'requirements'],
  [/(?:^|-)CONTEXT\.md$/, 'context'],
  [/^MILESTONES\.md$/, 'milestones'],
  [/^HANDOFF\.json$/, 'handoff'],
  [/^\.?continue-here\.md$/, 'continue-here'],
];

/** What a file of a tree is, by its name: `plan`, `roadmap`, `summary` … `other`. */
export function kindOf(path: string): string {
  if (isPlanFile(path)) return 'plan';
  const name = baseName(path);
  return kinds.find(([shape]) => shape.test(name))?.[1] ?? 'other';
}

/** Stands for a plan file: its name without `-PLAN.md`; for a bare `PLAN.md` its folder's name. */
export function stemOf(path: string): string {
  const name = baseName(path);
  if (name === 'PLAN.md') return path.split('/').at(-2) ?? 'PLAN';
  return name.replace(/-PLAN\.md$|\.md$/, '');
}

/** The report that says that a plan was carried out. */
export function summaryPathOf(path: string): string {
  const name = baseName(path);
  const folder = path.slice(0, -name.length);
  if (name === 'PLAN.md') return `${folder}SUMMARY.md`;
  if (name.startsWith('PLAN-')) return `${folder}SUMMARY-${name.slice(5)}`;
  return `${folder}${name.replace(/(?:-PLAN)?\.md$/, '')}-SUMMARY.md`;
}

/** Name of the folder of a phase in which a file of the tree stands; `null` outside of all. */
export function phaseFolderOf({ rest }: TreePlace): string | null {
  const [top, folder, ...below] = rest.split('/');
  return top === 'phases' && folder !== undefined && below.length > 0 ? folder : null;
}
