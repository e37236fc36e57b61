import { editsOf, type PlanFormat } from '../format';
import { baseName } from '../text';
import { readingOf } from '../reading';
import { isTick } from '../ticks';
import type { SubtaskStatus } from '../../model/status';
import { changeOf } from './place';
import { readChange } from './read';
import { schemaParts } from './schema';
import type { TaskLine } from './scan';

/** OpenSpec changes: `openspec/changes/<id>/tasks.md`. */
export const openspecFormat: PlanFormat = {
  name: 'openspec',
  title: 'OpenSpec',
  paths: ['**/openspec/changes/**/tasks.md'],
  home,
  parts,
  detect: ({ path }) => belongs(path),
  read(source) {
    const { plan, problems } = readChange(source);
    return readingOf([plan], problems);
  },
  write(source, { key, status }) {
    const found = readChange(source).tasks.find(({ subtask }) => subtask.key === key);
    if (found === undefined) return null;
    if (changeOf(source.path)?.isArchived === true) return [];
    const mark = markFor(found.task, status);
    if (mark === null) return [];
    return editsOf(found.file, [{ range: found.task.markRange, text: mark }]);
  },
};

/** The tasks file at the top of the change, or the folder where the files are deeper. */
function home(path: string): string[] {
  const place = changeOf(path);
  if (place === null || place.isArchived) return [];
  const top = `${place.folder}/tasks.md`;
  if (path === top) return [path];
  // Deltas may have a tasks.md of their own, which is text.
  return path.startsWith(`${place.folder}/specs/`) ? [] : [top, `${place.folder}/`];
}

function parts(path: string): string[] {
  const place = changeOf(path);
  if (place === null) return [];
  const own = ['.openspec.yaml', 'proposal.md', 'specs/**/spec.md', '**/tasks.md'];
  return [...own.map((name) => `${place.folder}/${name}`), ...schemaParts(place)];
}

function belongs(path: string): boolean {
  const place = changeOf(path);
  return place !== null && (path === place.folder || baseName(path) === 'tasks.md');
}

/** `null` where nothing is written: other marks would take the task out of the tool's count. */
function markFor({ mark }: TaskLine, status: SubtaskStatus): string | null {
  if (status === 'done' || status === 'claimed') return isTick(mark) ? null : 'x';
  return status === 'pending' && isTick(mark) ? ' ' : null;
}
