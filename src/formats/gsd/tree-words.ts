import { markdownLines } from '../markdown';
import type { Group } from './group';
import { sectionBelow, type Roadmap } from './roadmap';
import { bulletFinder } from './roadmap-problems';
import type { TreeFiles } from './tree-files';

/** `03-agent-integration` is “agent integration”. */
export function phaseTitleOf(folder: string): string {
  const name = folder
    .replace(/^(?:[A-Z]{1,6}-)?\d+(?:\.\d+)*[A-Za-z]?[-_]+/, '')
    .replace(/[-_]+/g, ' ');
  return name === '' ? folder : name;
}

export function wordsOf(
  { roadmap, project, folders }: TreeFiles,
  path: string,
): { title: string; description: string } {
  const lines = project === null ? [] : markdownLines(project.text);
  const heading = lines.find((line) => line.heading?.level === 1)?.heading?.title ?? '';
  const titles = [roadmap?.title ?? '', heading.replace(/^Project\s*[:—–-]\s*/i, '')];
  const [phase] = folders;
  // At the top of the workspace nothing has a name but what is in the folder.
  const only = folders.length === 1 && phase !== undefined ? `Phase ${phase.name}` : path;
  const title = titles.find((one) => one !== '') ?? path.split('/').at(-2) ?? only;
  const overview = roadmap?.overview ?? '';
  const description = overview === '' ? sectionBelow(lines, /^What This Is$/i) : overview;
  return { title, description };
}

/** Where statuses are written, and which plans have no place for one. */
export function statusNoteOf(roadmap: Roadmap | null, groups: readonly Group[]): string {
  const claims =
    'GSD plans have no status of their own: the tasks of a plan count as claimed when a SUMMARY.md beside it says so.';
  if (roadmap === null)
    return `${claims} There is no ROADMAP.md, so Runsheet keeps all that it knows itself.`;
  const ticks =
    'When all tasks of a plan are done, Runsheet ticks its line in ROADMAP.md; everything else it keeps itself.';
  const listed = new Set(roadmap.bullets.map(bulletFinder(groups)));
  const missing = groups.filter((group) => !listed.has(group)).map(({ id }) => id);
  if (missing.length === 0) return `${claims} ${ticks}`;
  const shown = missing.length > 8 ? [...missing.slice(0, 7), '…'] : missing;
  return `${claims} ${ticks} These have no line there that is open to ticks: ${shown.join(', ')}.`;
}
